"""Right: each page is asked for once, however often its URL is in the list; chunks of two numbers.

scores: full
"""


# %% fetch_threading
def fetch_threading(urls):
    pages = list(dict.fromkeys(urls))
    with ThreadPoolExecutor(max_workers=max(4, len(pages))) as executor:
        found = dict(zip(pages, executor.map(fetch_url, pages)))
    return [found[url] for url in urls]


# %% fetch_all_async
async def fetch_all_async(urls):
    timeout = aiohttp.ClientTimeout(sock_connect=TIMEOUT, sock_read=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        tasks = {url: asyncio.create_task(fetch_async(url, session)) for url in dict.fromkeys(urls)}
        await asyncio.gather(*tasks.values())
    return [tasks[url].result() for url in urls]


# %% process_multiprocessing
def process_multiprocessing(numbers):
    executor = ProcessPoolExecutor(mp_context=multiprocessing.get_context())
    try:
        return list(executor.map(process_number, numbers, chunksize=2))
    finally:
        executor.shutdown()
