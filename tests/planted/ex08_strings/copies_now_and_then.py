"""Wrong: one copy at the end makes a peak of two texts, but no growth; and join stands in for +.

scores: test_plus=1 test_benchmark_ways=1
"""


# %% plus_is_linear
def plus_is_linear(strings):
    return "" + "".join(strings)


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    text = ""
    for s in strings:
        text += s
    copy = text[:-1]
    return copy + text[-1:]


# %% benchmark_ways
def benchmark_ways(ways, strings):
    return {name: min(timeit.repeat(lambda: way(strings), number=1)) for name, way in ways.items()}
