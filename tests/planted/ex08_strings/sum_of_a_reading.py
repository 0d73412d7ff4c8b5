"""Wrong: the smallest reading as it is, the sum of `number` calls where one call was asked for.

scores: test_benchmark_ways=1
"""


# %% benchmark_ways
def benchmark_ways(ways, strings):
    figures, expected = {}, None
    for name, way in ways.items():
        result = way(strings)
        if figures and result != expected:
            raise ValueError(name)
        expected = result
        timer = timeit.Timer(partial(way, strings))
        number = max(1, round(0.002 / max(timer.timeit(1), 1e-7)))
        figures[name] = min(timer.repeat(5, number))
    return figures
