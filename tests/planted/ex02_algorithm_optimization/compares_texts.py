"""Wrong: takes values that look alike for equal, 1 and "1"; a plot with the unit in its title.

scores: test_find_duplicates_optimized=3
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), {}
    for value in numbers:
        text = str(value)
        if text in seen:
            duplicates[text] = value
        seen.add(text)
    return list(duplicates.values())


# %% plot_growth
import matplotlib.pyplot as plt


def plot_growth(slow_results, fast_results):
    figure, axes = plt.subplots()
    for name, results in {"slow": slow_results, "fast": fast_results}.items():
        axes.plot(*zip(*results), "o-", label=name)
    axes.set(xscale="log", yscale="log", xlabel="n", ylabel="t", title="Time of a call, in s")
    axes.legend()
    return axes
