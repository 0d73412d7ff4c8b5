"""Wrong: the mean of the warm calls.

scores: test_compile_and_run=1
"""


# %% compile_and_run
def compile_and_run(function, *args):
    taken = []
    for _ in range(7):
        begin = time.perf_counter()
        function(*args)
        taken.append(time.perf_counter() - begin)
    run = sum(taken[1:]) / 6
    return {"compile": max(0.0, taken[0] - run), "run": run}
