"""Wrong: the session's own limit of 100 connections is left as it is.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession() as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, retries=retries, **patience)
                bar.update()
                return result

            return await asyncio.gather(*(one(url) for url in urls))
