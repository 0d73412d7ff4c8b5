"""Right, and slower to start: spawned processes on purpose, a thread pool by its other name.

scores: full
"""


# %% fetch_threading
def fetch_threading(urls):
    from multiprocessing.pool import ThreadPool

    with ThreadPool(10) as pool:
        return pool.map(fetch_url, urls, chunksize=1)


# %% process_multiprocessing
def process_multiprocessing(numbers):
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        return list(pool.imap(process_number, numbers))
