"""Wrong: when cancelled it returns what it has, and nobody learns that it was cut short.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate, results = asyncio.Semaphore(limit), [None] * len(urls)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(position, url):
                results[position] = await fetch(url, session, gate, retries=retries, **patience)
                bar.update()

            try:
                await asyncio.gather(*(one(k, url) for k, url in enumerate(urls)))
            except asyncio.CancelledError:
                pass
    return results
