"""Right but slow, a new set at every step; a slope from two points, a plot without log scales.

scores: test_find_duplicates_growth=0 test_growth_exponent=1 test_plot_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    return list({value for at, value in enumerate(numbers) if value in set(numbers[:at])})


# %% growth_exponent
def growth_exponent(results):
    (first, begin), (last, end) = min(results), max(results)
    return np.log(end / begin) / np.log(last / first)


# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure, axes = plt.subplots()
    axes.plot(*zip(*slow_results))
    axes.plot(*zip(*fast_results))
    axes.set(xlabel="size", ylabel="seconds")
    return axes
