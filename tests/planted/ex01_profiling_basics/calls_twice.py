"""Wrong: calls a function that raises ValueError a second time.

scores: test_profile_function=3
"""


# %% profile_function
def profile_function(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        profiler = profiling.Profile()
        try:
            result = profiler.runcall(func, *args, **kwargs)
        except ValueError:
            return func(*args, **kwargs)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(10)
        return result

    return wrapper
