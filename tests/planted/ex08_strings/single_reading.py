"""One reading for each way, which says little; and StringIO recommended for bytes.

scores: test_benchmark_ways=1 test_recommendation=1
"""


# %% benchmark_ways
def benchmark_ways(ways, strings):
    figures, first = {}, None
    for name, way in ways.items():
        begin = timeit.default_timer()
        result = way(strings)
        figures[name] = timeit.default_timer() - begin
        if first is None:
            first = result
        elif result != first:
            raise ValueError(name)
    return figures


# %% recommendation
recommendation = {
    "two or three pieces": "+",
    "a list of strings": "join",
    "made in a loop": "list and join",
    "call by call": "list and join",
    "bytes, piece by piece": "StringIO",
}
