"""Right but slow: stays with Python loops, tidier ones, and calls it NumPy at the end.

scores: test_calculate_stats_numpy=5 test_calculate_stats_speed=0
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    columns = list(zip(*data))
    means = [math.fsum(column) / len(column) for column in columns]
    return {
        "col_means": np.array(means, dtype=float),
        "row_sums": np.array([math.fsum(row) for row in data], dtype=float),
        "col_stds": np.array(
            [
                math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
                for column, mean in zip(columns, means)
            ],
            dtype=float,
        ),
    }
