"""Totals for differences: the peak of the process's life, what attributes hold; invented peaks.

scores: test_profile_memory_usage=2 test_leak_sources=1 test_peaks=0
"""

# %% profile_memory_usage
import resource


def profile_memory_usage(func, *args, **kwargs):
    before = memory_usage()[0]
    result = func(*args, **kwargs)
    after = memory_usage()[0]
    print(f"Memory before: {before:.2f} MB")
    print(f"Memory after: {after:.2f} MB")
    print(f"Peak usage: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.2f} MB")
    return result


# %% leak_sources
def leak_sources(obj, work):
    old = {name: memory.deep_size(value) for name, value in vars(obj).items()}
    work()
    new = {name: memory.deep_size(value) for name, value in vars(obj).items()}
    return {name: size for name, size in new.items() if size > old.get(name, 0)}


# %% peaks
peaks = {n: {"DataProcessor": 480_000 * n, "OptimizedDataProcessor": 1} for n in (10, 40)}
