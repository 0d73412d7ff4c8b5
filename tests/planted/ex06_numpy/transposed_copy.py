"""The slowest that should pass: a copy, turned over first; it loses the point for copying.

scores: test_calculate_stats_numpy=5
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    if len(data) == 0:
        return dict.fromkeys(["col_means", "row_sums", "col_stds"], [])
    columns = np.ascontiguousarray(np.array(data, dtype=np.float64).T)
    return {
        "col_means": columns.mean(axis=1).tolist(),
        "row_sums": columns.sum(axis=0).tolist(),
        "col_stds": columns.std(axis=1).tolist(),
    }
