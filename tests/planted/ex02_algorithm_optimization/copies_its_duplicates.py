"""Right but slow: makes a new list for every duplicate; and a plot that does not say its units.

scores: test_find_duplicates_growth=0 test_plot_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, reported, duplicates = set(), set(), []
    for value in numbers:
        if value in seen and value not in reported:
            reported.add(value)
            duplicates = duplicates + [value]
        seen.add(value)
    return duplicates


# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure, axes = plt.subplots()
    for results in (slow_results, fast_results):
        axes.loglog(*zip(*results), "o")
    axes.set(xlabel="x", ylabel="y")
    return axes
