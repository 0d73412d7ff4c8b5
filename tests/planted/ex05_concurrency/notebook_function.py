"""Wrong on Windows and macOS: the workers' function is in the notebook. By fork it works.

scores: test_process_multiprocessing=3
"""


# %% process_multiprocessing
def process_one(n):
    return process_number(n)


def process_multiprocessing(numbers):
    with Pool() as pool:
        return pool.map(process_one, numbers)
