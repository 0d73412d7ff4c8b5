"""Wrong: two waits only to draw from, a 404 keeps its place, and the timeout stops at scrape.

scores: test_backoff=0 test_fetch=0.5 test_scrape=4
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return random.choice([0.5, 1.0]) * min(cap, base * 2 ** min(failures - 1, 50))


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    patience = aiohttp.ClientTimeout(total=timeout)
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        asked = 0.0
        await gate.acquire()
        try:
            async with session.get(url, timeout=patience) as response:
                text = await response.text()
        except aiohttp.InvalidURL as error:
            gate.release()
            return result | {"error": str(error)}
        except (aiohttp.ClientError, TimeoutError) as error:
            result["error"] = type(error).__name__
        else:
            result["status"] = response.status
            result["error"] = None if response.ok else f"HTTP {response.status}"
            if 400 <= response.status < 500 and response.status != 429:
                return result
            asked = retry_after(response)
        gate.release()
        if result["error"] is None:
            return result | {"text": text}
        if attempt > retries or asked > cap:
            return result
        await sleep(asked + backoff(attempt, base, cap))


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, timeout=5.0, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, retries=retries, **patience)
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
