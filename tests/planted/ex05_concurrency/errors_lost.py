"""Wrong: what fails is not heard of: caught, or lost with the thread.

scores: test_fetch_threading=3 test_fetch_all_async=3
"""


# %% fetch_threading
def fetch_threading(urls):
    results = [None] * len(urls)

    def work(i):
        with contextlib.suppress(Exception):
            results[i] = fetch_url(urls[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(urls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


import contextlib


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        coroutines = [fetch_async(url, session) for url in urls]
        return await asyncio.gather(*coroutines, return_exceptions=True)
