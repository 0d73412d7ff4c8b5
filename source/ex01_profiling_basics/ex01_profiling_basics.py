# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 1: Profiling basics
#
# **Objective:** find out with a profiler where a program's time goes, on the clock on the wall and
# in the processor, and change what the profile points at rather than what looks slow.
#
# **Time:** 20–30 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** how to pass a function to a function, what a decorator is, and
# `try … finally`.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import cProfile
import functools
import linecache
import pstats
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import line_profiler
import pandas as pd

from helpers import plotting, profiling, timing

SCALE = 20 if sys.platform == "win32" else 1  # the CPU clock of Windows ticks 64 times a second

# %% [markdown]
# ## 1. Predict · 2 min
#
# A small program: it gets numbers, computes with them, waits for a disk or a network (the two
# `time.sleep` stand for that), and computes again. Read it, but **run nothing else yet**.


# %% nbgrader={"grade_id": "given_program", "locked": true}
def slow_calculation(n: int) -> int:
    """Return 0² + 1² + … + (n−1)², added up one by one; 0 when n is 0 or negative."""
    result = 0
    for number in range(n):
        result += number * number
    return result


def process_data(data: list[int]) -> int:
    """Return the sum of `slow_calculation` over the data."""
    total = 0
    for item in data:
        total += slow_calculation(item)
    return total


def main(seed: int = 1, wait: float = 0.1, scale: int = 1) -> int:
    """Process random data in three passes, with a wait after each of the first two.

    seed: the same seed gives the same data; wait: seconds of simulated I/O, twice;
    scale: how many times as large the numbers are.
    """
    rng = random.Random(seed)
    data = [rng.randint(100 * scale, 1_000 * scale) for _ in range(100)]
    first = process_data(data)
    time.sleep(wait)
    large_data = [rng.randint(500 * scale, 2_000 * scale) for _ in range(200)]
    second = process_data(large_data)
    time.sleep(wait)
    third = process_data(data)
    return first + second + third


# %% [markdown]
# Where will `main()` spend its time? And if all its *computing* cost nothing at all, how many times
# as fast would it be, by the clock on the wall? Nobody grades a guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_function = ...    name of the function whose own lines take the most time
# predicted_speedup = ...     how many times as fast main() is if computing costs nothing
### BEGIN SOLUTION
predicted_function = "slow_calculation"
predicted_speedup = 10
### END SOLUTION

# %% [markdown]
# ## 2. A decorator that profiles · 6 min
#
# `cProfile` notes every call and every return, with the time. `pstats` makes a table of it: number
# of calls, *own* time (`tottime`: the function's own lines) and *cumulative* time (`cumtime`: with
# all that it calls). Two things to know, both since Python 3.12:
#
# - **All threads.** cProfile hears the calls of all threads and puts them on one stack. This
#   notebook's kernel has threads of its own, which spoil a table now and then. `profiling.Profile`
#   from our helpers is a `cProfile.Profile` that keeps to your thread. In a script without threads
#   take the original.
# - **One at a time.** Python lets one profiler run:

# %%
with profiling.Profile():
    try:
        cProfile.Profile().enable()
    except ValueError as error:
        print(error)

# %% [markdown]
# So what should a decorated function do that is called by another decorated one? Write the
# decorator, and make it safe to leave in a program.
#
# What the check looks at, a point each: arguments, result and name; the table; that no profiler is
# left running, however the call ends; decorated functions that call one another.

# %% [markdown]
# <details><summary>Hint 1: a frame that keeps the name</summary>
#
# ```python
# @functools.wraps(func)
# def wrapper(*args, **kwargs):
#     result = func(*args, **kwargs)
#     return result
# return wrapper
# ```
# </details>
#
# <details><summary>Hint 2: switching on, off, and printing</summary>
#
# `profiler = profiling.Profile()`, then `profiler.enable()`, and `profiler.disable()` in a
# `finally`, which is reached on every way out. Or `with profiling.Profile() as profiler:`, which
# does the same. Then `pstats.Stats(profiler).sort_stats(...).print_stats(...)`: by what, and how
# many rows? (`.strip_dirs()` in between makes them shorter.)
# </details>
#
# <details><summary>Hint 3: is one running?</summary>
#
# `sys.monitoring.get_tool(sys.monitoring.PROFILER_ID)` is the name of the profiler that is running,
# or None. If one is, it hears of this call anyway, if it comes from its own thread: just call
# `func` and return what it returns.
# </details>


# %% nbgrader={"grade_id": "profile_function", "solution": true}
def profile_function(func: Callable) -> Callable:
    """Return a function that does what `func` does, and prints a profile of each call.

    After a call, the table of pstats is printed: the ten most expensive functions by
    cumulative time.
    Arguments go to `func`, called once; what it returns is returned; name and docstring are kept.
    However the call ends, also by an exception or Ctrl-C, the profiler is off afterwards, and the
    exception is passed on.
    While any profiler is running, `func` is just called: the running one records it, if it is
    called in the same thread.

    >>> @profile_function
    ... def double(number):
    ...     return 2 * number
    >>> double.__name__
    'double'
    """
    ### BEGIN SOLUTION

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        if sys.monitoring.get_tool(sys.monitoring.PROFILER_ID):
            return func(*args, **kwargs)
        with profiling.Profile() as profiler:
            result = func(*args, **kwargs)
        pstats.Stats(profiler).strip_dirs().sort_stats("cumulative").print_stats(10)
        return result

    return wrapper
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_profile_function", "grade": true, "points": 4}
import random
import re

from helpers import checks

check = checks.Check("profile_function")


