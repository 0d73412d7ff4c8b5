"""Quadratic in C: a NumPy scan for each distinct number, a set for all else. Only growth sees it.

scores: test_find_duplicates_growth=0
"""

# %% find_duplicates_optimized
from collections import Counter


def find_duplicates_optimized(numbers):
    try:
        values = np.array(numbers, dtype=np.int64)
    except (OverflowError, TypeError, ValueError):
        values = np.empty((0, 0))
    if values.ndim != 1:  # what is no number, or a tuple of them
        return [value for value, times in Counter(numbers).items() if times > 1]
    return [value for value in set(numbers) if np.count_nonzero(values == value) > 1]
