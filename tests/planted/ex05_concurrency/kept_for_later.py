"""Wrong here: a pool that is kept for the next call, and that nobody closes.

scores: test_process_multiprocessing=3
"""

# %% process_multiprocessing
the_pool = None


def process_multiprocessing(numbers):
    global the_pool
    if the_pool is None:
        the_pool = Pool()
    return the_pool.map(process_number, numbers)
