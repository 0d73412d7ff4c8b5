"""Right, on a transposed view; but the factors are made up.

scores: test_why_faster=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    if len(data) == 0:
        return {"col_means": [], "row_sums": [], "col_stds": []}
    columns = np.asarray(data, dtype="float64").T
    return {
        "col_means": columns.mean(axis=1),
        "row_sums": columns.sum(axis=0),
        "col_stds": columns.std(axis=1),
    }


# %% why_faster
why_faster = {"row order": 1.0, "column order": 10.0, "float32": 0.05, "boxed": 100.0}
