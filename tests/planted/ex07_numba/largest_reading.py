"""Wrong: the slowest of the warm calls; and options compared on 6 × 4 pixels.

scores: test_compile_and_run=1 test_options_report=0
"""


# %% compile_and_run
def compile_and_run(function, *args):
    taken = []
    for _ in range(7):
        begin = time.perf_counter()
        function(*args)
        taken.append(time.perf_counter() - begin)
    run = max(taken[1:])
    return {"compile": max(0.0, taken[0] - run), "run": run}


# %% options_report
options_report = {"python": compile_and_run(mandelbrot_rows, 6, 4)}
for name, options in OPTIONS.items():
    options_report[name] = compile_and_run(jit(**options)(mandelbrot_rows), 6, 4)
