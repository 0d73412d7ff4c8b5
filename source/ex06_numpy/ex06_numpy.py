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
# # Exercise 6: NumPy optimization
#
# **Objective:** hand the loops of a numerical function over to NumPy, tell apart what computing
# costs and what converting costs, and show by experiments why it is fast.
#
# **Time:** 20–30 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** lists and loops; that a NumPy array has a shape, a dtype and axes; what
# a mean and a standard deviation are.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import gc
import math
import random
import statistics
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.ticker import EngFormatter

from helpers import memory, plotting, timing

gc.freeze()  # garbage collections, with which timings begin, may skip what was imported

# %% [markdown]
# ## 1. Predict · 2 min
#
# Here is a function that goes through a table of numbers three times, one number at a time. Read
# it, but **run nothing else yet**.


# %% nbgrader={"grade_id": "given_stats", "locked": true}
def calculate_stats_python(data: list[list[float]]) -> dict:
    """Return the mean of each column, the sum of each row, and each column's deviation."""
    n_rows = len(data)
    n_cols = len(data[0]) if n_rows else 0

    col_means = []
    for col in range(n_cols):
        total = 0.0
        for row in range(n_rows):
            total += data[row][col]
        col_means.append(total / n_rows)

    row_sums = []
    for row in range(n_rows):
        total = 0.0
        for col in range(n_cols):
            total += data[row][col]
        row_sums.append(total)

    col_stds = []
    for col in range(n_cols):
        total = total_of_squares = 0.0
        for row in range(n_rows):
            value = data[row][col]
            total += value
            total_of_squares += value * value
        mean = total / n_rows
        variance = total_of_squares / n_rows - mean * mean
        col_stds.append(math.sqrt(max(variance, 0.0)))  # rounding can make it negative

    return {"col_means": col_means, "row_sums": row_sums, "col_stds": col_stds}


random_numbers = random.Random(6)


def generate_table(rows: int, columns: int) -> list[list[float]]:
    """Return `rows` lists of `columns` random numbers between 0 and 1."""
    return [[random_numbers.random() for _ in range(columns)] for _ in range(rows)]


data = generate_table(1_000, 100)

# %% [markdown]
# NumPy can do the same in a few calls. But these numbers lie in lists, and NumPy works on arrays:
# someone has to convert them. **How many times as fast** will it be on a large table that comes as
# lists? And on one that is an array already? Nobody grades your guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_from_list = ...     how many times as fast, when the table comes as lists
# predicted_from_array = ...    how many times as fast, when it is an array already
### BEGIN SOLUTION
predicted_from_list = 50
predicted_from_array = 100
### END SOLUTION

# %% [markdown]
# ## 2. Measure the given code, and look twice · 3 min
#
# How long does it take, for the whole table and for each number in it?

# %% tags=["nbval-ignore-output"]
measured = timing.measure(calculate_stats_python, data, repeats=3)
numbers_in_table = len(data) * len(data[0])
print(f"{timing.format_seconds(measured.best)} for {numbers_in_table:,} numbers,")
print(f"{timing.format_seconds(measured.best / numbers_in_table)} for each")

# %% [markdown]
# Slow code that works is a good start. Does it work? Let us add a constant to every number. That
# moves the means, and **changes no deviation**. `statistics.pstdev` computes with exact fractions:
# very slowly, but we can believe it.

# %%
compared = []
for offset in (0, 1e4, 1e6, 1e8):
    shifted = [[number + offset for number in row] for row in data[:300]]
    first_column = [row[0] for row in shifted]
    given = calculate_stats_python(shifted)["col_stds"][0]
    exact = statistics.pstdev(first_column)
    compared.append({"offset": f"{offset:,.0f}", "given formula": given, "exact": exact})

pd.DataFrame(compared).set_index("offset").map("{:.6f}".format)

# %% [markdown]
# The last line is nonsense, and no exception says so. The formula *mean of squares minus square of
# mean* subtracts two huge numbers that are nearly equal. Squares of numbers near 10⁸ are near 10¹⁶.
# There, how far is one double from the next?

# %%
print(f"next to 10¹⁶ doubles lie {np.spacing(1e16)} apart; the variance to be found is about 1/12")

# %% [markdown]
# Rounding has eaten all its digits, and the subtraction leaves nothing but the rounding:
# **cancellation**. A faster function with the same formula would be wrong faster. So yours must be
# faster *and* right.

# %% [markdown]
# ## 3. Let NumPy do the loops · 7 min
#
# Write `calculate_stats_numpy`: same keys, same meaning, no Python loop over rows or columns. Lists
# and arrays are both welcome as input, and as values of the result. Use NumPy itself: pandas would
# copy the array and look for missing values first.
#
# | points | for |
# |---|---|
# | 2 | the same three results, from lists and from arrays |
# | 1 | no rows at all, a single row, a single column, integers of any dtype |
# | 2 | deviations that are right at an offset of 10⁸ |
# | 1 | an array is not changed, and not copied needlessly: see below |
# | 2 | at least 8 times as fast as Python on 10,000 rows of 12 |
# | 2 | at least 10 times as fast as Python on 150 rows of 300 |
#
# Given an array of float64, a call may at no moment hold more than **one** new array of its size.
# `std` makes one, of distances from the mean; a copy on top of it makes two.

