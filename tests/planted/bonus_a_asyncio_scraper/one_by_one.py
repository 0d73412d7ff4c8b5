"""Wrong: one page after the other, each seen through.

scores: test_scrape=3
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession() as session:
        results = []
        for url in tqdm(urls, file=progress, disable=progress is None):
            results.append(await fetch(url, session, gate, retries=retries, **patience))
        return results
