"""Wrong: the pool is left to the garbage collector; the session is made, and handed on, twice.

scores: test_process_multiprocessing=3 test_fetch_all_async=3
"""


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    half = len(urls) // 2
    results = []
    for some in (urls[:half], urls[half:]):
        async with aiohttp.ClientSession(timeout=timeout) as session:
            results += await asyncio.gather(*(fetch_async(url, session) for url in some))
    return results


# %% process_multiprocessing
def process_multiprocessing(numbers):
    pool = Pool()
    return pool.map(process_number, numbers)
