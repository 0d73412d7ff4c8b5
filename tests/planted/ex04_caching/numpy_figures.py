"""Right, with sum and map, two steps down first, and a NumPy number of bytes.

scores: full
"""


# %% fibonacci_cached
@lru_cache(maxsize=None)
def fibonacci_cached(n):
    return sum(map(fibonacci_cached, (n - 2, n - 1))) if n > 1 else n


# %% fibonacci_large
def fibonacci_large(n):
    any(fibonacci_cached(smaller) is None for smaller in range(0, n, 90))
    return fibonacci_cached(n)


# %% cache_report
def cache_report(n):
    import gc
    import tracemalloc

    fibonacci_cached.cache_clear()
    gc.collect()
    tracemalloc.start()
    try:
        held = [tracemalloc.get_traced_memory()[0]]
        fibonacci_cached(n)
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    hits, misses, _, size = fibonacci_cached.cache_info()
    return {"hits": hits, "misses": misses, "size": size, "bytes": np.diff(held)[0]}
