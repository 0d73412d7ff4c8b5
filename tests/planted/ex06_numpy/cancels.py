"""Fast and wrong far from zero: the given formula, now in NumPy.

scores: test_calculate_stats_numpy=4
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    means = values.mean(axis=0)
    squares = np.einsum("ij,ij->j", values, values) / len(values)
    return {
        "col_means": means,
        "row_sums": values.sum(axis=1),
        "col_stds": np.sqrt(np.maximum(squares - means**2, 0)),
    }
