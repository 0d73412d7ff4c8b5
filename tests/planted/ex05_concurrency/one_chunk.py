"""Wrong: a single chunk goes to a single worker; a list by URL loses the page that comes twice.

scores: test_fetch_threading=3 test_fetch_all_async=2 test_process_multiprocessing=2
"""


# %% fetch_threading
def fetch_threading(urls):
    with ThreadPoolExecutor(20) as executor:
        return list({url: f for url, f in zip(urls, executor.map(fetch_url, urls))}.values())


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        unique = list(dict.fromkeys(urls))
        return await asyncio.gather(*(fetch_async(url, session) for url in unique))


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with Pool() as pool:
        return pool.map(process_number, numbers, chunksize=max(1, len(numbers)))
