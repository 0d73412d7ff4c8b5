"""Wrong: computes in float32, seven digits; and every layout is kept in row order.

scores: test_calculate_stats_numpy=0 test_calculate_stats_speed=0
scores: test_layouts=0 test_why_faster=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float32)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    return {
        "col_means": values.mean(axis=0),
        "row_sums": values.sum(axis=1),
        "col_stds": values.std(axis=0),
    }


# %% layouts
def layouts(table):
    return {
        "row order": table,
        "column order": table.copy(),
        "float32": table.astype(np.float32),
        "boxed": table.astype(object),
    }
