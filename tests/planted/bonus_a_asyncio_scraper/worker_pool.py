"""Wrong here: as many workers as places, and each sees its page through, backoff included.

scores: test_scrape=4
"""


# %% scrape
async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    queue, results, gate = asyncio.Queue(), [None] * len(urls), asyncio.Semaphore(limit)
    for job in enumerate(urls):
        queue.put_nowait(job)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def worker():
                while not queue.empty():
                    position, url = queue.get_nowait()
                    results[position] = await fetch(url, session, gate, retries=retries, **patience)
                    bar.update()

            async with asyncio.TaskGroup() as group:
                for _ in range(limit):
                    group.create_task(worker())
    return results
