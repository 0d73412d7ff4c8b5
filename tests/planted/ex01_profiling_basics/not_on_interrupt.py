"""Wrong: Ctrl-C leaves the profiler running, and a flag of its own does not know other profilers.

scores: test_profile_function=2
"""

# %% profile_function
profiling_now = False


def profile_function(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        global profiling_now
        if profiling_now:
            return func(*args, **kwargs)
        profiling_now = True
        profiler = profiling.Profile()
        profiler.enable()
        try:
            result = func(*args, **kwargs)
        except Exception:
            profiler.disable()
            profiling_now = False
            raise
        profiler.disable()
        profiling_now = False
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(10)
        return result

    return wrapper