def chain_of_functions(length, name="step"):
    """The first of `length` functions, each of which works, then calls the next; and the names.

    The later ones work longer: by own time they come in the opposite order.
    """
    names = [f"{name}_{number:02}" for number in range(1, length + 1)]
    functions = {}
    for number, (one, following) in enumerate(zip(names, [*names[1:], ""], strict=True), 1):
        body = f"for _ in range({2_000 * number}): pass\n    {following and following + '()'}"
        exec(f"def {one}():\n    {body}\n    return {length}", functions)
    return functions[names[0]], names


def stop_profilers():
    """Whether a profiler is running; none is afterwards."""
    import cProfile
    import gc

    probe = cProfile.Profile()
    try:
        probe.enable()
        probe.disable()
        return False
    except ValueError:
        for thing in gc.get_objects():
            if issubclass(type(thing), cProfile.Profile.__base__):
                thing.disable()
        return True


with check.part("Arguments, result, name and docstring are those of the function", points=1):

    @check.beside
    def a_decorated_function(profile_function, args, kwargs):
        calls = []

        def weighted_sum(*numbers, weight=1):
            """Return the sum, times the weight."""
            calls.append(numbers)
            return weight * sum(numbers)

        decorated = profile_function(weighted_sum)
        early = len(calls)
        try:
            result = decorated(*args, **kwargs)
        finally:
            stop_profilers()
        named = [getattr(decorated, key, None) for key in ("__name__", "__doc__")]
        return {"result": result, "named": named, "calls": [early, len(calls)]}

    calls = [((1, 2, 3), {"weight": 10}, 60), ((), {}, 0)]
    ### BEGIN HIDDEN TESTS
    numbers, weight = random.sample(range(1_000), 5), random.randrange(2, 99)
    calls.append((tuple(numbers), {"weight": weight}, weight * sum(numbers)))
    ### END HIDDEN TESTS
    for args, kwargs, expected in calls:
        found = a_decorated_function(args=args, kwargs=kwargs)
        check.true(
            type(found["result"]) is int and found["result"] == expected,
            f"A function that returns {expected} returned {found['result']!r} when decorated.",
            think="The wrapper takes *args and **kwargs, hands both on, and returns what it got.",
        )
        check.true(
            found["calls"] == [0, 1],
            f"The function was called {found['calls'][0]} times when it was decorated, and "
            f"{found['calls'][1] - found['calls'][0]} times by one call.",
            think="profile_function makes and returns the wrapper; only the wrapper calls func.",
        )
        check.equal(
            found["named"],
            ["weighted_sum", "Return the sum, times the weight."],
            think="functools.wraps(func) copies name and docstring to the wrapper.",
        )

with check.part("The ten most expensive functions by cumulative time are printed", points=1):

    @check.beside
    def printed_by_a_call(profile_function, length, name):
        import contextlib
        import io

        first, _ = chain_of_functions(length, name)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                profile_function(first)()
            finally:
                stop_profilers()
        return printed.getvalue()

    name = "step"
    ### BEGIN HIDDEN TESTS
    name = random.choice(["stage", "level", "phase", "layer"])
    ### END HIDDEN TESTS
    for _ in range(5):  # a thread of the kernel may break in, but not five times in a row
        printed = printed_by_a_call(length=14, name=name)
        found = list(dict.fromkeys(re.findall(rf"{name}_\d\d", printed)))
        wanted = chain_of_functions(14, name)[1]
        if found == wanted[:10]:
            break
    check.true(
        "cumtime" in printed,
        "No table of pstats was printed.",
        think="pstats.Stats(profiler) … .print_stats(10): after the profiler was switched off.",
    )
    check.true(
        found[:1] == wanted[:1],
        f"Each of {wanted[0]} … {wanted[-1]} calls the next. The table begins with {found[:3]}.",
        think='By cumulative time the caller comes first: sort_stats("cumulative").',
    )
    check.true(
        found == wanted[:10],
        f"Each of {wanted[0]} … {wanted[-1]} calls the next, so ten of them should be in the "
        f"table, {wanted[0]} to {wanted[9]}; found {len(found)}: {', '.join(found)}.",
        think="print_stats(10) prints ten rows.",
    )

with check.part("However the call ends, no profiler is left running", points=1):

    @check.beside
    def a_decorated_function_that_raises(profile_function, kind):
        import builtins

        calls = []

        def fails(key):
            calls.append(key)
            raise getattr(builtins, kind)(key)

        said, decorated = None, profile_function(fails)
        try:
            decorated("missing")
        except BaseException as error:
            said = [type(error).__name__, str(error.args[0]) if error.args else ""]
        finally:
            running = stop_profilers()
        return {"raised": said, "calls": len(calls), "running": running}

    kinds = ["LookupError", "ValueError"]
    ### BEGIN HIDDEN TESTS
    kinds.append("KeyboardInterrupt")
    ### END HIDDEN TESTS
    for kind in kinds:
        found = a_decorated_function_that_raises(kind=kind)
        check.true(
            found["raised"] == [kind, "missing"],
            f"The function raised {kind}('missing'); what came out is {found['raised']}.",
            think="An exception is for the caller: a `finally` lets it pass, an `except` does not.",
        )
        check.true(
            found["calls"] == 1,
            f"A function that raises {kind} was called {found['calls']} times.",
            think="Only enable() belongs into a try that catches ValueError, not the call of func.",
        )
        check.true(
            found["running"] is False,
            f"After a {kind} the profiler was still running, and slows down all that follows.",
            think="disable() in a `finally`, or `with profiling.Profile() as profiler:`.",
        )

