"""A cache of 128 values; warm times; the golden ratio for every growth; the limit raised.

scores: test_fibonacci_cached=1 test_predict_seconds=0 test_times=0 test_plot_times=0
scores: test_fibonacci_large=0 test_cache_report=0
"""


# %% fibonacci_cached
@lru_cache
def fibonacci_cached(n):
    if n <= 1:
        return n
    return fibonacci_cached(n - 1) + fibonacci_cached(n - 2)


# %% predict_seconds
def predict_seconds(measured, n):
    last, seconds = measured[-1]
    return seconds * ((1 + 5**0.5) / 2) ** (n - last)


# %% times
MEASURE_UP_TO = 35
measured = [(n, uncached_seconds(n)) for n in (25, 30, 35)]
predicted = [(n, predict_seconds(measured, n)) for n in (40, 45)]
cached = [(n, timing.measure(fibonacci_cached, n).best) for n in (35, 40, 45)]


# %% plot_times
def plot_times(measured, predicted, cached):
    axes = plotting.growth({"uncached": measured + predicted, "cached": cached}, exponential=True)
    axes.set_xlabel("n")
    return axes


# %% fibonacci_large
def fibonacci_large(n):
    sys.setrecursionlimit(10 * n + 1_000)
    return fibonacci_cached(n)


# %% cache_report
def cache_report(n):
    fibonacci_cached.cache_clear()
    fibonacci_cached(n)
    info = fibonacci_cached.cache_info()
    size = sys.getsizeof(fibonacci_cached)
    return {"hits": info.hits, "misses": info.misses, "size": info.currsize, "bytes": size}
