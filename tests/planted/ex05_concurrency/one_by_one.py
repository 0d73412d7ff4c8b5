"""Wrong: threads joined one by one, `await` in a loop, `apply` in a loop: nothing overlaps.

scores: test_fetch_threading=2 test_fetch_all_async=2 test_process_multiprocessing=2
"""


# %% fetch_threading
def fetch_threading(urls):
    results = [None] * len(urls)
    errors = []

    def work(i):
        try:
            results[i] = fetch_url(urls[i])
        except Exception as error:
            errors.append(error)

    for i in range(len(urls)):
        thread = threading.Thread(target=work, args=(i,))
        thread.start()
        thread.join()
    if errors:
        raise errors[0]
    return results


# %% fetch_all_async
async def fetch_all_async(urls):
    results = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        for url in urls:
            results.append(await fetch_async(url, session))
    return results


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with Pool() as pool:
        return [pool.apply(process_number, (n,)) for n in numbers]
