"""Right, all in other ways: pyplot, tracemalloc, a dict in order of expiry, tests with helpers.

scores: full
"""

# %% prediction
predicted_calls = 35**2
predicted_seconds = {"fibonacci(45)": 10, "the same with a memory": 1}


# %% fibonacci_cached
@functools.cache
def fibonacci_cached(n):
    return n if n < 2 else fibonacci_cached(n - 2) + fibonacci_cached(n - 1)


# %% predict_seconds
import math


def predict_seconds(measured, n):
    (first, little), (last, much) = min(measured), max(measured)
    factor = (much / little) ** (1 / (last - first))
    return much * factor ** (n - last)


# %% times
def stopwatch(func, n):
    begin = time.perf_counter()
    func(n)
    return time.perf_counter() - begin


MEASURE_UP_TO = 35
measured = [(n, min(stopwatch(fibonacci, n) for _ in range(3))) for n in (24, 30)]
measured += [(35, stopwatch(fibonacci, 35))]
predicted = [[n, predict_seconds(measured, n)] for n in (40, 45)]
cached = []
for n in 35, 40, 45:
    readings = []
    for _ in range(20):
        fibonacci_cached.cache_clear()
        readings.append(stopwatch(fibonacci_cached, n))
    cached.append((n, np.median(readings)))

# %% plot_times
import matplotlib.pyplot as plt


def plot_times(measured, predicted, cached):
    figure, axes = plt.subplots()
    axes.semilogy(*zip(*measured), "o-", label="without cache")
    axes.semilogy(*zip(*predicted), "o--", fillstyle="none", label="without cache (extrapolated)")
    axes.semilogy(*zip(*cached), "s-", label="with cache")
    axes.set(xlabel="n", ylabel="time [s]", title="Fibonacci")
    axes.legend()
    return figure


# %% fibonacci_large
def fibonacci_large(n):
    for k in range(n):
        fibonacci_cached(k)
    return fibonacci_cached(n)


# %% cache_report
import tracemalloc


def cache_report(n):
    fibonacci_cached.cache_clear()
    tracemalloc.start()
    fibonacci_cached(n)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    info = fibonacci_cached.cache_info()
    return dict(bytes=held, hits=info.hits, misses=info.misses, size=info.currsize)


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache = {}
        self.lock = threading.RLock()

    def get(self, key, default=None):
        with self.lock:
            if key in self.cache:
                born, value = self.cache[key]
                if self.clock() - born < self.ttl:
                    return value
                del self.cache[key]
        return default

    def set(self, key, value):
        with self.lock:
            self.cache.pop(key, None)
            now = self.clock()
            while self.cache:
                oldest = next(iter(self.cache))
                expired = now - self.cache[oldest][0] >= self.ttl
                if not expired and (self.maxsize is None or len(self.cache) < self.maxsize):
                    break
                del self.cache[oldest]
            self.cache[key] = now, value

    def __call__(self, func):
        def cached(*args, **kwargs):
            key = (id(func), args, tuple(sorted(kwargs.items())))
            hit = self.get(key)
            if hit is None:
                hit = [func(*args, **kwargs)]
                self.set(key, hit)
            return hit[0]

        cached.__name__, cached.__doc__ = func.__name__, func.__doc__
        return cached


# %% ttl_cache_tests
class Ticker:
    seconds = 0.0

    def __call__(self):
        return self.seconds


def calls_made(cache, func, *calls):
    made = []

    def noted(*args, **kwargs):
        made.append(args)
        return func(*args, **kwargs)

    noted = cache(noted)
    results = []
    for args, kwargs in calls:
        try:
            results.append(noted(*args, **kwargs))
        except ZeroDivisionError:
            results.append("error")
    return results, len(made)


def test_ttl_cache(TTLCache):
    ticker = Ticker()
    cache = TTLCache(2, maxsize=5, clock=ticker)
    cache.set("x", None)
    ticker.seconds = 1.5
    if cache.get("x", 1) is not None:
        raise ValueError("x should be None")
    cache.set("y", 5)
    ticker.seconds = 2.0
    if cache.get("x", 1) != 1 or cache.get("y") != 5:
        raise ValueError("x should be gone and y should not")
    cache.set("y", 6)
    ticker.seconds = 3.75
    if cache.get("y") != 6:
        raise ValueError("the new y should be there")
    for number in range(9):
        cache.set(number, number)
    if len([n for n in range(9) if cache.get(n) is not None]) > 5:
        raise ValueError("too many")
    cache = TTLCache(2, clock=ticker)
    if calls_made(cache, int, ((3,), {}), ((3,), {})) != ([3, 3], 1):
        raise ValueError("not cached")
    if calls_made(cache, dict, ((), {"a": 1}), ((), {"a": 2})) != ([{"a": 1}, {"a": 2}], 2):
        raise ValueError("kwargs")
    if calls_made(cache, lambda n: None, ((3,), {}), ((3,), {})) != ([None, None], 1):
        raise ValueError("None, or the key of another function")
    if calls_made(cache, lambda n: 1 / n, ((0,), {}), ((0,), {})) != (["error", "error"], 2):
        raise ValueError("errors")


# %% report_answer [markdown]
# The recursion branches in two, the cache cuts off all branches but one.
