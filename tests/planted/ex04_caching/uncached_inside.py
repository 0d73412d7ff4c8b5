"""Only the outermost call is remembered, and all the rest is as it should be: nothing hangs.

scores: test_fibonacci_cached=1 test_times=0 test_fibonacci_large=0 test_cache_report=0
"""


# %% fibonacci_cached
@lru_cache(maxsize=None)
def fibonacci_cached(n):
    if n <= 1:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


# %% times
MEASURE_UP_TO = 35
measured = [(n, uncached_seconds(n)) for n in (25, 30, 35)]
predicted = [(n, predict_seconds(measured, n)) for n in (40, 45)]
cached = []
