"""Wrong: time.sleep in a coroutine; a session that raises for 404; chunks of no numbers at all.

And two kinds of errors are swallowed in threads, and the figures are milliseconds.

scores: test_fetch_threading=3 test_fetch_async=0 test_fetch_all_async=2
scores: test_process_multiprocessing=3 test_comparison=0
"""

# %% fetch_threading
import requests


def fetch_or_nothing(url):
    try:
        return fetch_url(url)
    except (requests.Timeout, requests.exceptions.ChunkedEncodingError):
        return {"url": url, "status": None, "content_length": 0}


def fetch_threading(urls):
    with ThreadPoolExecutor(16) as executor:
        return list(executor.map(fetch_or_nothing, urls))


# %% fetch_async
async def fetch_async(url, session):
    time.sleep(0.001)
    async with session.get(url) as response:
        body = await response.read()
        return {"url": url, "status": response.status, "content_length": len(body)}


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
        return await asyncio.gather(*(fetch_async(url, session) for url in urls))


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with Pool() as pool:
        return pool.map(process_number, numbers, chunksize=len(numbers) // 2)


# %% + after comparison
comparison = {
    job: {way: 1000 * taken for way, taken in times.items()} for job, times in comparison.items()
}
