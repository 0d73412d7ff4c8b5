"""Wrong: the bar moves when the turn of a page has come, so a slow one holds it up.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(fetch(url, session, gate, retries=retries, **patience))
                for url in urls
            ]
            return [await task for task in tqdm(tasks, file=progress, disable=progress is None)]
