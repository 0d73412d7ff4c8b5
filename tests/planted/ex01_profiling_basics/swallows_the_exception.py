"""Wrong: the decorator and save_profile print what is raised in place of passing it on.

scores: test_profile_function=3 test_save_profile=1
"""


# %% profile_function
def profile_function(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        if sys.monitoring.get_tool(sys.monitoring.PROFILER_ID):
            return func(*args, **kwargs)
        profiler = profiling.Profile()
        result = None
        profiler.enable()
        try:
            result = func(*args, **kwargs)
        except BaseException as error:
            print("failed:", error)
        finally:
            profiler.disable()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(10)
        return result

    return wrapper


# %% save_profile
def save_profile(func, path):
    profiler = profiling.Profile()
    profiler.enable()
    try:
        func()
    except Exception as error:
        print("failed:", error)
    profiler.disable()
    with open(path, "w") as file:
        pstats.Stats(profiler, stream=file).sort_stats("cumulative").print_stats(20)
    return pstats.Stats(profiler)
