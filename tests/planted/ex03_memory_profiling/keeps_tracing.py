"""tracemalloc is left on when func raises, no peak but the end; made-up peaks; a shallow size.

scores: test_profile_memory_usage=1 test_leak_sources=1 test_peaks=0
"""

# %% profile_memory_usage
import tracemalloc


def profile_memory_usage(func, *args, **kwargs):
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    result = func(*args, **kwargs)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"Memory before: {before / 2**20:.2f} MB")
    print(f"Memory after: {after / 2**20:.2f} MB")
    print(f"Peak usage: {max(before, after) / 2**20:.2f} MB")
    return result


# %% leak_sources
import pickle


def leak_sources(obj, work):
    before = {name: len(pickle.dumps(value)) for name, value in vars(obj).items()}
    work()
    after = {name: len(pickle.dumps(value)) for name, value in vars(obj).items()}
    grown = {name: after[name] - before.get(name, 0) for name in after}
    return {name: size for name, size in grown.items() if size > 0}


# %% peaks
peaks = {
    10: {"DataProcessor": 4.8, "OptimizedDataProcessor": 0.8},
    40: {"DataProcessor": 19.2, "OptimizedDataProcessor": 0.8},
}
