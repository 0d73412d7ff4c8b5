"""Right but slow, list.count for every value; and the sum of several calls reported as one.

scores: test_find_duplicates_growth=0 test_benchmark_implementation=2
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    return [value for value in set(numbers) if numbers.count(value) > 1]


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        data = data_generator(size)
        results.append((size, timeit.timeit(lambda: func(data), number=5)))
    return results
