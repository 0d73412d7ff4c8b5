"""Half right: calls compile time what the first call takes, its running included.

scores: test_compile_and_run=1
"""


# %% compile_and_run
def compile_and_run(function, *args):
    begin = time.perf_counter()
    function(*args)
    return {"compile": time.perf_counter() - begin, "run": timing.measure(function, *args).median}
