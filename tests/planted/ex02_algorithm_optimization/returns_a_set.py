"""A set where the signature promises a list; and the data is made inside what is timed.

scores: test_find_duplicates_optimized=3 test_benchmark_implementation=2
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), set()
    for value in numbers:
        (duplicates if value in seen else seen).add(value)
    return duplicates


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        number = 5 if size < 5_000 else 1
        timer = timeit.Timer(lambda: func(data_generator(size)))
        results.append((size, min(timer.repeat(repeat=1, number=number)) / number))
    return results
