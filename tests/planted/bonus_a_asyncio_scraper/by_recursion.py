"""Right, by recursion: a status is raised and caught as aiohttp's error, with equal jitter.

scores: full
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    ceiling = base
    for _ in range(failures - 1):
        ceiling *= 2
        if ceiling >= cap:
            break
    ceiling = min(ceiling, cap)
    return ceiling / 2 + random.random() * ceiling / 2


# %% fetch
async def fetch(
    url,
    session,
    gate,
    *,
    retries=3,
    timeout=5.0,
    base=0.5,
    cap=30.0,
    sleep=asyncio.sleep,
    failures=0,
):
    page = dict(url=url, status=None, text=None, error=None, attempts=failures + 1)
    pause = 0
    try:
        async with gate:
            async with asyncio.timeout(timeout):
                async with session.get(url, raise_for_status=True) as response:
                    page["text"] = (await response.read()).decode(errors="replace")
                    page["status"] = response.status
                    return page
    except aiohttp.ClientResponseError as error:
        page["status"], page["error"] = error.status, f"{error.status} {error.message}"
        if error.status < 500 and error.status != 429:
            return page
        pause = retry_after(error)
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        page["error"] = f"no address: {error}"
        return page
    except (aiohttp.ClientError, TimeoutError) as error:
        page["error"] = f"no answer: {error!r}"
    if failures == retries or pause > cap:
        return page
    await sleep(max(pause, backoff(failures + 1, base, cap)))
    return await fetch(
        url,
        session,
        gate,
        retries=retries,
        timeout=timeout,
        base=base,
        cap=cap,
        sleep=sleep,
        failures=failures + 1,
    )


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    bar = tqdm(urls, total=len(urls), file=progress, disable=progress is None)
    gate, results = asyncio.BoundedSemaphore(limit), {}

    async def one(position):
        results[position] = await fetch(urls[position], session, gate, retries=retries, **patience)
        bar.update(1)

    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*map(one, range(len(urls))))
    finally:
        bar.close()
    return [results[position] for position in range(len(urls))]
