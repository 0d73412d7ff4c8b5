"""Wrong: the first call is among those whose time is taken; and compile is all of it.

scores: test_compile_and_run=0 test_options_report=0
"""


# %% compile_and_run
def compile_and_run(function, *args):
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        function(*args)
        taken.append(time.perf_counter() - begin)
    return {"compile": taken[0], "run": sum(taken) / len(taken)}
