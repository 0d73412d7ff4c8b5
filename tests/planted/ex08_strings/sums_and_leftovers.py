"""Wrong: the sum of several calls, results not compared; memory at the end, tracing left on.

scores: test_benchmark_ways=0 test_memory_ratio=0 test_recommendation=0
"""


# %% benchmark_ways
def benchmark_ways(ways, strings):
    return {name: timeit.timeit(lambda: way(strings), number=5) for name, way in ways.items()}


# %% memory_ratio
def memory_ratio(way, strings):
    tracemalloc.start()
    result = way(strings)
    held, _peak = tracemalloc.get_traced_memory()
    return held / sys.getsizeof(result)


# %% recommendation
recommendation = {
    "two or three pieces": "StringIO",
    "a list of strings": "+=",
    "made in a loop": "list and join",
    "call by call": "StringIO",
}
