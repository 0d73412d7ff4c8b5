"""Wrong: threads where processes are asked for; results as they come.

scores: test_fetch_threading=3 test_fetch_all_async=2 test_process_multiprocessing=2
"""


# %% fetch_threading
def fetch_threading(urls):
    with ThreadPoolExecutor(20) as executor:
        futures = [executor.submit(fetch_url, url) for url in urls]
        return [future.result() for future in concurrent.futures.as_completed(futures)]


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        waiting = [fetch_async(url, session) for url in urls]
        return [await one for one in asyncio.as_completed(waiting)]


# %% process_multiprocessing
def process_multiprocessing(numbers):
    from multiprocessing.dummy import Pool

    with Pool(4) as pool:
        return pool.map(process_number, numbers)
