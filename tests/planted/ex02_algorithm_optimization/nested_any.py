"""Right but slow, any(...) over all that comes later; and a single reading for each size.

scores: test_find_duplicates_growth=0 test_benchmark_implementation=2
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    return list(
        {
            value
            for position, value in enumerate(numbers)
            if any(value == later for later in numbers[position + 1 :])
        }
    )


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        data = data_generator(size)
        results.append((size, timeit.timeit(lambda: func(data), number=1)))
    return results
