"""Wrong: `imap_unordered`, and generators where lists are asked for.

scores: test_fetch_threading=3 test_fetch_all_async=2 test_process_multiprocessing=3
"""


# %% fetch_threading
def fetch_threading(urls):
    with ThreadPoolExecutor(20) as executor:
        return executor.map(fetch_url, urls)


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        results = await asyncio.gather(*(fetch_async(url, session) for url in urls))
    return tuple(results)


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with Pool() as pool:
        return list(pool.imap_unordered(process_number, numbers))