with check.part("Decorated functions can call one another, and be profiled", points=1):

    @check.beside
    def decorated_functions_that_call_one_another(profile_function):
        import contextlib
        import io

        @profile_function
        def inner_function(number):
            return number + 1

        @profile_function
        def outer_function(number):
            return inner_function(number) * 2

        @profile_function
        def factorial(n):
            return n * factorial(n - 1) if n > 1 else 1

        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                results = [outer_function(4), factorial(6), inner_function(1)]
            finally:
                running = stop_profilers()
        return results, "inner_function" in printed.getvalue().split("factorial")[0], running

    results, recorded, running = decorated_functions_that_call_one_another()
    check.equal(
        results,
        [10, 720, 2],
        think="Results of a decorated function that calls another, of one that calls itself, and "
        "of the inner one alone.",
    )
    check.true(
        recorded,
        "inner_function is not in the table of outer_function, which calls it.",
        think="The profiler that is running records the inner call too, if it is left running.",
    )
    check.true(running is False, "A profiler was still running in the end.")

    @check.beside
    def a_decorated_function_under_a_profiler_of_ours(profile_function):
        import cProfile

        def profiled(number):
            return -number

        def afterwards():
            return 0

        profiler = cProfile.Profile()
        profiler.enable()
        try:
            result = profile_function(profiled)(3)
            afterwards()
        finally:
            profiler.disable()
            stop_profilers()
        names = {getattr(row.code, "co_name", "") for row in profiler.getstats()}
        return result, "profiled" in names, "afterwards" in names

    result, during, after = a_decorated_function_under_a_profiler_of_ours()
    check.equal(result, -3, think="%prun, save_profile below and others also use a profiler.")
    check.true(
        during and after,
        "A profiler that was running when a decorated function was called has missed "
        f"{'what came after the call' if during else 'the call'}.",
        think="Who has not switched a profiler on should not switch it off.",
    )

check.score()

# %% [markdown]
# Try it. In what order do the rows come, and which two numbers of a row tell the difference between
# *busy itself* and *calls something that is busy*?

# %% tags=["nbval-ignore-output"]
profile_function(main)()

# %% [markdown]
# ## 3. Save the profile · 3 min
#
# A profile that is only printed cannot be compared with next week's. Write the table to a file,
# and return the `pstats.Stats` behind it, to compute with. What the checks look at, a point each:
# file and statistics of one call; no profiler left running; and the file of `main`.
#
# For a script no code is needed: `python -m cProfile -o program.prof program.py` saves the
# statistics, and `pstats.Stats("program.prof")` reads them.

# %% [markdown]
# <details><summary>Hint 1: a table in a file</summary>
#
# `pstats.Stats(profiler, stream=file)` prints into `file`.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# with profiling.Profile() as profiler:
#     ...                                          # what is to be profiled
# with open(path, "w", encoding="utf-8") as file:
#     pstats.Stats(profiler, stream=file)...       # as above, but twenty rows
# return pstats.Stats(profiler)                    # another one, which can still print
# ```
# </details>


# %% nbgrader={"grade_id": "save_profile", "solution": true}
def save_profile(func: Callable[[], Any], path: str | Path) -> pstats.Stats:
    """Call func() once under a profiler, write the table to a file, return the statistics.

    path: a text file, made or overwritten. It gets the table of pstats: the twenty most
    expensive functions (or more) by cumulative time.
    What `func` raises is passed on; the profiler is off afterwards in any case.

    >>> stats = save_profile(main, "profile_results.txt")  # doctest: +SKIP
    >>> stats.total_calls > 400  # doctest: +SKIP
    True
    """
    ### BEGIN SOLUTION
    with profiling.Profile() as profiler:
        func()
    with open(path, "w", encoding="utf-8") as file:
        table = pstats.Stats(profiler, stream=file).strip_dirs().sort_stats("cumulative")
        table.print_stats(20)
    return pstats.Stats(profiler)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_save_profile", "grade": true, "points": 2}
import random
import re

from helpers import checks

check = checks.Check("save_profile")


def chain_of_functions(length, name="step"):
    """The first of `length` functions, each of which works, then calls the next; and the names."""
    names = [f"{name}_{number:02}" for number in range(1, length + 1)]
    functions = {}
    for number, (one, following) in enumerate(zip(names, [*names[1:], ""], strict=True), 1):
        body = f"for _ in range({2_000 * number}): pass\n    {following and following + '()'}"
        exec(f"def {one}():\n    {body}\n    return {length}", functions)
    return functions[names[0]], names


def stop_profilers():
    """Whether a profiler is running; none is afterwards."""
    import cProfile
    import gc

    probe = cProfile.Profile()
    try:
        probe.enable()
        probe.disable()
        return False
    except ValueError:
        for thing in gc.get_objects():
            if issubclass(type(thing), cProfile.Profile.__base__):
                thing.disable()
        return True


@check.beside
def a_saved_profile(save_profile, length, name, fails):
    """What is in the file and in the statistics, how often it was called, and what went wrong."""
    import pstats
    import tempfile
    from pathlib import Path

    calls, said, stats, text, first = [], "", None, None, chain_of_functions(length, name)[0]

    def start():
        calls.append(length)
        first()
        return 1 / (0 if fails else 1)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "results.txt")
        path.write_text("what was there before\n" * 99)
        try:
            stats = save_profile(start, str(path) if length % 2 else path)
        except ZeroDivisionError:
            said = "ZeroDivisionError"
        finally:
            running = stop_profilers()
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
    known = stats.stats.items() if isinstance(stats, pstats.Stats) else ()
    rows = {key[2]: f"{row[3]:.3f}" for key, row in known}
    return {"text": text, "rows": rows, "calls": len(calls), "said": said, "running": running}


