"""Tracing stays on when the function raises: no `finally`.

scores: test_peak_memory=2
"""


# %% peak_memory
def peak_memory(func, *args):
    tracemalloc.start()
    result = func(*args)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, peak
