"""memory_usage without max_iterations calls a quick function again; all attributes are reported.

scores: test_profile_memory_usage=2 test_leak_sources=1
"""


# %% profile_memory_usage
def profile_memory_usage(func, *args, **kwargs):
    readings, result = memory_usage((func, args, kwargs), retval=True)
    print(f"Memory before: {readings[0]:.2f} MB")
    print(f"Memory after: {readings[-1]:.2f} MB")
    print(f"Peak usage: {max(readings):.2f} MB")
    return result


# %% leak_sources
def leak_sources(obj, work):
    before = {name: memory.deep_size(value) for name, value in vars(obj).items()}
    work()
    return {
        name: memory.deep_size(value) - before.get(name, 0) for name, value in vars(obj).items()
    }