with check.part("The file and the statistics are those of one call", points=1):
    length, name = 25, "step"
    ### BEGIN HIDDEN TESTS
    length, name = random.randint(23, 30), random.choice(["stage", "level", "phase"])
    ### END HIDDEN TESTS
    for _ in range(5):  # a thread of the kernel may break in, but not five times in a row
        saved = a_saved_profile(length=length, name=name, fails=False)
        wanted = chain_of_functions(length, name)[1][:18]
        cumulative = rf"^\s*(?:\S+\s+){{3}}(\S+)\s+\S+\s.*\(({name}_\d\d)\)$"
        rows = re.finditer(cumulative, saved["text"] or "", re.MULTILINE)
        written = {row[2]: row[1] for row in rows}
        if list(written)[:18] == wanted:
            break
    check.true(
        saved["calls"] == 1,
        f"func was called {saved['calls']} times.",
        think="One call, one profile: two calls take different times.",
    )
    check.true(
        "cumtime" in (saved["text"] or ""),
        "There is no table of pstats in the file.",
        think="pstats.Stats(profiler, stream=file) prints into a file that is open for writing.",
    )
    check.true(
        "what was there before" not in saved["text"],
        "What was in the file before is still there.",
        think='open(path, "w") begins an empty file.',
    )
    check.true(
        list(written)[:18] == wanted,
        f"Each of {wanted[0]}, {wanted[1]}, … calls the next; the rows of the file come in the "
        f"order {', '.join(written)}.",
        think='Twenty rows, by cumulative time: sort_stats("cumulative"), then print_stats(20).',
    )
    check.true(
        bool(saved["rows"]),
        "What came back is no pstats.Stats.",
        think="return pstats.Stats(profiler)",
    )
    differ = [one for one in wanted if saved["rows"].get(one) != written[one]]
    check.true(
        not differ,
        f"File and statistics tell different cumulative times of {', '.join(differ)}.",
        think="Both should be made of the same profiler.",
    )

with check.part("What is raised is passed on, and no profiler is left running", points=1):
    saved = a_saved_profile(length=2, name="step", fails=True)
    check.true(
        saved["said"] == "ZeroDivisionError",
        "func raised ZeroDivisionError; save_profile did not.",
        think="An exception is for the caller: a `finally` lets it pass, an `except` does not.",
    )
    check.true(
        saved["running"] is False,
        "After an exception the profiler was still running.",
        think="disable() in a `finally`, or `with profiling.Profile() as profiler:`.",
    )
    check.true(
        a_saved_profile(length=2, name="step", fails=False)["running"] is False,
        "After an ordinary call the profiler was still running.",
    )

check.score()

# %% [markdown]
# Now the real thing: profile `main` into `profile_results.txt`, in the folder of this notebook.

# %% nbgrader={"grade_id": "main_stats", "solution": true}
# main_stats = ...    the statistics of main(), its table in the file profile_results.txt
### BEGIN SOLUTION
main_stats = save_profile(main, "profile_results.txt")
### END SOLUTION

# %% nbgrader={"grade_id": "test_main_stats", "grade": true, "points": 1}
import re

from helpers import checks

check = checks.Check("main_stats")


@check.beside
def what_you_saved(main_stats):
    import pstats
    from pathlib import Path

    path = Path("profile_results.txt")
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    known = main_stats.stats.items() if isinstance(main_stats, pstats.Stats) else ()
    return text, {key[2]: (row[1], f"{row[3]:.3f}") for key, row in known}


with check.part("profile_results.txt holds the profile of main", points=1):
    text, rows = what_you_saved()
    check.true(bool(rows), "main_stats is no pstats.Stats.", think="save_profile returns one.")
    calls = rows.get("slow_calculation", (0, ""))[0]
    check.true(
        abs(calls - 400) < 5,  # the kernel's threads may have cost cProfile one or two
        f"main calls slow_calculation 400 times; in main_stats are {calls} calls.",
        think="Is it main itself, as it was given, that you handed to save_profile?",
    )
    check.true(
        bool(text),
        "There is no file profile_results.txt in this notebook's folder, or it is empty.",
        think='save_profile(main, "profile_results.txt")',
    )
    check.true(
        "cumtime" in text,
        "profile_results.txt holds no table of functions.",
        think="print_stats writes a table; dump_stats writes data for a program.",
    )
    for name in ("process_data", "slow_calculation"):
        row = rf"^\s*(\d+)(?:/\d+)?\s+\S+\s+\S+\s+(\S+)\s+\S+\s.*\({name}\)$"
        found = re.search(row, text, re.MULTILINE)
        check.true(
            bool(found) and (int(found[1]), found[2]) == rows.get(name),
            f"The row of {name} in profile_results.txt is not that of main_stats.",
            think="Run the cell that makes main_stats again: it writes the file as well.",
        )

check.score()

# %% [markdown]
# ## 4. The five most expensive · 2 min
#
# `stats.stats` is a dictionary. Its keys are `(file, line, name)`, so that functions of the same
# name are told apart; its values are
# `(calls without recursion, calls, own seconds, cumulative seconds, callers)`. (1 point)

# %% [markdown]
# <details><summary>Hint</summary>
#
# `sorted(stats.stats, key=..., reverse=True)` sorts the keys. Which part of `stats.stats[key]`
# should it go by, which part of a key is the name, and how do you take the first `n`?
# </details>


# %% nbgrader={"grade_id": "top_functions", "solution": true}
def top_functions(stats: pstats.Stats, n: int = 5) -> list[str]:
    """Return the names of the n functions with the most cumulative time, in falling order.

    A name is the last part of a key of `stats.stats`. Two functions of the same name in different
    places are two functions. If there are fewer than n, all are returned.

    >>> top_functions(main_stats)[0]  # doctest: +SKIP
    'main'
    """
    ### BEGIN SOLUTION
    rows = stats.stats
    most_first = sorted(rows, key=lambda key: rows[key][3], reverse=True)
    return [name for _file, _line, name in most_first[:n]]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_top_functions", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("top_functions")


@check.beside
def your_top_functions(top_functions, rows, n):
    import pstats

    class Recorded:  # what pstats asks of a profiler
        def create_stats(self):
            self.stats = {
                (file, line, name): (calls, calls, own, cumulative, {})
                for file, line, name, calls, own, cumulative in rows
            }

    found = top_functions(pstats.Stats(Recorded()), **({} if n is None else {"n": n}))
    plain = type(found) is list and all(type(name) is str for name in found)
    return [name.strip("<>{}") for name in found] if plain else found


