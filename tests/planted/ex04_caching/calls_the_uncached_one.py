"""Only the outermost call is remembered; the limit is raised; a cache that is full of old values.

scores: test_fibonacci_cached=1 test_times=0 test_fibonacci_large=0 test_cache_report=0
"""


# %% fibonacci_cached
@lru_cache(maxsize=None)
def fibonacci_cached(n):
    if n <= 1:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


# %% times
MEASURE_UP_TO = 31
measured = [(n, uncached_seconds(n)) for n in (20, 25, 31)]
predicted = [(n, predict_seconds(measured, n)) for n in (35, 40, 45)]
cached = [(n, 1e-6) for n in (35, 40, 45)]


# %% fibonacci_large
def fibonacci_large(n):
    sys.setrecursionlimit(max(1_000, 2 * n))
    return fibonacci_cached(min(n, 25))


# %% cache_report
def cache_report(n):
    info = fibonacci_cached.cache_info()
    return {"hits": info.hits, "misses": info.misses, "size": info.currsize, "bytes": info.bytes}
