"""Right: autorange says how many calls make a reading, and an f-string copies at every step.

scores: full
"""


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    text = ""
    for s in strings:
        text = f"{text}{s}"
    return text


# %% benchmark_ways
def benchmark_ways(ways, strings):
    figures, first = {}, None
    for name, way in ways.items():
        result = way(strings)
        if figures and result != first:
            raise ValueError(f"{name} differs")
        first = result
        timer = timeit.Timer(lambda way=way: way(strings))
        number, _ = timer.autorange()
        figures[name] = min(timer.repeat(5, number)) / number
    return figures
