"""The fastest that should fail: through lists and back, by the quickest way there is.

scores: test_calculate_stats_numpy=5 test_calculate_stats_speed=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.array(np.asarray(data).tolist(), dtype=np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    return {
        "col_means": values.mean(axis=0),
        "row_sums": values.sum(axis=1),
        "col_stds": values.std(axis=0),
    }
