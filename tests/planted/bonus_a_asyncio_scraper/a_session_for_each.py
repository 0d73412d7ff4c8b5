"""Wrong: within the limit, but with a new session for each page.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

        async def one(url):
            async with aiohttp.ClientSession() as session:
                result = await fetch(url, session, gate, retries=retries, **patience)
            bar.update()
            return result

        return await asyncio.gather(*(one(url) for url in urls))
