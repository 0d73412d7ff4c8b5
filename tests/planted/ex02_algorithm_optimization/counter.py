"""Right: counts with collections.Counter, and takes the median of own readings of a clock.

scores: full
"""

# %% find_duplicates_optimized
from collections import Counter


def find_duplicates_optimized(numbers):
    return [value for value, times in Counter(numbers).items() if times > 1]


# %% benchmark_implementation
import statistics
import time


def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        readings = []
        while len(readings) < 7 and sum(readings) < 1:
            data = data_generator(size)
            begin = time.perf_counter()
            func(data)
            readings.append(time.perf_counter() - begin)
        results.append((size, statistics.median(readings)))
    return results
