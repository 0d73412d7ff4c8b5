"""Wrong benchmark: the largest of five readings.

scores: test_benchmark_implementation=2
"""


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        timer = timeit.Timer(partial(func, data_generator(size)))
        seconds = timer.timeit(number=1)
        if seconds < 0.5:
            number = max(1, round(0.02 / max(seconds, 1e-6)))
            seconds = max(timer.repeat(repeat=5, number=number)) / number
        results.append((size, seconds))
    return results
