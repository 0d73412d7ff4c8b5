"""Wrong: each page has a gate of its own, so nothing is limited; and each has a session, too.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

        async def one(url):
            gate = asyncio.Semaphore(limit)
            async with aiohttp.ClientSession() as session:
                result = await fetch(url, session, gate, retries=retries, **patience)
            bar.update()
            return result

        return await asyncio.gather(*(one(url) for url in urls))
