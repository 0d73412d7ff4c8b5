"""Fast and right for numbers: np.unique. Tuples and mixtures become something else.

scores: test_find_duplicates_optimized=3
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    values, times = np.unique(np.array(numbers), return_counts=True)
    return values[times > 1].tolist()
