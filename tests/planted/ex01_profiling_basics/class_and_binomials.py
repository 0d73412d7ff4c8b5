"""Right in unusual ways: a class that decorates, a heap, binomial coefficients, waits of an Event.

scores: full
"""


# %% profile_function
class profile_function:
    def __init__(self, func):
        functools.update_wrapper(self, func)
        self.func = func

    def __call__(self, *args, **kwargs):
        profiler = profiling.Profile()
        try:
            profiler.enable()
        except ValueError:
            profiler = None
        try:
            return self.func(*args, **kwargs)
        finally:
            if profiler:
                profiler.disable()
                pstats.Stats(profiler).sort_stats("cumtime").print_stats(10)


# %% save_profile
import io


def save_profile(func, path):
    profiler = cProfile.Profile()
    try:
        profiler.enable()
        func()
    finally:
        profiler.disable()
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text).sort_stats("cumulative")
    stats.print_stats(30)
    Path(path).write_text(text.getvalue(), encoding="utf-8")
    return stats


# %% top_functions
import heapq


def top_functions(stats, n=5):
    most = heapq.nlargest(n, stats.stats.items(), key=lambda item: item[1][3])
    return [key[-1] for key, _ in most]


# %% fast_calculation
import math


def fast_calculation(n):
    n = max(0, n)
    return math.comb(n, 2) + 2 * math.comb(n, 3)


# %% optimized_main
import threading


def optimized_main(seed=1, wait=0.1, scale=1):
    draw = random.Random(seed).randint
    nothing = threading.Event()
    result = 2 * sum(fast_calculation(draw(100 * scale, 1_000 * scale)) for _ in range(100))
    nothing.wait(wait)
    result += sum(fast_calculation(draw(500 * scale, 2_000 * scale)) for _ in range(200))
    nothing.wait(wait)
    return result
