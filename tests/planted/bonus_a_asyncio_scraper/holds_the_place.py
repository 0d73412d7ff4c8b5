"""Wrong here: the place is kept during backoff, and all the others wait for one who waits.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    free = asyncio.Semaphore(len(urls) or 1)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                async with gate:
                    result = await fetch(url, session, free, retries=retries, **patience)
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
