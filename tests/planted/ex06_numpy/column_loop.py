"""Right but slow: a Python loop over columns and one over rows, with NumPy inside.

scores: test_calculate_stats_speed=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=float)
    columns = range(values.shape[1] if values.ndim == 2 else 0)
    return {
        "col_means": [np.mean(values[:, col]) for col in columns],
        "row_sums": [np.sum(row) for row in values],
        "col_stds": [np.std(values[:, col]) for col in columns],
    }
