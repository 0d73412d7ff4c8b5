"""Wrong: `await sleep(...)` stands inside `async with gate:`, and the cap stops at scrape.

scores: test_scrape=3
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    patience = aiohttp.ClientTimeout(total=timeout)
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        useful, asked = True, 0.0
        async with gate:
            try:
                async with session.get(url, timeout=patience) as response:
                    text = await response.text()
            except aiohttp.InvalidURL as error:
                return result | {"error": str(error)}
            except (aiohttp.ClientError, TimeoutError) as error:
                result["error"] = type(error).__name__
            else:
                result["status"] = response.status
                if response.status < 400:
                    return result | {"text": text}
                result["error"] = f"HTTP {response.status}"
                useful = response.status == 429 or response.status >= 500
                asked = retry_after(response)
            if not useful or attempt > retries or asked > cap:
                return result
            await sleep(asked + backoff(attempt, base, cap))


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, cap=30.0, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, retries=retries, **patience)
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
