"""Takes the size of what came back for the peak, and the same function for both runs.

scores: test_peak_memory=1 test_ten_million=0
"""


# %% peak_memory
def peak_memory(func, *args):
    result = func(*args)
    return result, sys.getsizeof(result)


# %% ten_million
COUNT = 10_000_000
list_run = memory.timeline(process_with_generator, range(COUNT))
generator_run = memory.timeline(process_with_generator, range(COUNT))
