"""Wrong: an average over one reading of ten calls, which takes a stall for the way's own time.

scores: test_benchmark_ways=1
"""


# %% benchmark_ways
def benchmark_ways(ways, strings):
    figures, expected = {}, next(iter(ways.values()))(strings)
    for name, way in ways.items():
        if way(strings) != expected:
            raise ValueError(f"{name} gives another result")
        figures[name] = timeit.timeit(partial(way, strings), number=10) / 10
    return figures
