"""Right, by a product with ones; but every row is made float64 before its sum is timed.

scores: test_why_faster=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float64)
    if values.size == 0:
        return {key: np.zeros(0) for key in ("col_means", "row_sums", "col_stds")}
    return dict(
        col_means=np.average(values, axis=0),
        row_sums=values @ np.ones(values.shape[1]),
        col_stds=np.var(values, axis=0) ** 0.5,
    )


# %% why_faster
laid_out = layouts(np.random.default_rng(6).random((128, 16_384)))
rows = {name: np.asarray(array[0], dtype=float) for name, array in laid_out.items()}
seconds = {name: timing.measure(row.sum).best for name, row in rows.items()}
why_faster = {name: taken / seconds["row order"] for name, taken in seconds.items()}
