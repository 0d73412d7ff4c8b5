"""Wrong twice: where the server asks for a time, no backoff; cancelled, it goes on for a while.

scores: test_fetch=1.5 test_scrape=4
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
        await sleep(asked or backoff(attempt, base, cap))
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
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, **options)
                bar.update()
                return result

            tasks = [asyncio.create_task(one(url)) for url in urls]
            try:
                return await asyncio.shield(asyncio.gather(*tasks))
            except asyncio.CancelledError:
                await asyncio.wait(tasks, timeout=0.5)
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                raise
