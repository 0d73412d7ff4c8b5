"""Wrong benchmark, the mean of ten calls; and one function's results go under both names.

scores: test_benchmark_implementation=2 test_results=0
"""


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        data = data_generator(size)
        number = 10 if size < 5_000 else 1
        results.append((size, timeit.timeit(lambda: func(data), number=number) / number))
    return results


# %% slow_results
SIZES = [100, 1_000, 10_000]
slow_results = benchmark_implementation(find_duplicates_slow, generate_test_data, SIZES)
fast_results = slow_results
