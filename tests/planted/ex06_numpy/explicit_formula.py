"""Right: the deviation written out, lists in the result, timeit, a table column by column.

scores: full
"""


# %% calculate_stats_numpy
def calculate_stats_numpy(data):
    if len(data) == 0:
        return {"col_means": [], "row_sums": [], "col_stds": []}
    values = np.asarray(data, dtype=float)
    means = values.mean(axis=0)
    distances = values - means
    distances *= distances
    return {
        "col_means": means.tolist(),
        "row_sums": values.sum(axis=1).tolist(),
        "col_stds": np.sqrt(distances.mean(axis=0)).tolist(),
    }


# %% benchmark_stats
import timeit


def per_call(function, table):
    calls, _ = timeit.Timer(lambda: function(table)).autorange()
    calls = max(1, calls // 10)
    return min(timeit.repeat(lambda: function(table), number=calls, repeat=3)) / calls


def benchmark_stats(python_stats, numpy_stats, sizes):
    results = []
    for n in sizes:
        lists = generate_table(n, n)
        array = np.array(lists)
        results.append(
            {
                "n": n,
                "from_array": per_call(numpy_stats, array),
                "converting": per_call(np.array, lists),
                "from_list": per_call(numpy_stats, lists),
                "python": per_call(python_stats, lists),
            }
        )
    return results


# %% comparison_table
def comparison_table(results):
    table = pd.DataFrame.from_records(results, index="n")
    return table.assign(
        speedup_from_list=lambda t: t.python / t.from_list,
        speedup_from_array=lambda t: t.python / t.from_array,
        converting_share=lambda t: t.converting / t.from_list,
    )


# %% layouts
def layouts(table):
    return {
        "row order": np.array(table, order="C"),
        "column order": np.array(table, order="F"),
        "float32": np.array(table, dtype="f4"),
        "boxed": np.array(table, dtype="O"),
    }
