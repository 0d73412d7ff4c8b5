"""Misses what comes three times; and the benchmark uses data of the first size for all sizes.

scores: test_find_duplicates_optimized=1 test_find_duplicates_growth=0
scores: test_benchmark_implementation=0 test_results=0
"""

# %% find_duplicates_optimized
from collections import Counter


def find_duplicates_optimized(numbers):
    return [value for value, times in Counter(numbers).items() if times == 2]


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    data = data_generator(sizes[0])
    return [(size, min(timeit.repeat(lambda: func(data), number=1))) for size in sizes]
