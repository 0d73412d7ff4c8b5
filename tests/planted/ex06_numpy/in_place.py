"""Changes the caller's array; converts inside the timing of from_array; shares of the wrong whole.

scores: test_calculate_stats_numpy=5 test_benchmark_stats=1 test_comparison_table=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data)
    if values.dtype != np.float64:
        values = values.astype(np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    means, sums = values.mean(axis=0), values.sum(axis=1)
    if not values.flags.writeable:
        values = values.copy()
    values -= means
    values *= values
    return {"col_means": means, "row_sums": sums, "col_stds": np.sqrt(values.mean(axis=0))}


# %% benchmark_stats
def benchmark_stats(python_stats, numpy_stats, sizes):
    results = []
    for n in sizes:
        rows = generate_table(n, n)
        calls = {
            "python": lambda: python_stats(rows),
            "from_list": lambda: numpy_stats(rows),
            "converting": lambda: np.array(rows),
            "from_array": lambda: numpy_stats(np.array(rows)),
        }
        results.append(
            {"n": n} | {way: timing.measure(calls[way], repeats=3).best for way in calls}
        )
    return results


# %% comparison_table
def comparison_table(results):
    table = pd.DataFrame(results).set_index("n")
    table["speedup_from_list"] = table["python"] / table["from_list"]
    table["speedup_from_array"] = table["python"] / table["from_array"]
    table["converting_share"] = table["converting"] / (table["converting"] + table["from_list"])
    return table
