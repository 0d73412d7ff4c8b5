"""Wrong: sums over the wrong axis; sums whole arrays, not rows; and times in milliseconds.

scores: test_calculate_stats_numpy=0 test_calculate_stats_speed=0
scores: test_benchmark_stats=1 test_why_faster=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    return {
        "col_means": values.mean(axis=1),
        "row_sums": values.sum(axis=0),
        "col_stds": values.std(axis=1),
    }


# %% benchmark_stats
def benchmark_stats(python_stats, numpy_stats, sizes):
    results = []
    for n in sizes:
        rows = generate_table(n, n)
        array = np.asarray(rows)
        calls = {
            "python": (python_stats, rows),
            "from_list": (numpy_stats, rows),
            "converting": (np.asarray, rows),
            "from_array": (numpy_stats, array),
        }
        results.append(
            {"n": n} | {way: 1e3 * timing.measure(*calls[way], repeats=3).best for way in calls}
        )
    return results


# %% why_faster
laid_out = layouts(np.random.default_rng(6).random((128, 16_384)))
seconds = {name: timing.measure(array.sum, repeats=3).best for name, array in laid_out.items()}
why_faster = {name: taken / seconds["row order"] for name, taken in seconds.items()}
