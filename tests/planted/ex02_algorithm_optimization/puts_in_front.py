"""Right but slow: puts each duplicate in front of a new list; and draws milliseconds.

scores: test_find_duplicates_growth=0 test_plot_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, reported, duplicates = set(), set(), []
    for value in numbers:
        if value in seen and value not in reported:
            reported.add(value)
            duplicates = [value, *duplicates]
        seen.add(value)
    return duplicates


# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure, axes = plt.subplots()
    for results in (slow_results, fast_results):
        axes.loglog([n for n, _ in results], [1e3 * seconds for _, seconds in results], "o")
    axes.set(xlabel="numbers", ylabel="time [ms]")
    return axes
