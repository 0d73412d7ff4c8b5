"""Wrong: the decorator returns None, and has the name of its wrapper.

scores: test_profile_function=2
"""


# %% profile_function
def profile_function(func):
    def wrapper(*args, **kwargs):
        if sys.monitoring.get_tool(sys.monitoring.PROFILER_ID):
            return func(*args, **kwargs)
        with profiling.Profile() as profiler:
            func(*args, **kwargs)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(10)

    return wrapper
