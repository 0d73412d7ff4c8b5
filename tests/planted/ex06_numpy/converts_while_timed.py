"""Wrong: converts inside what is timed, in section 5; and copies an array first.

scores: test_calculate_stats_numpy=5 test_why_faster=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.array(data, dtype=np.float64)
    if not len(values):
        return {"col_means": [], "row_sums": [], "col_stds": []}
    means = values.mean(axis=0)
    return {
        "col_means": means,
        "row_sums": values.sum(axis=1),
        "col_stds": np.linalg.norm(values - means, axis=0) / np.sqrt(len(values)),
    }


# %% why_faster
table = np.random.default_rng(6).random((128, 16_384))
by_columns = np.asfortranarray(table)
seconds = {
    "row order": timing.measure(lambda: table[0].sum()).best,
    "column order": timing.measure(lambda: by_columns[0].sum()).best,
    "float32": timing.measure(lambda: table.astype(np.float32)[0].sum()).best,
    "boxed": timing.measure(lambda: table.astype(object)[0].sum(), repeats=2).best,
}
why_faster = {name: taken / seconds["row order"] for name, taken in seconds.items()}
