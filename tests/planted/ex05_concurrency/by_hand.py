"""Right, by hand: processes that take numbers from a queue and put results into another.

scores: full
"""

# %% + after fetch_all_async
# %%writefile worker.py
from cpu_work import process_number


def work(todo, done):
    for position, n in iter(todo.get, None):
        done.put((position, process_number(n)))


# %% fetch_async
async def fetch_async(url, session):
    timeout = aiohttp.ClientTimeout(sock_read=TIMEOUT)
    async with session.get(url, timeout=timeout) as answer:
        content = await answer.content.read()
        return {"url": url, "status": answer.status, "content_length": len(content)}


# %% fetch_all_async
async def fetch_all_async(urls):
    session = aiohttp.ClientSession()
    try:
        results = await asyncio.gather(
            *(fetch_async(url, session) for url in urls), return_exceptions=True
        )
    finally:
        await session.close()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


# %% process_multiprocessing
import worker


def process_multiprocessing(numbers):
    todo, done = multiprocessing.Queue(), multiprocessing.Queue()
    for job in enumerate(numbers):
        todo.put(job)
    crowd = [multiprocessing.Process(target=worker.work, args=(todo, done)) for _ in range(3)]
    for process in crowd:
        todo.put(None)
        process.start()
    results = dict(done.get() for _ in numbers)
    for process in crowd:
        process.join()
    return [results[position] for position in range(len(numbers))]
