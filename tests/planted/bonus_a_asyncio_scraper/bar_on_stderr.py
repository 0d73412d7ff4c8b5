"""Wrong: a bar that counts pages is drawn on stderr when nobody wants one.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, unit="page") as bar:

            async def one(url):
                result = await fetch(url, session, gate, retries=retries, **patience)
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
