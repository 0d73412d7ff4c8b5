"""Right: a set comprehension, best of three tens, the slope by its formula, a figure of pyplot's.

scores: full
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen = set()
    return list({value for value in numbers if value in seen or seen.add(value)})


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        data = data_generator(size)
        number = 10 if size < 5_000 else 1
        readings = timeit.repeat(lambda: func(data), number=number, repeat=3)
        results.append((size, min(readings) / number))
    return results


# %% growth_exponent
from math import log


def growth_exponent(results):
    x = [log(size) for size, _ in results]
    y = [log(seconds) for _, seconds in results]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    return above / sum((a - mean_x) ** 2 for a in x)


# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure = plt.figure()
    for results in (slow_results, fast_results):
        plt.scatter([size for size, _ in results], [seconds for _, seconds in results])
    plt.xscale("log")
    plt.yscale("log")
    plt.xlabel("size")
    plt.ylabel("time [s]")
    return figure
