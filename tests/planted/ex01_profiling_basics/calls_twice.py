"""Wrong: calls a function again that raises ValueError, and profiles it once more for the file.

scores: test_profile_function=3 test_save_profile=1
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


# %% save_profile
def save_profile(func, path):
    with profiling.Profile() as profiler:
        func()
    with open(path, "w") as file:
        with profiling.Profile() as another:
            func()
        pstats.Stats(another, stream=file).sort_stats("cumulative").print_stats(20)
    return pstats.Stats(profiler)
