"""Everything done, in other ways than ours: plain cProfile, try and finally, ranks by sort_stats.

scores: full
"""

# %% prediction
predicted_function = "time.sleep"
predicted_speedup = 1.1

# %% profile_function
import io


def profile_function(func):
    def wrapper(*args, **kwargs):
        profiler = cProfile.Profile()
        try:
            profiler.enable()
        except ValueError:
            profiler = None
        if profiler is None:
            return func(*args, **kwargs)
        try:
            return func(*args, **kwargs)
        finally:
            profiler.disable()
            text = io.StringIO()
            stats = pstats.Stats(profiler, stream=text)
            stats.sort_stats(pstats.SortKey.CUMULATIVE)
            stats.print_stats(10)
            print(text.getvalue())

    wrapper.__name__ = func.__name__
    wrapper.__doc__ = func.__doc__
    return wrapper


# %% save_profile
import contextlib


def save_profile(func, path):
    profiler = cProfile.Profile()
    profiler.runcall(func)
    stats = pstats.Stats(profiler)
    with Path(path).open("w") as file, contextlib.redirect_stdout(file):
        pstats.Stats(profiler).sort_stats("cumtime").print_stats()
    return stats


# %% top_functions
def top_functions(stats, n=5):
    stats.sort_stats("cumulative")
    return [key[2] for key in stats.fcn_list[:n]]


# %% diagnosis
diagnosis = {
    "most_wall_time": "{built-in method time.sleep}",
    "most_cpu_time": "slow_calculation",
    "calls": 400,
    "asleep": 0.9,
}


# %% fast_calculation
def fast_calculation(n):
    m = max(n - 1, 0)
    whole, rest = divmod(2 * m**3 + 3 * m**2 + m, 6)
    assert rest == 0
    return whole


# %% optimized_main
def add_up(numbers):
    return sum(fast_calculation(number) for number in numbers)


def optimized_main(seed=1, wait=0.1, scale=1):
    random.seed(seed)
    first = [random.randint(100 * scale, 1000 * scale) for _ in range(100)]
    second = [random.randint(500 * scale, 2000 * scale) for _ in range(200)]
    time.sleep(2 * wait)
    return 2 * add_up(first) + add_up(second)


# %% report_answer [markdown]
# The five most expensive are main, time.sleep, process_data, slow_calculation and randint. By the
# wall clock the bottleneck is time.sleep with about nine tenths, by the CPU clock slow_calculation.
#
# I replaced the sum by its formula: the CPU time is nearly gone, the wall clock shows 1.1 times as
# fast, because the rest is waiting (1/0.9). Overlapping the waits halves the time on the wall.
#
# It is right for squares only, it needs integers, and overlapping needs waits that are independent.
# The profile is of scale 1; at scale 25 computing is the larger part.