with check.part("Names by cumulative time", points=1):
    rows = [
        ("shop.py", 10, "total", 300, 0.25, 0.75),
        ("shop.py", 40, "main", 1, 0.125, 4.5),
        ("till.py", 10, "total", 7, 0.5, 3.5),
        ("~", 0, "<built-in method time.sleep>", 2, 2.0, 2.0),
        ("till.py", 90, "round_up", 9_000, 1.5, 1.5),
        ("till.py", 95, "log", 2, 0.0625, 0.0625),
    ]
    ### BEGIN HIDDEN TESTS
    rows += [
        (f"more_{k}.py", k, f"function_{k}", k, random.random() / 8, 5.0 + k * random.random())
        for k in range(1, random.randint(4, 9))
    ]
    ### END HIDDEN TESTS
    random.shuffle(rows)
    names = [row[2].strip("<>") for row in sorted(rows, key=lambda row: -row[5])]
    for n in (None, 3, 1, 20):
        check.equal(
            your_top_functions(rows=rows, n=n),
            names[: 5 if n is None else n],
            think="By cumulative seconds, the largest first; a function called `total` is in "
            "two files here, and get_stats_profile() would keep one of them.",
        )

check.score()

# %% tags=["nbval-ignore-output"]
print(*top_functions(main_stats), sep="\n")

# %% [markdown]
# `main` comes first: cumulative time says on which *path* the time is spent, and every path begins
# there. What a function does itself is its own time. A picture has room for both:


# %% nbgrader={"grade_id": "given_rows", "locked": true} tags=["nbval-ignore-output"]
def own_and_cumulative(stats: pstats.Stats, n: int = 5) -> list[tuple[str, float, float]]:
    """Return (name, own seconds, cumulative seconds) of the n with the most cumulative time."""
    rows = [(key[2].strip("<>"), row[2], row[3]) for key, row in stats.stats.items()]
    return sorted(rows, key=lambda row: row[2], reverse=True)[:n]


plotting.profile_bars(own_and_cumulative(main_stats), title="main(): wall time")

# %% [markdown]
# ## 5. Two clocks · 4 min
#
# Is that what you predicted? A profiler reports what its clock tells, and cProfile's clock is the
# one on the wall: a function that *waits* looks as expensive as one that *works*. Another clock,
# `time.process_time`, counts the time processors spend on this process, all its threads together.
# It stands still while the program sleeps. (On Windows it ticks 64 times a second only, so there
# `SCALE` makes the numbers 20 times as large.)

# %% tags=["nbval-ignore-output"]
wall_start, cpu_start = time.perf_counter(), time.process_time()
main(scale=SCALE)
wall_seconds, cpu_seconds = time.perf_counter() - wall_start, time.process_time() - cpu_start
print(f"wall {timing.format_seconds(wall_seconds)}, CPU {timing.format_seconds(cpu_seconds)}")

# %% [markdown]
# A profiler takes the clock it is given:

# %% tags=["nbval-ignore-output"]
cpu_profiler = profiling.Profile(time.process_time)
cpu_profiler.runcall(main, scale=SCALE)
cpu_stats = pstats.Stats(cpu_profiler)
plotting.profile_bars(own_and_cumulative(cpu_stats), title="main(): CPU time")

