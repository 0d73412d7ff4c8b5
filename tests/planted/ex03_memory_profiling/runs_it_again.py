"""The starter's way: runs func for its result, and again for its peak; sizes without contents.

scores: test_profile_memory_usage=1 test_leak_sources=0
"""


# %% profile_memory_usage
def profile_memory_usage(func, *args, **kwargs):
    gc.collect()
    before = memory_usage()[0]
    result = func(*args, **kwargs)
    after = memory_usage()[0]
    print(f"Memory before: {before:.2f} MB")
    print(f"Memory after: {after:.2f} MB")
    print(f"Peak usage: {max(memory_usage((func, args, kwargs))):.2f} MB")
    return result


# %% leak_sources
import sys


def leak_sources(obj, work):
    before = {name: sys.getsizeof(value) for name, value in vars(obj).items()}
    work()
    return {
        name: sys.getsizeof(value) - before.get(name, 0)
        for name, value in vars(obj).items()
        if sys.getsizeof(value) != before.get(name, 0)
    }
