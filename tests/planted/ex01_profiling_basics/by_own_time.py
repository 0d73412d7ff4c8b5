"""Wrong: sorts by own time wherever cumulative time was asked for.

scores: test_profile_function=3 test_save_profile=1 test_top_functions=0
"""


# %% profile_function
def profile_function(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        if sys.monitoring.get_tool(sys.monitoring.PROFILER_ID):
            return func(*args, **kwargs)
        with profiling.Profile() as profiler:
            result = func(*args, **kwargs)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(10)
        return result

    return wrapper


# %% save_profile
def save_profile(func, path):
    with profiling.Profile() as profiler:
        func()
    with open(path, "w") as file:
        pstats.Stats(profiler, stream=file).sort_stats("tottime").print_stats(20)
    return pstats.Stats(profiler)


# %% top_functions
def top_functions(stats, n=5):
    stats.sort_stats("tottime")
    return [name for _, _, name in stats.fcn_list[:n]]