# %% [markdown]
# <details><summary>Hint 1: axes</summary>
#
# The axis you name is the one that *disappears*. A table of shape (rows, columns) summed over
# `axis=0` has one number for each column left.
# </details>
#
# <details><summary>Hint 2: a formula that does not cancel</summary>
#
# First the mean, then the mean of the squared *distances from it*: small numbers, squared while
# they are small. That is what `array.std` does, with `ddof=0`, as the given function divides by n.
# </details>
#
# <details><summary>Hint 3: no copy, and no rows</summary>
#
# `np.asarray(data, dtype=np.float64)` returns an array of that type as it is, and converts whatever
# else it is given; `np.array` copies. An empty list becomes an array of shape (0,), which has no
# second axis and whose mean is NaN: return early.
# </details>
#
# <details><summary>Hint 4: nearly the answer</summary>
#
# ```python
# values = np.asarray(data, dtype=np.float64)
# if len(values) == 0:
#     return {"col_means": [], ...}
# return {
#     "col_means": values.mean(axis=...),
#     "row_sums": values.sum(axis=...),
#     "col_stds": ...,
# }
# ```
# </details>


# %% nbgrader={"grade_id": "calculate_stats_numpy", "solution": true}
def calculate_stats_numpy(data) -> dict:
    """Return the mean of each column, the sum of each row, and each column's standard deviation.

    data: a list of rows of equal length, or an array of shape (rows, columns). It stays as it is.
    Returns a dict with the keys "col_means" and "col_stds" (a number for each column) and
    "row_sums" (a number for each row), each an array or a list; all are empty if there are no rows.
    The deviation is that of the whole population: divided by n, not by n - 1.

    >>> [float(mean) for mean in calculate_stats_numpy([[1.0, 5.0], [3.0, 5.0]])["col_means"]]
    [2.0, 5.0]
    """
    ### BEGIN SOLUTION
    values = np.asarray(data, dtype=np.float64)
    if len(values) == 0:
        return {"col_means": [], "row_sums": [], "col_stds": []}
    col_means = values.mean(axis=0)
    return {
        "col_means": col_means,
        "row_sums": values.sum(axis=1),
        "col_stds": values.std(axis=0, mean=col_means),  # else it would compute the means again
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_calculate_stats_numpy", "grade": true, "points": 6}
import math
import random
import statistics

import numpy as np

from helpers import checks, memory
from helpers import data as makers

check = checks.Check("calculate_stats_numpy")
learner, given = check.learner, check.given


def agree(found, expected, think=""):
    """All three results, to nine digits; what should be zero may be off by 1e-9."""
    check.true(
        type(found) is dict and set(found) == set(expected),
        f"calculate_stats_numpy gave {found!r:.80}; a dict with the keys col_means, row_sums and "
        "col_stds is wanted.",
        think="Does your function end with `return`? Are the keys spelled as in the docstring?",
    )
    for key, numbers in expected.items():
        check.close(found[key], numbers, rel=1e-9, abs=1e-9, think=f"{key}: {think}")


def exactly(rows):
    """The three results, each rounded once from exact arithmetic."""
    columns = list(zip(*rows, strict=True))
    return {
        "col_means": [math.fsum(column) / len(column) for column in columns],
        "row_sums": [math.fsum(row) for row in rows],
        "col_stds": [statistics.pstdev(column) for column in columns],
    }


with check.part("The same three results, from lists and from arrays", points=2):
    think = "which axis disappears? And is the deviation divided by n?"
    rows = [[1.0, 2.0, 3.0], [3.0, 6.0, 3.0]]
    expected = {"col_means": [2.0, 4.0, 3.0], "row_sums": [6.0, 12.0], "col_stds": [1.0, 2.0, 0.0]}
    agree(learner.calculate_stats_numpy(rows), expected, think)
    agree(learner.calculate_stats_numpy(np.array(rows)), expected, think)
    ### BEGIN HIDDEN TESTS
    for shape in ((random.randint(2, 9), random.randint(10, 30)), (50, 7), (6, 6)):
        rows = makers.matrix(*shape, offset=random.uniform(-2, 2))
        expected = given.calculate_stats_python(rows)
        agree(learner.calculate_stats_numpy(rows), expected, think)
        agree(learner.calculate_stats_numpy(np.array(rows)), expected, think)
    ### END HIDDEN TESTS

with check.part("No rows, a single row, a single column, whole numbers", points=1):
    for example, expected, think in [
        (
            [],
            {"col_means": [], "row_sums": [], "col_stds": []},
            "np.asarray([]) has one axis only.",
        ),
        (
            [[4.0, 6.0]],
            {"col_means": [4.0, 6.0], "row_sums": [10.0], "col_stds": [0.0, 0.0]},
            "one row is its own mean; its deviation divided by n is zero.",
        ),
        (
            [[4.0], [6.0]],
            {"col_means": [5.0], "row_sums": [4.0, 6.0], "col_stds": [1.0]},
            "one column gives lists of one element, not plain numbers.",
        ),
        (
            [[1, 2], [4, 2]],
            {"col_means": [2.5, 2.0], "row_sums": [3, 6], "col_stds": [1.5, 0.0]},
            "whole numbers in, but means and deviations are no whole numbers.",
        ),
        (
            np.array([[200, 100], [100, 100]], dtype=np.uint8),
            {"col_means": [150.0, 100.0], "row_sums": [300, 200], "col_stds": [50.0, 0.0]},
            "a uint8 holds no more than 255, and then starts at 0 again.",
        ),
    ]:
        agree(learner.calculate_stats_numpy(example), expected, think)
    ### BEGIN HIDDEN TESTS
    for kind in ("int8", "int16", "int64"):
        whole = np.array(makers.integers(60)).reshape(12, 5).astype(kind)
        agree(learner.calculate_stats_numpy(whole), exactly(whole.tolist()), f"dtype {kind}.")
    ### END HIDDEN TESTS

with check.part("Deviations are right at an offset of 10⁸", points=2):
    think = (
        "adding a constant to all numbers changes no deviation. Which two huge numbers are "
        "subtracted, and how many digits are left of them? float32 has seven to start with."
    )
    rows = [[1e8 + 1, 1e8 + 7], [1e8 + 3, 1e8 + 7]]
    expected = {
        "col_means": [1e8 + 2, 1e8 + 7],
        "row_sums": [2e8 + 8, 2e8 + 10],
        "col_stds": [1.0, 0.0],
    }
    agree(learner.calculate_stats_numpy(rows), expected, think)
    rows = makers.matrix(200, 3, offset=1e8)
    agree(learner.calculate_stats_numpy(rows), exactly(rows), think)
    ### BEGIN HIDDEN TESTS
    for offset in (1e8, -3e8, random.uniform(1e6, 1e9)):
        rows = makers.matrix(random.randint(100, 400), 2, offset=offset)
        agree(learner.calculate_stats_numpy(np.array(rows)), exactly(rows), think)
    ### END HIDDEN TESTS

with check.part("An array is not changed and not copied", points=1):

    @check.beside
    def the_array_handed_in(calculate_stats_numpy, numbers):
        """Whether arrays of any layout stay as they were, and what was found for each."""
        doubled = np.repeat(numbers, 2, axis=1)
        layouts = [numbers.copy(), np.asfortranarray(numbers), doubled[:, ::2], numbers.copy()]
        layouts[-1].flags.writeable = False
        found = [calculate_stats_numpy(array) for array in layouts]
        return all(np.array_equal(array, numbers) for array in layouts), found

    numbers = makers.array(30, 20)
    unchanged, found = the_array_handed_in(numbers=numbers)
    check.true(
        unchanged,
        "calculate_stats_numpy changed the array that it was given.",
        think="`array -= …`, `out=array` and .sort() write into the caller's numbers.",
    )
    for one in found:
        agree(one, exactly(numbers.tolist()), "an array may lie in memory in any order.")
    think = (
        "np.array(data) copies, np.asarray(data) does not if it need not. Each step that makes a "
        "new array of the table's size, while another is kept, takes as much again."
    )

    @check.beside
    def your_function_on_a_table_of_2000_rows_of_500(calculate_stats_numpy, numbers):
        """Of how many arrays of the table's size the memory was, at the peak."""
        return round(memory.allocations(calculate_stats_numpy, numbers).peak_bytes / numbers.nbytes)

    numbers = makers.array(2_000, 500, seed=6)  # shown below, the same in every run
    arrays = your_function_on_a_table_of_2000_rows_of_500(numbers=numbers)
    check.at_most(arrays, 1, what="new arrays of its size at a time", think=think)
    found = check.peak(
        learner.calculate_stats_numpy, numbers, at_most=2.25 * numbers.nbytes, think=think
    )
    by_numpy = {
        "col_means": numbers.mean(axis=0),
        "row_sums": numbers.sum(axis=1),
        "col_stds": numbers.std(axis=0),
    }
    agree(found, by_numpy)

check.score()

# %% [markdown]
# Right? Then: is it fast? To be fair, NumPy gets the numbers as it likes them, in an array, and the
# Python loops get theirs in lists. Unpacking the array into lists counts as theirs; it is a small
# part.


# %% nbgrader={"grade_id": "given_stats_of_array", "locked": true}
def calculate_stats_of_array(array: np.ndarray) -> dict:
    """Return what `calculate_stats_python` makes of an array's numbers, unpacked into lists."""
    return calculate_stats_python(array.tolist())


# %% nbgrader={"grade_id": "test_calculate_stats_speed", "grade": true, "points": 4}
import numpy as np

from helpers import checks
from helpers import data as makers

check = checks.Check("calculate_stats_numpy")
learner, given = check.learner, check.given


def arrays(found):
    """The three results as arrays of float64, whether they came as arrays or as lists."""
    return {key: np.asarray(found[key], dtype=np.float64) for key in sorted(found)}


def faster(rows, columns, at_least, think):
    """Whether it is on fresh arrays of that shape."""
    check.faster(
        learner.calculate_stats_numpy,
        than=given.calculate_stats_of_array,
        on=lambda: (makers.array(rows, columns),),
        at_least=at_least,
        same=arrays,
        rel=1e-9,
        think=think,
    )


with check.part("Fast on 10,000 rows of 12 numbers", points=2):
    faster(
        10_000,
        12,
        at_least=8,
        think="A call of NumPy takes microseconds before it adds anything. Is one made for every "
        "row? Does the array become lists, or Python numbers, on the way?",
    )

with check.part("Fast on 150 rows of 300 numbers", points=2):
    faster(
        150,
        300,
        at_least=10,
        think="The same for columns: one call for all of them, axis=0, instead of one for each.",
    )

check.score()

# %% [markdown]
# ## 4. Converting and computing, told apart · 6 min
#
# Now the question of section 1. Measure four things at each size n, on a table of n × n numbers:
#
# | key | seconds for one call of |
# |---|---|
# | `"python"` | `python_stats` on lists |
# | `"from_list"` | `numpy_stats` on the same lists |
# | `"converting"` | `np.asarray` on the same lists, with `dtype=np.float64` |
# | `"from_array"` | `numpy_stats` on the array, made beforehand |
#
# The check hands in functions that wait for a known time: 1 point for calling the right function
# with the right table, three times or more; 1 for seconds per call that are near the truth.

# %% [markdown]
# <details><summary>Hint 1: one size</summary>
#
# `rows = generate_table(n, n)`, then `array = np.asarray(rows)`, outside of what is timed.
# </details>
#
# <details><summary>Hint 2: the clock</summary>
#
# `timing.measure(function, argument, clock="cpu", repeats=3).best` calls the function often enough
# and gives seconds per call, of CPU time, which other programs hardly disturb.
# `min(timeit.repeat(...))`, divided by the number of calls, does as well.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# results = []
# for n in sizes:
#     rows = generate_table(n, n)
#     array = ...
#     calls = {"python": (python_stats, rows), "from_list": ..., ...}
#     timed = {way: timing.measure(*call, clock="cpu", repeats=3) for way, call in calls.items()}
#     results.append({"n": n} | {way: found.best for ...})
# return results
# ```
# </details>


# %% nbgrader={"grade_id": "benchmark_stats", "solution": true}
def benchmark_stats(
    python_stats: Callable, numpy_stats: Callable, sizes: list[int]
) -> list[dict[str, float]]:
    """Return for each size n a dict with the keys "n" and the four above, in seconds per call.

    sizes: for each, a table of n × n numbers is made by `generate_table`. Quick calls are repeated.
    """
    ### BEGIN SOLUTION
    results = []
    for n in sizes:
        rows = generate_table(n, n)
        array = np.asarray(rows)
        calls = {
            "python": (python_stats, rows),
            "from_list": (numpy_stats, rows),
            "converting": (np.asarray, rows, np.float64),
            "from_array": (numpy_stats, array),
        }
        timed = {way: timing.measure(*call, clock="cpu", repeats=3) for way, call in calls.items()}
        results.append({"n": n} | {way: found.best for way, found in timed.items()})
    return results
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_benchmark_stats", "grade": true, "points": 2}
import random
import time

import numpy as np

from helpers import checks

check = checks.Check("benchmark_stats")

TABLES = {"python": "list", "from_list": "list", "from_array": "ndarray"}
KEYS = {"n", "converting", *TABLES}


@check.beside
def your_benchmark_of_functions_that_wait(benchmark_stats, sizes, waits):
    """What it returned; and for each way and table the calls, and the shortest, on two clocks."""
    clock, cpu_clock, seen = time.perf_counter, time.process_time, {}

    def called(way, table, wait):
        begin, cpu_begin = clock(), cpu_clock()
        for _ in range(10_000_000):  # in case the clock stands still
            if clock() - begin >= wait:
                break
        key = (way, type(table).__name__, *np.shape(table))
        calls, shortest, cpu_shortest = seen.get(key, (0, np.inf, np.inf))
        seconds, cpu_seconds = clock() - begin, cpu_clock() - cpu_begin
        seen[key] = calls + 1, min(shortest, seconds), min(cpu_shortest, cpu_seconds)

    def python_stats(table):
        called("python", table, waits["python"])

    def numpy_stats(table):
        way = "from_array" if isinstance(table, np.ndarray) else "from_list"
        called(way, table, waits[way])

    found = benchmark_stats(python_stats, numpy_stats, sizes)
    rows = np.random.random((max(sizes), max(sizes))).tolist()
    for _ in range(20):
        begin, cpu_begin = clock(), cpu_clock()
        np.asarray(rows, dtype=np.float64)
        converting = seen.get("converting", (0, np.inf, np.inf))
        taken = clock() - begin, cpu_clock() - cpu_begin
        seen["converting"] = (0, *map(min, converting[1:], taken))
    return found, seen


def benchmarked(sizes, waits):
    reported, seen = your_benchmark_of_functions_that_wait(sizes=sizes, waits=waits)
    check.true(
        type(reported) is list and all(type(r) is dict and set(r) == KEYS for r in reported),
        f"benchmark_stats(..., sizes={sizes}) gave {reported!r:.200}.",
        think=f"A list of dicts is wanted, each with the keys {', '.join(sorted(KEYS))}.",
    )
    check.equal([int(result["n"]) for result in reported], sizes, think="One dict for each size.")
    for n in sizes:
        for way, kind in TABLES.items():
            check.true(
                (way, kind, n, n) in seen,
                f"At n = {n} nothing was called that belongs to {way!r}.",
                think=f"{way!r} is about a table of n rows and n columns, of type {kind}.",
            )
    return reported, seen


with check.part("The right function on the right table", points=1):
    reported, seen = benchmarked([4, 3], dict.fromkeys(TABLES, 2e-4))
    for n in (4, 3):
        for way, kind in TABLES.items():
            check.at_least(
                seen[way, kind, n, n][0],
                3,
                what=f"calls for {way} at n = {n}",
                think="A single reading is at the mercy of whatever else the machine does.",
            )

with check.part("Seconds for one call, near the truth", points=1):
    n, waits = 200, {"python": 0.006, "from_list": 0.003, "from_array": 0.0001}
    ### BEGIN HIDDEN TESTS
    n = random.randint(200, 250)
    waits |= {"python": random.uniform(0.004, 0.009), "from_list": random.uniform(0.002, 0.003)}
    ### END HIDDEN TESTS
    for _ in range(5):  # other programs can make a reading longer, but not five times in a row
        reported, seen = benchmarked([n], waits)
        truth = {way: seen[way, kind, n, n] for way, kind in TABLES.items()}
        truth["converting"] = seen["converting"]
        near = {
            way: 0.4 * cpu_seconds <= reported[0][way] <= 3 * seconds and reported[0][way] > 0
            for way, (_, seconds, cpu_seconds) in truth.items()
        }
        if all(near.values()):
            break
    for way, (_, seconds, _) in truth.items():
        check.true(
            bool(near[way]),
            f"{way!r} takes {checks.measured(f'{seconds:.2g}')} s a call, but was reported as "
            f"{checks.measured(f'{reported[0][way]:.2g}')} s.",
            think="Is it the sum of several calls? In other units? What else is inside the timing: "
            "the making of the table, or of the array?",
        )

check.score()

# %% [markdown]
# On your functions it takes a few seconds. The table then wants three more columns.

# %%
SIZES = [10, 30, 100, 300, 1_000]
results = benchmark_stats(calculate_stats_python, calculate_stats_numpy, SIZES)

# %% [markdown]
# Write `comparison_table` (1 point), with the columns
#
# - `speedup_from_list`, `speedup_from_array`: how many times as fast as Python;
# - `converting_share`: which part of `from_list`, from 0 to 1, is the converting.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `table = pd.DataFrame(results).set_index("n")`; columns are divided number by number:
# `table["speedup_from_list"] = table["python"] / table[...]`.
# </details>


# %% nbgrader={"grade_id": "comparison_table", "solution": true}
def comparison_table(results: list[dict[str, float]]) -> pd.DataFrame:
    """Return `results`, as of `benchmark_stats`, as a table with n as its index, and more columns.

    The columns python, from_list, converting and from_array stay seconds; the new ones have no
    unit: speedup_from_list, speedup_from_array, converting_share.
    """
    ### BEGIN SOLUTION
    table = pd.DataFrame(results).set_index("n")
    table["speedup_from_list"] = table["python"] / table["from_list"]
    table["speedup_from_array"] = table["python"] / table["from_array"]
    table["converting_share"] = table["converting"] / table["from_list"]
    return table
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_comparison_table", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("comparison_table")


@check.beside
def your_table(comparison_table, figures):
    table = comparison_table(figures)
    columns = {str(name): [float(value) for value in table[name]] for name in table.columns}
    return [int(n) for n in table.index], columns


with check.part("Speedups and the share of converting", points=1):
    figures = [
        {"n": 10, "python": 2e-5, "from_list": 4e-5, "converting": 1e-5, "from_array": 2.5e-5},
        {"n": 500, "python": 6e-2, "from_list": 1e-2, "converting": 9e-3, "from_array": 5e-4},
    ]
    ### BEGIN HIDDEN TESTS
    figures += [
        {"n": n} | {way: random.uniform(1e-5, 1e-2) for way in list(figures[0])[1:]}
        for n in (600, 900)
    ]
    ### END HIDDEN TESTS
    index, columns = your_table(figures=figures)
    check.equal(index, [result["n"] for result in figures], think='set_index("n").')
    for name, above, below, think in [
        ("speedup_from_list", "python", "from_list", "above 1 means that NumPy is faster."),
        ("speedup_from_array", "python", "from_array", "above 1 means that NumPy is faster."),
        ("converting_share", "converting", "from_list", "a part of the whole, from 0 to 1."),
    ]:
        check.true(name in columns, f"The table has no column {name}, only {', '.join(columns)}.")
        expected = [result[above] / result[below] for result in figures]
        check.close(columns[name], expected, rel=1e-9, think=f"{name}: {think}")

check.score()

# %% tags=["nbval-ignore-output"]
table = comparison_table(results)
predicted = {"speedup_from_list": predicted_from_list, "speedup_from_array": predicted_from_array}
for column, guess in predicted.items():
    print(f"{column}: {table.loc[1_000, column]:,.1f}× at n = 1,000; you predicted {guess:,}×")
shown = table[["python", "from_list", "converting", "from_array"]].map(timing.format_seconds)
shown[list(predicted)] = table[list(predicted)].map("{:,.1f}×".format)
shown["converting_share"] = table["converting_share"].map("{:.0%}".format)
shown

# %% tags=["nbval-ignore-output"]
lines = {"Python": "python", "NumPy, from lists": "from_list", "NumPy, from an array": "from_array"}
[axes] = plotting.panels(1, height=4)
for number, (name, way) in enumerate(lines.items()):
    look = {"color": plotting.COLOURS[number], "marker": plotting.MARKERS[number]}
    axes.loglog(table.index**2, table[way], linestyle=plotting.LINES[number], label=name, **look)
axes.set(xlabel="numbers in the table", ylabel="time for one call")
axes.xaxis.set_major_formatter("{x:,.0f}")
axes.yaxis.set_major_formatter(EngFormatter("s"))
axes.legend(frameon=False)
axes.set_title("Statistics of a table of n × n numbers", loc="left", weight="bold")
axes.alt = "Log-log plot of seconds over numbers in the table: " + "; ".join(
    f"{name}: {timing.format_seconds(table[way].iloc[0])} at {SIZES[0] ** 2:,}, "
    f"{timing.format_seconds(table[way].iloc[-1])} at {SIZES[-1] ** 2:,}"
    for name, way in lines.items()
)
axes

# %% [markdown]
# Read the picture from both ends. On the **left** the line of the array is nearly flat: a few calls
# cost about the same whether they add a hundred numbers or a thousand. On the **right** all three
# lines rise alike, and the middle one is held up by the converting, which looks at every Python
# number: a loop over objects like any other, only in C. (Naming the dtype spares NumPy the search
# for a type that holds them all.) So convert once and stay in NumPy: data that goes back and forth
# between lists and arrays is fast nowhere.

# %% [markdown]
# ## 5. Why it is fast · 5 min
#
# An array is a block of memory with nothing but numbers in it; here the next one is 8 bytes
# further. A list holds addresses of Python objects, which lie anywhere ("boxed"). What is that
# worth? We change **one thing at a time**. First make one table in four layouts:
#
# | name | laid out |
# |---|---|
# | `"row order"` | as it is: float64, each row in one piece (C order) |
# | `"column order"` | with each *column* in one piece (Fortran order): a row's numbers lie apart |
# | `"float32"` | as numbers of 4 bytes, in row order |
# | `"boxed"` | as Python objects, dtype `object`, in row order |
#
# The check looks at strides, dtypes and values (1 point).

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.ascontiguousarray(table)` and `np.asfortranarray(table)` set the order;
# `table.astype(...)` sets the dtype and, for a table in row order, keeps the order.
# </details>


# %% nbgrader={"grade_id": "layouts", "solution": true}
def layouts(table: np.ndarray) -> dict[str, np.ndarray]:
    """Return the table under the four names above, laid out as they say.

    table: float64, of shape (rows, columns) and in row order; it stays as it is.
    All arrays have its shape and, as far as their type can hold them, its numbers.

    >>> layouts(np.zeros((2, 3)))["column order"].strides
    (8, 16)
    """
    ### BEGIN SOLUTION
    return {
        "row order": table,
        "column order": np.asfortranarray(table),
        "float32": table.astype(np.float32),
        "boxed": table.astype(object),
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_layouts", "grade": true, "points": 1}
import numpy as np

from helpers import checks
from helpers import data as makers

check = checks.Check("layouts")


@check.beside
def your_layouts(layouts, table):
    """What there is to know of each array without its numbers, and whether those are right."""
    made = layouts(table)
    if type(made) is not dict:
        return type(made).__name__
    return {
        name: {
            "dtype": str(array.dtype),
            "strides": list(array.strides),
            "close": array.shape == table.shape and np.allclose(array.astype(float), table),
        }
        for name, array in made.items()
    }


with check.part("Each layout differs in one thing", points=1):
    rows, columns = 5, 40
    ### BEGIN HIDDEN TESTS
    rows, columns = np.random.randint(4, 30, 2).tolist()
    ### END HIDDEN TESTS
    found = your_layouts(table=makers.array(rows, columns))
    check.true(
        type(found) is dict,
        f"layouts gave a {found}; a dict of four arrays is wanted.",
        think="Does your function end with `return`?",
    )
    wanted = {
        "row order": ("float64", [8 * columns, 8]),
        "column order": ("float64", [8, 8 * rows]),
        "float32": ("float32", [4 * columns, 4]),
        "boxed": ("object", [8 * columns, 8]),
    }
    check.equal(sorted(found), sorted(wanted), think="Four arrays, under the names in the table.")
    for name, (dtype, strides) in wanted.items():
        array = found[name]
        check.true(
            array["dtype"] == dtype and array["strides"] == strides,
            f"{name!r} has dtype {array['dtype']} and strides {array['strides']}; expected {dtype} "
            f"and {strides} for a table of {rows} × {columns}.",
            think="Strides say how many bytes further the next row and the next column begin.",
        )
        check.true(array["close"] is True, f"{name!r} does not hold the table's numbers.")

check.score()

# %% [markdown]
# Now time `.sum()` of **the first row** of each, and divide by the time of `"row order"`: how many
# times as long does it take? Sum a row and not the whole array: NumPy may walk through a whole
# array in any order it likes, and it likes the order of the memory. (1 point, for factors that can
# be true.)

# %% [markdown]
# <details><summary>Hint</summary>
#
# `seconds = {name: timing.measure(array[0].sum).best for name, array in laid_out.items()}`, and
# then a dict of `seconds[name] / seconds["row order"]`.
# </details>

# %% nbgrader={"grade_id": "why_faster", "solution": true} tags=["nbval-ignore-output"]
laid_out = layouts(np.random.default_rng(6).random((128, 16_384)))
# why_faster = ...    {name: how many times as long as "row order" the sum of its first row takes}
### BEGIN SOLUTION
seconds = {name: timing.measure(array[0].sum).best for name, array in laid_out.items()}
why_faster = {name: taken / seconds["row order"] for name, taken in seconds.items()}
### END SOLUTION
why_faster

# %% nbgrader={"grade_id": "test_why_faster", "grade": true, "points": 1}
from helpers import checks

check = checks.Check("why_faster")

with check.part("Factors that can be true", points=1):
    factors = check.value("why_faster")
    names = ["row order", "column order", "float32", "boxed"]
    check.true(
        type(factors) is dict and set(factors) == set(names),
        f"why_faster is {factors!r:.100}; a dict with the names of the four layouts is wanted.",
    )
    check.close(factors["row order"], 1, think="It is the one that all are divided by.")
    for name, least, think in [
        ("column order", 4, "Is it one row that is summed? A whole array is walked as it lies."),
        ("float32", 0.15, "Half the bytes, but a float64 is not seven times as slow."),
        ("boxed", 8, "Each object has to be fetched, its type looked up, a new object made."),
    ]:
        check.at_least(float(factors[name]), least, what=f"times as long for {name}", think=think)
    think = "Are the arrays made beforehand? Only the sum is to be timed, not the converting."
    check.at_most(float(factors["float32"]), 6, what="times as long for float32", think=think)

check.score()

# %% [markdown]
# The same for three operations, in nanoseconds per number (less what a call on one number takes):


# %% tags=["nbval-ignore-output"]
def nanoseconds(operation: Callable, *rows: np.ndarray) -> float:
    """Return what each number but the first adds to the time of a call."""
    calls = rows, [row[:1] for row in rows]
    row, one = (timing.measure(operation, *call, repeats=5, min_seconds=0.002) for call in calls)
    return (row.best - one.best) * 1e9 / (rows[0].size - 1)


per_number = {}
for name, array in laid_out.items():
    row, squares = array[0], np.zeros_like(array[0])
    per_number[name] = {
        "sum": nanoseconds(np.sum, row),
        "largest": nanoseconds(np.max, row),
        "square": nanoseconds(np.square, row, squares),  # into memory in use
    }
pd.DataFrame(per_number).T.map("{:.2f} ns".format)

# %% tags=["nbval-ignore-output"]
plotting.bars(
    {name: figures["sum"] for name, figures in per_number.items()},
    unit="ns",
    quantity="time per number summed",
    title="One row, laid out in four ways",
)

# %% [markdown]
# - **No boxing.** The `boxed` array is a NumPy array too, but every addition unpacks two objects
#   and makes a third. That, and the interpreter's steps between, is what Python loops pay for.
# - **Contiguous memory.** Memory arrives in lines of 64 or 128 bytes. In row order all of a line is
#   used; in column order one number of each. (And lines that lie a power of two apart, here 1 KiB,
#   compete for the same few places in the cache. Shapes like 128 are common, and unlucky.)
# - **dtype.** `float32` halves the bytes. Does it halve the time of *every* operation above? And it
#   has a price: near 10⁸ the next float32 is 8 further on.
# - **SIMD.** One instruction works on several neighbours at once:

# %% tags=["nbval-ignore-output"]
for name in ("row order", "float32"):
    speed = 1 / per_number[name]["square"]
    print(f"{name}: {speed:.1f} numbers squared in a nanosecond")

# %% [markdown]
# Twice as many float32 fit into one instruction (and into a line of memory): `square` shows it.
# `sum` gains little from it, if anything. It keeps eight sums at a time, so that no addition
# waits for the one before, but adds single numbers.
#
# Is row order always better, then? Sum *whole* tables over either axis, and add one to another:

# %% tags=["nbval-ignore-output"]
by_rows = np.random.default_rng(6).random((1_000, 1_000))
by_columns = np.asfortranarray(by_rows)
trials = {
    "sum over axis 0": lambda table: table.sum(axis=0),
    "sum over axis 1": lambda table: table.sum(axis=1),
    "add a table in row order": lambda table: table + by_rows,
}
pd.DataFrame(
    {
        order: {
            what: timing.format_seconds(timing.measure(trial, square).best)
            for what, trial in trials.items()
        }
        for order, square in {"row order": by_rows, "column order": by_columns}.items()
    }
)

# %% [markdown]
# For a sum over a whole table the order matters far less than for one row: NumPy loops in the order
# of the memory, whichever axis. It is two arrays of *different* order that cannot both be walked in
# one piece.

# %% [markdown]
# ## 6. How far from the machine's limit? · 2 min
#
# Whatever the code, it must read each number once, and memory delivers so many bytes a second to a
# core. That is the floor. The quickest single pass stands for it; the true floor may lie lower
# still. We measure on a table too large for most processors' caches, next to your function and to
# one that takes a block of rows at a time and does all its work while the block is in the cache. It
# joins the blocks' means and squares by the formulas of Chan, Golub and LeVeque ("Updating formulae
# and a pairwise algorithm for computing sample variances", 1979).


# %% nbgrader={"grade_id": "given_blocks", "locked": true}
def stats_in_blocks(values: np.ndarray, numbers_at_once: int = 65_536) -> dict:
    """Return what `calculate_stats_numpy` does, and read the table's memory only once."""
    rows, columns = values.shape
    col_means, squares, row_sums = np.zeros(columns), np.zeros(columns), np.empty(rows)
    at_once = max(1, numbers_at_once // columns)
    for done in range(0, rows, at_once):
        block = values[done : done + at_once]
        row_sums[done : done + at_once] = block.sum(axis=1)
        block_means = block.mean(axis=0)
        distances = block - block_means
        squares += np.einsum("ij,ij->j", distances, distances)
        share, step = len(block) / (done + len(block)), block_means - col_means
        squares += step**2 * done * share
        col_means += step * share
    return {"col_means": col_means, "row_sums": row_sums, "col_stds": np.sqrt(squares / rows)}


# %% tags=["nbval-ignore-output"]
big = np.random.default_rng(6).random((8_000, 1_000))
target = big.copy()
ways = {
    "read it once: big.sum()": (big.sum,),
    "read it once: big.max()": (big.max,),
    "copy it into memory in use": (np.copyto, target, big),
    "copy it into new memory": (big.copy,),
    "calculate_stats_numpy": (calculate_stats_numpy, big),
    "stats_in_blocks": (stats_in_blocks, big),
}
timed = {way: timing.measure(*call, clock="cpu", repeats=3).best for way, call in ways.items()}
floor = min(timed.values())
print(f"{memory.format_bytes(big.nbytes)}, read at {big.nbytes / floor / 1e9:.0f} GB/s")
limits = {
    way: {
        "CPU time": timing.format_seconds(timed[way]),
        "times the floor": f"{timed[way] / floor:.1f}",
        "memory at its peak": memory.format_bytes(memory.allocations(*call).peak_bytes),
    }
    for way, call in ways.items()
}
pd.DataFrame(limits).T

# %% [markdown]
# Two things keep a function of whole-array steps above the floor. Each step goes through all the
# memory again, and a step with a new array as its result has the system find, clear and hand out
# that much memory first: compare the two copies. Blocks avoid both, in more lines. What remains is
# computing. For most tables the short version is the right one; now you know what it leaves.

# %% [markdown]
# ## 7. Report · 5 min
#
# A colleague reads: "NumPy is a hundred times as fast as Python." Answer in 150 to 200 words,
# with figures from *your* tables (5 points, read by a person):
#
# 1. **Evidence:** what did you find, from lists and from an array, on small tables and on large
#    ones? How good was your prediction?
# 2. **Why:** at least two reasons for the speed, each with the figure of section 5 that shows it.
# 3. **Correctness:** what was wrong with the given formula, and what does yours do instead?
# 4. **Limits:** what does it cost, and when would you not use it?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Evidence* (on the author's machine). With a million numbers in an array the colleague is about
# right: 128 times as fast. From lists it is 9 times, as 90% of that time goes into converting
# (`converting_share`). With a hundred numbers NumPy gains next to nothing: 1.4 and 1.1 times. I
# predicted 50 from lists: I had forgotten that converting has to look at every object as well.
#
# *Why.* No boxing: the same numbers as objects take some 80 times as long to sum (`boxed` in
# `why_faster`), though it is NumPy that sums them. Contiguous memory: in column order a row takes
# 14 times as long, because of each line of memory only one number is used.
#
# *Correctness.* The given formula subtracts two numbers near 10¹⁶ to find one near 1/12, and
# doubles there are 2 apart. Mine squares distances from the mean, which are small.
#
# *Limits.* It needs one array as large as the table, 61 MiB in section 6; block by block 1 MiB
# would do, in half the time. Rows must have equal length. For a handful of numbers, or for numbers
# that are used once and come as lists, I would keep it simple.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1½** for the evidence: speedup from lists *and* from an array on a large table (½ each), and
#   what happens on small ones (½): the fixed cost of a call, Python as fast or faster.
# - **1½** for two reasons, each with its figure: no boxing/no interpreter per number (`boxed`),
#   contiguous memory (`column order`), dtype (`float32`), SIMD (numbers squared in a
#   nanosecond). ½ in all for reasons without figures. "float32 is twice as fast" counts only for an
#   operation in whose column it was.
# - **1** for cancellation: two huge, nearly equal numbers are subtracted and the digits that differ
#   are lost; distances from the mean are squared instead. ½ for only one of the two.
# - **1** for a cost and a limit (½ each): memory for a temporary array, converting, equal row
#   lengths; small tables, lists used once, distance from the memory's limit.
#
# The sample answer gets 5. "NumPy is written in C and C is fast; it was 120 times as fast" gets ½:
# a speedup from an array.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Convert once, then stay in arrays.** The converting often costs more than the computing.
# - **One call for many numbers.** A call of NumPy for each row or column is a Python loop again.
# - **Fast is no excuse for wrong.** Square distances from the mean; never subtract two huge numbers
#   to find a small one.
# - Memory decides: 8 bytes side by side, no objects, no needless copies, no mixture of orders.
# - On a handful of numbers plain Python is as good. Measure before you rewrite.
