"""Wrong: a page that cannot be had raises, and the rest is lost with it.

scores: test_scrape=3
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, retries=retries, **patience)
                if result["error"]:
                    raise RuntimeError(f"{url}: {result['error']}")
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
