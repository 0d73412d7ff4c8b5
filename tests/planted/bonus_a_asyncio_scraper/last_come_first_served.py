"""Right: sleeps twice for one wait, asks for the last page first, and its bar counts in fractions.

scores: full
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        try:
            async with (
                gate,
                session.get(url, timeout=aiohttp.ClientTimeout(total=timeout)) as response,
            ):
                text = await response.text(errors="replace")
        except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            result["error"] = type(error).__name__
            useful, asked = True, 0.0
        except aiohttp.ClientError as error:
            result["error"] = type(error).__name__
            useful, asked = False, 0.0
        else:
            result["status"] = response.status
            if response.status < 400:
                return result | {"text": text}
            result["error"] = f"HTTP {response.status}"
            useful, asked = response.status >= 500 or response.status == 429, retry_after(response)
        if not useful or attempt > retries or asked > cap:
            break
        if asked:
            await sleep(asked)
        await sleep(backoff(attempt, base, cap))
    return result


# %% scrape
async def scrape(
    urls,
    limit=10,
    retries=3,
    *,
    timeout=5.0,
    base=0.5,
    cap=30.0,
    sleep=asyncio.sleep,
    progress=None,
):
    options = dict(retries=retries, timeout=timeout, base=base, cap=cap, sleep=sleep)
    gate = asyncio.Semaphore(limit)
    todo, results = list(enumerate(urls)), [None] * len(urls)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None, unit_scale=True) as bar:

            async def worker():
                while todo:
                    position, url = todo.pop()
                    results[position] = await fetch(url, session, gate, **options)
                    bar.update()

            async with asyncio.TaskGroup() as group:
                for _ in urls:
                    group.create_task(worker())
    return results