# %% [markdown]
# One program, two answers. Which one counts depends on the question: *"why do I wait so long?"* is
# about the wall, *"why is the processor so busy?"* about the CPU. And compare `randint` in the two
# pictures: it has not become slower. Every call is charged for the reading of the clock, and this
# one takes longer to read. `slow_calculation`, whose time is in its loop and not in its calls,
# hardly notices. A profile makes tiny functions look more expensive than they are.
#
# Now write down what you have found. 1 point for the two names and the number of calls, 1 for the
# share. Computed or read off: both are fine.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `main_stats` has wall times, `cpu_stats` CPU times. Asleep is what the wall clock counts in
# `time.sleep`, divided by what it counts in all of `main`: a number between 0 and 1.
# </details>

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis = {
#     "most_wall_time": ...,  # name of the function with the most own wall time
#     "most_cpu_time": ...,   # name of the function with the most own CPU time
#     "calls": ...,           # how often one main() calls the second of the two
#     "asleep": ...,          # share of main's wall time that is spent asleep, 0 to 1
# }
### BEGIN SOLUTION
own_wall = {name: own for name, own, _ in own_and_cumulative(main_stats)}
own_cpu = {name: own for name, own, _ in own_and_cumulative(cpu_stats)}
diagnosis = {
    "most_wall_time": max(own_wall, key=own_wall.get),
    "most_cpu_time": max(own_cpu, key=own_cpu.get),
    "calls": next(row[1] for key, row in cpu_stats.stats.items() if key[2] == "slow_calculation"),
    "asleep": own_wall["built-in method time.sleep"] / main_stats.total_tt,
}
### END SOLUTION

# %% nbgrader={"grade_id": "test_diagnosis", "grade": true, "points": 2}
from helpers import checks

check = checks.Check("diagnosis")


def entry(key, kinds):
    diagnosis = check.value("diagnosis")
    check.true(
        type(diagnosis) is dict and key in diagnosis,
        f"diagnosis is {diagnosis!r}; it should be a dict with a key {key!r}.",
    )
    check.true(
        type(diagnosis[key]) in kinds,
        f"diagnosis[{key!r}] is {diagnosis[key]!r}; wanted: {kinds[0].__name__}.",
    )
    return diagnosis[key]


with check.part("The bottleneck of either clock, and how often it is called", points=1):
    found = entry("most_wall_time", [str])
    check.true(
        found.strip("<>{} ") in ("built-in method time.sleep", "time.sleep", "sleep"),
        f"most_wall_time is {found!r}.",
        think="Own time, not cumulative: which function's own bar is the longest on the wall?",
    )
    found = entry("most_cpu_time", [str])
    check.true(
        found.strip("()") == "slow_calculation",
        f"most_cpu_time is {found!r}.",
        think="Own time, not cumulative. A function that sleeps does not use the processor.",
    )
    check.true(
        abs(entry("calls", [int]) - 400) < 5,  # cProfile may miss one or two in a notebook
        f"calls is {entry('calls', [int])}.",
        think="ncalls in the row of the function with the most own CPU time. Three passes: 100 "
        "numbers, 200, and 100 again.",
    )

with check.part("The share of wall time that is spent asleep", points=1):

    @check.beside
    def asleep_in_your_main_stats(main_stats):
        rows = {key[2]: row for key, row in main_stats.stats.items()}
        return rows["<built-in method time.sleep>"][3] / main_stats.total_tt

    share = entry("asleep", [float, int])
    check.true(
        0 <= share <= 1,
        f"asleep is {checks.measured(share)}: a share lies between 0 and 1.",
        think="Seconds divided by seconds, and not in percent.",
    )
    # A typed figure is of the learner's machine, slow or busy, and main_stats of this run.
    check.true(
        0.6 < share < 0.995 or abs(share - asleep_in_your_main_stats()) < 0.1,
        f"asleep is {checks.measured(f'{share:.2f}')}, which is not what the profile shows.",
        think="By the wall clock: the CPU clock does not see sleep. Own time of time.sleep, "
        "divided by the cumulative time of main.",
    )

check.score()

# %% [markdown]
# And your predictions?

# %% tags=["nbval-ignore-output"]
print(f"own wall time: {diagnosis['most_wall_time']}, predicted {predicted_function}")
print(f"without any computing: {1 / diagnosis['asleep']:.2f}×, predicted {predicted_speedup}×")

# %% [markdown]
# If a share *s* of the time stays as it is, no change to the rest makes the whole more than 1/*s*
# times as fast: **Amdahl's law**. It is the first thing to compute from a profile, before any
# optimization.

# %% [markdown]
# ## 6. Inside the function · 2 min
#
# cProfile stops at functions. Which *line* of `slow_calculation` is it? `line_profiler` times every
# line (in a terminal: `@profile` above the function, then `kernprof -lv program.py`).

# %% tags=["nbval-ignore-output"]
liner = line_profiler.LineProfiler(slow_calculation)
liner.runcall(process_data, [1_000] * 100)
[((file, _, _), lines)] = liner.get_stats().timings.items()
total = sum(ticks for _, _, ticks in lines)
print("     runs  share  line")
for line, runs, ticks in lines:
    print(f"{runs:9,}  {ticks / total:5.0%}  {linecache.getline(file, line).rstrip()}")

# %% [markdown]
# No line is slow; two of them run a hundred thousand times. And the tool has its price, a clock
# reading for every line, which is why one asks it about one function only, and reads the *runs*
# before the shares: here most of the time it shares out is its own. cProfile reads its clock for
# every *call*, and this loop makes none:

# %% tags=["nbval-ignore-output"]
n = 100_000
tools = {
    "no tool": lambda: slow_calculation(n),
    "cProfile": lambda: profiling.Profile().runcall(slow_calculation, n),
    "line_profiler": lambda: liner.runcall(slow_calculation, n),
}
under = {tool: timing.measure(f, clock="cpu", repeats=5) for tool, f in tools.items()}
plain = under.pop("no tool").best
for tool, measured in under.items():
    print(f"slow_calculation under {tool}: {measured.best / plain:.1f} times as long")

# %% [markdown]
# ## 7. Make it fast · 5 min
#
# Lines that are fast but run too often call for fewer runs. The best number of runs is none: there
# is a formula for 1² + 2² + … + m². Use it, and let your `optimized_main` use what you wrote.
#
# | points | for |
# |---|---|
# | 1 | `fast_calculation` agrees with `slow_calculation`, for 0 and negative numbers too |
# | 1 | its cost hardly depends on n, in time or in memory |
# | 1 | it is exact however large n is |
# | 1 | `optimized_main` gives what `main` gives, and still waits as long |
# | 1 | without the waits, it is at least 8 times as fast as `main` |

# %% [markdown]
# <details><summary>Hint 1: the formula</summary>
#
# 1² + 2² + … + m² = m(m+1)(2m+1)/6. The largest number that `slow_calculation(n)` squares is n − 1.
# </details>
#
# <details><summary>Hint 2: exact</summary>
#
# `/` gives a float, which holds 53 bits, some 16 digits. `//` between integers is exact, and
# nothing is left over here: the product is always a multiple of 6.
# </details>
#
# <details><summary>Hint 3: main</summary>
#
# Copy `main` and change what it calls. Does its third pass tell anything new?
# </details>


# %% nbgrader={"grade_id": "fast_calculation", "solution": true}
def fast_calculation(n: int) -> int:
    """Return what `slow_calculation(n)` returns, at a cost that hardly depends on n.

    n: any integer; for 0 and below the result is 0. The result is an exact int.

    >>> fast_calculation(4)
    14
    """
    ### BEGIN SOLUTION
    if n <= 0:
        return 0
    return (n - 1) * n * (2 * n - 1) // 6
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fast_calculation", "grade": true, "points": 3}
import itertools
import random

from helpers import checks

check = checks.Check("fast_calculation")
learner, given = check.learner, check.given

with check.part("It agrees with slow_calculation", points=1):
    numbers = [4, 3, 2, 1, 0, -1, -7, 10, 1_000]
    ### BEGIN HIDDEN TESTS
    numbers += random.sample(range(2, 3_000), 5) + random.sample(range(-3_000, 0), 3)
    ### END HIDDEN TESTS
    for n in numbers:
        check.equal(
            learner.fast_calculation(n),
            given.slow_calculation(n),
            think="range(n) is empty for n of 0 and below."
            if n <= 0
            else "The last number that is squared is n − 1. Integers in, an integer out.",
        )

with check.part("Its cost hardly depends on n", points=1) as cost:
    compared = check.faster(
        learner.fast_calculation,
        than=given.slow_calculation,
        on=lambda: (random.randrange(20_000, 40_000),),
        at_least=15,
        think="Is there still a loop, perhaps a hidden one (sum, NumPy, a cache that is filled)?",
    )
    if compared.verdict == "passed":
        totals = list(itertools.accumulate(i * i for i in range(1_100_000)))
        check.peak(
            learner.fast_calculation,
            1_000_000,
            at_most=50_000,
            think="A table of results takes memory and time for every n up to the largest.",
        )
        check.grows(
            learner.fast_calculation,
            on=lambda n: (n + random.randrange(n // 10),),
            right=lambda found, n: type(found) is int and abs(found / totals[n - 1] - 1) < 1e-12,
            sizes=[1_000, 10_000, 100_000, 1_000_000],
            below=0.4,
            think="A thousand times n should take no longer.",
        )

with check.part("It is exact however large n is", points=1):
    check.equal(learner.fast_calculation(1), 0)
    check.true(
        cost.verdict == "passed",
        "At a billion this would take too long to find out.",
        think="First make its cost constant.",
    )
    known = {
        10**9: 333333332833333333500000000,
        10**18: 333333333333333332833333333333333333500000000000000000,
    }
    ### BEGIN HIDDEN TESTS
    for n in (random.randrange(10**9, 10**10), random.randrange(10**40)):
        known[n] = (n - 1) * n * (2 * n - 1) // 6
    ### END HIDDEN TESTS
    for n, expected in known.items():
        check.equal(
            learner.fast_calculation(n),
            expected,
            think="A float holds 53 bits, the result needs more: // in place of /, nothing else.",
        )

check.score()

# %% [markdown]
# How long would a billion take? Both functions are measured as far as we care to wait for the slow
# one, and predicted beyond (hollow), on the assumption that growth goes on like this:

# %% tags=["nbval-ignore-output"]
sizes = [1_000, 10_000, 100_000]
grown = [timing.growth(f, lambda n: (n,), sizes) for f in (slow_calculation, fast_calculation)]
a_billion = {g.name: [(10**9, g.predict(10**9))] for g in grown}
title = "A billion: predicted from what was measured"
plotting.growth(grown, predicted=a_billion, title=title)


# %% nbgrader={"grade_id": "optimized_main", "solution": true}
def optimized_main(seed: int = 1, wait: float = 0.1, scale: int = 1) -> int:
    """Return what `main` returns for the same arguments, with less computing.

    Both waits of `wait` seconds stay, for they stand for a disk or a network.

    >>> optimized_main(seed=7, wait=0.0) == main(seed=7, wait=0.0)
    True
    """
    ### BEGIN SOLUTION
    rng = random.Random(seed)
    data = [rng.randint(100 * scale, 1_000 * scale) for _ in range(100)]
    first = sum(map(fast_calculation, data))
    time.sleep(wait)
    large_data = [rng.randint(500 * scale, 2_000 * scale) for _ in range(200)]
    second = sum(map(fast_calculation, large_data))
    time.sleep(wait)
    return first + second + first  # the third pass processes the data of the first
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_optimized_main", "grade": true, "points": 2}
import random
import time

from helpers import checks

check = checks.Check("optimized_main")
learner, given = check.learner, check.given

with check.part("It gives what main gives, and still waits as long", points=1):
    arguments = [(1, 0.0, 1), (2, 0.0, 3)]
    ### BEGIN HIDDEN TESTS
    arguments += [(random.randrange(10**9), 0.0, random.randint(1, 5)) for _ in range(3)]
    ### END HIDDEN TESTS
    for seed, wait, scale in arguments:
        check.equal(
            learner.optimized_main(seed, wait, scale),
            given.main(seed, wait, scale),
            think="The same seed and scale give the same data, if they are drawn in the same "
            "order.",
        )
    begin = time.perf_counter()
    learner.optimized_main(3, 0.15)
    waited = time.perf_counter() - begin
    check.true(
        waited > 0.27,
        "optimized_main(3, wait=0.15) was back after "
        f"{checks.measured(f'{waited:.2f}')} s; two waits of 0.15 s take 0.3 s.",
        think="The waits stand for I/O that has to happen: keep both.",
    )

with check.part("Without the waits, it is at least 8 times as fast as main", points=1):
    check.faster(
        learner.optimized_main,
        than=given.main,
        on=lambda: (random.randrange(10**9), 0.0, random.randint(3, 6)),
        at_least=8,
        think="Which of its three passes still add up one by one? And does wait=0 not wait?",
    )

check.score()

# %% [markdown]
# ## 8. What did it gain? · 2 min
#
# Three suggestions follow from the profile: the formula, for the processor; not to compute the
# third pass again; and not to wait for two things one after the other, if neither needs the other.
# Measure suggestions **one at a time**, else you never know which of them it was.


# %% nbgrader={"grade_id": "given_variants", "locked": true}
def main_changed(calculate=slow_calculation, reuse=False, overlap=False, wait=0.1) -> int:
    """`main()` with any of three changes, none of which changes the result."""
    rng = random.Random(1)
    data = [rng.randint(100, 1_000) for _ in range(100)]
    large_data = [rng.randint(500, 2_000) for _ in range(200)]
    with ThreadPoolExecutor() as pool:  # at its end, whatever is still waiting is waited for
        start_waiting = functools.partial(pool.submit, time.sleep) if overlap else time.sleep
        first = sum(map(calculate, data))
        start_waiting(wait)
        second = sum(map(calculate, large_data))
        start_waiting(wait)
        third = first if reuse else sum(map(calculate, data))
    return first + second + third


def wall_and_cpu(func: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of one call on the wall, and in the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    func()
    return time.perf_counter() - wall, time.process_time() - cpu


def cpu_without_waits(**change) -> float:
    """Seconds in the processor of `main_changed`, which waits do not add to."""
    changed = functools.partial(main_changed, **change, wait=0)
    return timing.measure(changed, clock="cpu", repeats=4).best


# %% tags=["nbval-ignore-output"]
formula = {"calculate": fast_calculation}
changes = {
    "as given": {},
    "formula": formula,
    "third pass reused": {"reuse": True},
    "waits overlapped": {"overlap": True},
    "all three": formula | {"reuse": True, "overlap": True},
}
wall = {name: wall_and_cpu(functools.partial(main_changed, **c))[0] for name, c in changes.items()}
# In two turns, of which the least counts: a slow spell of the machine is no change's fault.
turns = [{name: cpu_without_waits(**c) for name, c in changes.items()} for _ in range(2)]
gains = pd.DataFrame({"wall": wall, "CPU": pd.DataFrame(turns).min()})
plotting.bars(gains, title="One change at a time")

# %% tags=["nbval-ignore-output"]
(gains.loc["as given"] / gains).map("{:,.2f}×".format)

# %% [markdown]
# The formula all but removes the CPU time, and hardly shows on the wall: Amdahl. Overlapping the
# waits saves no CPU time, and shows the most. (More of that in Exercise 5.) So was the
# formula in vain? A profile is of **one load**. Let the numbers grow:

# %% tags=["nbval-ignore-output"]
loads = {}
for scale in (1, 5, 25):
    wall, cpu = wall_and_cpu(functools.partial(main, scale=scale))
    wall_now, _ = wall_and_cpu(functools.partial(optimized_main, scale=scale))
    seconds = map(timing.format_seconds, (wall, wall_now))
    loads[f"scale {scale}"] = [f"{cpu / wall:.0%}", *seconds, f"{wall / wall_now:.1f}×"]
pd.DataFrame(loads, index=["share spent computing", "main", "optimized_main", "speedup"]).T

# %% [markdown]
# And what should one look at next? Profile again, and do not guess: the bottleneck has moved.

# %% tags=["nbval-ignore-output"]
cpu_profiler = profiling.Profile(time.process_time)
for _ in range(SCALE):  # one call is too short for the clock of Windows
    cpu_profiler.runcall(optimized_main, wait=0)
plotting.profile_bars(
    own_and_cumulative(pstats.Stats(cpu_profiler)), title="optimized_main(): CPU time"
)

# %% [markdown]
# It has moved to the drawing of random numbers. But look at the total: many times what we
# measured above without a profiler. With so many tiny calls, most of this picture is the profiler's
# own cost: check such a finding with a clock. And on the wall, `time.sleep` is still nearly all.

# %% [markdown]
# ## 9. Report · 4 min
#
# Write a brief report to whoever owns `main`, in 150 to 200 words, with figures from *your* tables
# (5 points, read by a person):
#
# 1. **Bottlenecks:** the top five by cumulative time, and which function is the bottleneck by which
#    clock.
# 2. **Suggestions** for the slowest functions, and what each gained when you measured it.
# 3. **Limit:** why does the wall clock hardly move when the formula removes nearly all computing?
# 4. **Trade-offs:** what does each suggestion cost, or take for granted? What can the profile not
#    tell?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Bottlenecks.* By cumulative time: `main`, `time.sleep`, `process_data`, `slow_calculation`, and
# far behind them `randint` (section 4). By own time on the wall it is `time.sleep`, for some 85 %
# (on my machine, as all that follows); by own CPU time `slow_calculation`, called 400 times. I had
# predicted that one, which is right for the processor only.
#
# *Suggestions*, one at a time (section 8). The formula in place of the loop: nearly all CPU time
# gone, 1.1 times as fast on the wall. Reusing the third pass: about 15 % of the CPU time; it has a
# quarter of the numbers, but the small ones. Overlapping the waits: no CPU time, but 1.9 times as
# fast on the wall.
#
# *Limit.* What sleeps stays. With 85 % asleep, the whole gets at most 1/0.85, or 1.2 times as fast.
# At scale 25, where computing outweighs waiting, the formula made it 4 times as fast.
#
# *Trade-offs.* The formula works for this sum only, and must be kept in integers. Reuse assumes
# that `data` has not changed meanwhile, overlapping that the waits do not need each other; and it
# brings threads. The profile is of one load on one machine, and slows down small functions most.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1** for the top five by cumulative time, and the bottleneck: `slow_calculation` by CPU time,
#   `time.sleep` on the wall. ½ when only one clock is looked at.
# - **1½** for suggestions with measured gains: the loop (a formula, or another way of not looping)
#   and one more, such as the repeated third pass or the waits. ½ for suggestions without figures.
# - **1** for the limit: what sleeps is not made faster, Amdahl's law in any words, with the share
#   or the bound 1/s. ½ without a figure.
# - **1** for a cost or an assumption of each suggestion: exact integers, data that has not changed,
#   waits that are independent, threads. ½ for one of them.
# - **½** for something that the profile does not tell: other loads, its own overhead, waiting
#   against working, other threads, lines.
#
# The sample answer gets 5. "slow_calculation is slow because it has a loop; with the formula it is
# 1,000 times as fast" gets 1: half of the first, half of the suggestions.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Profile first.** What looks slow and what is slow are often two things.
# - **Cumulative time** leads down the path, **own time** names the place, **calls** say why.
# - **Ask which clock.** Waiting and working look alike on the wall.
# - **Amdahl first, then optimize:** the share that stays bounds the gain.
# - Change one thing, measure, profile again. A profile is of one program under one load.
# - A profiler has a price, runs alone, and has to be switched off: `with` does it.
