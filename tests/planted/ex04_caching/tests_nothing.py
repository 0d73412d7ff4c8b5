"""Tests that assert nothing; an upper bound for the bytes; a plot that hides what is predicted.

scores: test_plot_times=0 test_cache_report=0 test_ttl_cache_tests=0
"""


# %% plot_times
def plot_times(measured, predicted, cached):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.semilogy(*zip(*(measured + predicted)), "o-", label="uncached")
    axes.semilogy(*zip(*cached), "o-", label="cached")
    axes.set(xlabel="n", ylabel="seconds")
    axes.legend()
    return axes


# %% cache_report
def cache_report(n):
    fibonacci_cached.cache_clear()
    peak = memory.allocations(lambda: [bytearray(100_000), fibonacci_cached(n)]).peak_bytes
    info = fibonacci_cached.cache_info()
    return {"hits": info.hits, "misses": info.misses, "size": info.currsize, "bytes": peak}


# %% ttl_cache_tests
def test_ttl_cache(TTLCache):
    cache = TTLCache(10)
    cache.set("a", 1)
    print(cache.get("a"))
    cached = cache(lambda n: n)
    print(cached(1) == 1, cached(1) == 1)
