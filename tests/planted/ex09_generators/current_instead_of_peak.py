"""Measures what is left after the call, and leaves tracing on when the function raises.

scores: test_peak_memory=1
"""


# %% peak_memory
def peak_memory(func, *args):
    tracemalloc.start()
    result = func(*args)
    current, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, current
