"""Everything done, in other ways than ours: a dict that keeps order, readings of our own making.

scores: full
sample: ada
"""

# %% prediction
predicted_slow = 1_000
predicted_fast = 100


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    times = {}
    for number in numbers:
        times[number] = times.get(number, 0) + 1
    return [number for number, count in times.items() if count > 1]


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        numbers = data_generator(size)
        timer = timeit.Timer(lambda: func(numbers))
        number, seconds = timer.autorange()
        if number > 1:
            seconds = min([seconds] + timer.repeat(2, number))
        results.append((size, seconds / number))
    return results


# %% growth_exponent
import statistics


def growth_exponent(results):
    x = [math.log10(size) for size, _ in results]
    y = [math.log10(seconds) for _, seconds in results]
    return statistics.linear_regression(x, y).slope


import math

# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure, axes = plt.subplots()
    axes.loglog(*zip(*slow_results), "o-", label="all pairs")
    axes.loglog(*zip(*fast_results), "s--", label="dictionary")
    axes.set(xlabel="numbers", ylabel="seconds per call")
    axes.legend()
    return axes


plot_growth(slow_results, fast_results)

# %% report_answer [markdown]
# The slow version looks at every pair, so about n²/2 comparisons. I count how often each number
# occurs in a dictionary instead. A dictionary finds its entry by the hash, without looking at the
# others, so it takes one lookup for each number, whatever n is.
#
# The speedup at 10,000 stands in the last row of my table, the exponents are close to 2 and to 1.
# I predicted 1,000 times as long for the slow one and that was far too little: I thought of 10
# times 100, but it is 100 times 100. For the other I said 100, which was nearly right.
#
# The price is memory: a dictionary entry for each distinct number, which is several times what the
# list itself takes. It works for hashable things only, and if many of them share a hash it gets
# slow again, because then it does have to look at the others. With ten numbers I would not bother.
