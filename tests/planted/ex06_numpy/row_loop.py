"""A Python loop over rows only: slow where rows are many; and no answer for a table of no rows.

scores: test_calculate_stats_numpy=5 test_calculate_stats_speed=2
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=float)
    return {
        "col_means": values.mean(axis=0),
        "row_sums": [row.sum() for row in values],
        "col_stds": values.std(axis=0),
    }
