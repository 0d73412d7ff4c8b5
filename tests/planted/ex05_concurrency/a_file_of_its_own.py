"""Right: chunks of an array, worked on by a function in a file the learner has written.

scores: full
"""

# %% + after fetch_all_async
# %%writefile my_work.py
from cpu_work import process_number


def process_chunk(chunk):
    return [process_number(int(n)) for n in chunk]


# %% fetch_threading
def fetch_threading(urls):
    results = {}
    with ThreadPoolExecutor() as executor:
        futures = {executor.submit(fetch_url, url): i for i, url in enumerate(urls)}
        for future in concurrent.futures.as_completed(futures):
            results[futures[future]] = future.result()
    return [results[i] for i in range(len(urls))]


# %% fetch_async
async def fetch_async(url, session):
    async with asyncio.timeout(TIMEOUT), session.request("GET", url) as response:
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
    return {"status": response.status, "url": url, "content_length": size}


# %% fetch_all_async
async def fetch_all_async(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=30)) as session:
        tasks = [asyncio.create_task(fetch_async(url, session)) for url in urls]
        return [await task for task in tasks]


# %% process_multiprocessing
import numpy as np


def process_multiprocessing(numbers):
    from my_work import process_chunk

    pool = multiprocessing.Pool(2)
    try:
        order = np.arange(len(numbers)) % 4
        chunks = [np.array(numbers, dtype=int)[order == k] for k in range(4)]
        parts = pool.map(process_chunk, chunks, chunksize=1)
        results = [0.0] * len(numbers)
        for k, part in enumerate(parts):
            results[k::4] = part
        return results
    finally:
        pool.close()
        pool.join()
