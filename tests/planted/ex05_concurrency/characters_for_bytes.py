"""Wrong: characters counted for bytes; the list of URLs is emptied; one result for each number.

scores: test_fetch_threading=3 test_fetch_async=0 test_fetch_all_async=2
scores: test_process_multiprocessing=3 test_comparison=0
"""


# %% fetch_threading
def fetch_threading(urls):
    places = list(range(len(urls)))
    results = [None] * len(urls)

    def work():
        while urls:
            try:
                place, url = places.pop(), urls.pop()
            except IndexError:
                return
            results[place] = fetch_url(url)

    with ThreadPoolExecutor(8) as executor:
        for future in [executor.submit(work) for _ in range(8)]:
            future.result()
    return results


# %% fetch_async
async def fetch_async(url, session):
    async with session.get(url) as response:
        text = await response.text()
        return {"url": url, "status": response.status, "content_length": len(text)}


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with Pool() as pool:
        found = dict(zip(numbers, pool.map(process_number, numbers)))
    return list(found.values())


# %% comparison
def timed(function, argument):
    start = time.perf_counter()
    function(argument)
    return time.perf_counter() - start


urls = server.urls(50)  # the first cell's were used up
comparison = {
    "I/O": {
        "sequential": timed(fetch_sequential, urls),
        "threads": timed(fetch_threading, list(urls)),
        "async": timed(fetch_all_async, urls),
        "processes": timed(fetch_processes, urls),
    },
    "CPU": {
        "sequential": timed(process_sequential, numbers),
        "threads": timed(process_threads, numbers),
        "async": timed(process_async, numbers),
        "processes": timed(process_multiprocessing, numbers),
    },
}
