"""The profiler of many a tutorial: right as long as nothing raises and nothing nests.

scores: test_profile_function=2 test_save_profile=1
"""

# %% profile_function
import io


def profile_function(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        profiler = cProfile.Profile()
        profiler.enable()
        result = func(*args, **kwargs)
        profiler.disable()
        s = io.StringIO()
        ps = pstats.Stats(profiler, stream=s).sort_stats("cumulative")
        ps.print_stats(10)
        print(s.getvalue())
        return result

    return wrapper


# %% save_profile
def save_profile(func, path):
    profiler = cProfile.Profile()
    profiler.enable()
    func()
    profiler.disable()
    s = io.StringIO()
    pstats.Stats(profiler, stream=s).sort_stats("cumulative").print_stats(20)
    with open(path, "w") as file:
        file.write(s.getvalue())
    return pstats.Stats(profiler)
