"""Wrong: results as they come, in whatever order that is.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate, results = asyncio.Semaphore(limit), []
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                results.append(await fetch(url, session, gate, retries=retries, **patience))
                bar.update()

            async with asyncio.TaskGroup() as group:
                for url in urls:
                    group.create_task(one(url))
    return results
