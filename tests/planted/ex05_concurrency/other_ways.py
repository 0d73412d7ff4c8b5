"""Right, by other means: bare threads, a task group behind a semaphore, an executor's futures.

scores: full
"""


# %% fetch_threading
def fetch_threading(urls):
    results, errors = [None] * len(urls), []

    def work(position, url):
        try:
            results[position] = fetch_url(url)
        except Exception as error:
            errors.append(error)

    crowd = [threading.Thread(target=work, args=pair) for pair in enumerate(urls)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    if errors:
        raise errors[0]
    return results


# %% fetch_async
async def fetch_async(url, session):
    response = await session.get(url)
    async with response:
        return dict(url=url, status=response.status, content_length=len(await response.read()))


# %% fetch_all_async
async def fetch_all_async(urls):
    gate = asyncio.Semaphore(8)
    async with aiohttp.ClientSession() as session:

        async def one(url):
            async with gate:
                return await asyncio.wait_for(fetch_async(url, session), TIMEOUT)

        tasks = []
        try:
            async with asyncio.TaskGroup() as group:
                for url in urls:
                    tasks.append(group.create_task(one(url)))
        except ExceptionGroup as group:
            raise group.exceptions[0]
        return [task.result() for task in tasks]


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with ProcessPoolExecutor() as executor:
        # The longest first, so that none is left over in the end.
        longest = sorted(range(len(numbers)), key=lambda i: -numbers[i])
        futures = {i: executor.submit(process_number, numbers[i]) for i in longest}
        return [futures[i].result() for i in range(len(numbers))]


# %% comparison
comparison = {"CPU": {}, "I/O": {}}
comparison["I/O"]["sequential"] = await seconds(fetch_sequential, urls)
comparison["I/O"]["threads"] = await seconds(fetch_threading, urls)
comparison["I/O"]["async"] = await seconds(fetch_all_async, urls)
comparison["I/O"]["processes"] = await seconds(fetch_processes, urls)
comparison["CPU"]["sequential"] = await seconds(process_sequential, numbers)
comparison["CPU"]["threads"] = await seconds(process_threads, numbers)
comparison["CPU"]["async"] = await seconds(process_async, numbers)
comparison["CPU"]["processes"] = await seconds(process_multiprocessing, numbers)
