"""Wrong: the session is closed at the end, if that is reached; a spawned process gets our function.

And the figures are speedups.

scores: test_fetch_all_async=3 test_process_multiprocessing=0 test_comparison=0
"""


# %% fetch_all_async
async def fetch_all_async(urls):
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
    pages = await asyncio.gather(*(fetch_async(url, session) for url in urls))
    await session.close()
    return pages


# %% process_multiprocessing
def work_on(n):
    return process_number(n)


def process_multiprocessing(numbers):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return pool.map(work_on, numbers)


# %% comparison
comparison = {
    "I/O": {"sequential": 1.0, "threads": 11.3, "async": 21.0, "processes": 4.1},
    "CPU": {"sequential": 1.0, "threads": 1.0, "async": 1.0, "processes": 1.8},
}
