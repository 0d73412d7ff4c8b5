"""Wrong: spawned processes that take turns, two threads for everything, one coroutine at a time.

scores: test_fetch_threading=2 test_fetch_all_async=2 test_process_multiprocessing=2
"""


# %% fetch_threading
def fetch_threading(urls):
    with ThreadPoolExecutor(max_workers=2) as executor:
        return list(executor.map(fetch_url, urls))


# %% fetch_all_async
async def fetch_all_async(urls):
    gate = asyncio.Lock()

    async def one(url):
        async with gate:
            return await fetch_async(url, session)

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        return await asyncio.gather(*map(one, urls))


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with multiprocessing.get_context("spawn").Pool() as pool:
        return [pool.apply_async(process_number, (n,)).get() for n in numbers]
