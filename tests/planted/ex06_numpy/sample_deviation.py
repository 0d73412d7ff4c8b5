"""Wrong: divides by n - 1; and the benchmark's table holds what is left of a speedup upside down.

scores: test_calculate_stats_numpy=0 test_calculate_stats_speed=0 test_comparison_table=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return {
        "col_means": values.mean(axis=0),
        "row_sums": values.sum(axis=1),
        "col_stds": spread,
    }


# %% comparison_table
def comparison_table(results):
    table = pd.DataFrame(results).set_index("n")
    table["speedup_from_list"] = table["from_list"] / table["python"]
    table["speedup_from_array"] = table["from_array"] / table["python"]
    table["converting_share"] = table["converting"] / table["from_list"]
    return table
