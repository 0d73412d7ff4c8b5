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
# # Exercise 7: JIT compilation with Numba
#
# **Objective:** compile numerical loops with Numba, tell compile time and run time apart, find out
# what each option does, and share a loop among threads without a race.
#
# **Time:** 30–45 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** NumPy arrays and their dtype; what a decorator is; that the product of
# two matrices takes rows times columns.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import gc
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
import pandas as pd
from numba import jit, njit, prange

from helpers import plotting, timing
from helpers.compiled import spread_threads

os.environ["OMP_WAIT_POLICY"] = "passive"  # threads without work sleep, and do not spin
gc.freeze()  # garbage collections, with which timings begin, may skip what was imported

# %% [markdown]
# ## 1. Predict · 2 min
#
# Three functions that loop over numbers, and do little with each. Read them, but **run nothing else
# yet**.


# %% nbgrader={"grade_id": "given_loops", "locked": true}
def matrix_multiply(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of two matrices, one multiplication at a time."""
    rows, inner, columns = len(A), len(B), len(B[0])
    C = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for k in range(inner):
                C[i, j] += A[i, k] * B[k, j]
    return C


def monte_carlo_pi(n_points: int) -> float:
    """Estimate π from the share of random points of a square that lie in a quarter circle."""
    n_inside = 0
    for _ in range(n_points):
        x, y = np.random.random(), np.random.random()
        if x * x + y * y <= 1:
            n_inside += 1
    return 4 * n_inside / n_points


def mandelbrot(width: int, height: int, max_iter: int = 100) -> np.ndarray:
    """Return for each pixel after how many steps its point escapes, 0 for those that do not."""
    image = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            c = complex((column - width / 2) / (width / 4), (row - height / 2) / (height / 4))
            z = 0j
            for step in range(max_iter):
                if abs(z) > 2:
                    image[row, column] = step
                    break
                z = z * z + c
    return image


# %% [markdown]
# Numba will translate them into machine code, as they are. Write down **how many times as fast**
# `matrix_multiply` will then be. And the translating is done in the first call: **how many times
# as long** as a later one will the first one take, for matrices of 60 × 60? Nobody grades your
# guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_speedup = ...       how many times as fast the compiled function is
# predicted_first_call = ...    how many times as long as a later call the first one takes
### BEGIN SOLUTION
predicted_speedup = 100
predicted_first_call = 10
### END SOLUTION

# %% [markdown]
# ## 2. Measure the given code · 2 min
#
# Each function has one innermost step that is done over and over. How long does it take?

# %% tags=["nbval-ignore-output"]
random_numbers = np.random.default_rng(7)
A, B = random_numbers.random((2, 60, 60))
pixels = 60, 45
before = {
    "matrix_multiply": timing.measure(matrix_multiply, A, B, repeats=2),
    "monte_carlo_pi": timing.measure(monte_carlo_pi, 20_000, repeats=2),
    "mandelbrot": timing.measure(mandelbrot, *pixels, repeats=2),
}
steps = before["mandelbrot"].result
counts = [60**3, 20_000, int(np.where(steps > 0, steps, 100).sum())]
pd.DataFrame(
    {
        name: {
            "a call": timing.format_seconds(measured.best),
            "innermost steps": f"{count:,}",
            "a step": timing.format_seconds(measured.best / count),
        }
        for (name, measured), count in zip(before.items(), counts, strict=True)
    }
).T

# %% [markdown]
# A processor multiplies and adds two numbers in about a nanosecond, or less. All the rest is what
# Python does around it: look up the types, make an object for every number, check every index.
# (Most of it for `matrix_multiply` is taking single numbers out of an array, the one thing arrays
# are slow at. The same loops over lists are a few times as fast.) A compiler that knows the types
# can leave all that out.

# %% [markdown]
# ## 3. One decorator · 7 min
#
# `njit` takes a function and returns a *dispatcher*: called with arguments of types that it has not
# seen yet, it compiles a version for just these. Which of these calls will be slow?

# %% tags=["nbval-ignore-output"]
compiled_as_it_is = njit(matrix_multiply)  # what writing @njit above the function does
in_order = {"float64": (A, B), "float64 again": (A, B)}
in_order |= {"float32": (A.astype("f4"), B.astype("f4")), "a transposed view": (A.T, B)}
in_order |= {"float64, a third time": (A, B)}

rows = []
for what, matrices in in_order.items():
    begin = time.perf_counter()
    compiled_as_it_is(*matrices)
    seconds = time.perf_counter() - begin
    versions = len(compiled_as_it_is.signatures)
    rows.append({"call": what, "time": timing.format_seconds(seconds), "versions": versions})

gc.freeze()  # and what the compiler has made, too
pd.DataFrame(rows).set_index("call")

# %% [markdown]
# One version for each combination of types; the dtype is part of the type, and so is the layout in
# memory, for it decides how the next number is found. `signatures` lists what was compiled:

# %%
for signature in compiled_as_it_is.signatures:
    print(*signature, sep="  ×  ")

# %% [markdown]
# One thing that was left out will be missed: **nobody checks the indices**. `window` shows three
# numbers of ten. Watch what happens beyond its end:


# %% tags=["nbval-ignore-output"]
def element(values: np.ndarray, index: int) -> float:
    """Return one of the values."""
    return values[index]


numbers = np.arange(10.0)
window = numbers[:3]
ways = {"Python": element, "njit": njit(element), "boundscheck": njit(boundscheck=True)(element)}
for name, function in ways.items():
    try:
        print(f"{name:12} window[7] is {function(window, 7)}")
    except IndexError as error:
        print(f"{name:12} IndexError: {error}")

# %% [markdown]
# Compiled code read memory that `window` does not own. Here it was harmless; elsewhere it returns
# rubbish, or ends the process. `boundscheck=True` is for the day you look for such a bug. So a
# compiled function should look at the shapes it is given *before* it loops.
#
# Write `matrix_multiply_numba`, with its decorator. The loops may stay as they are, or see hint 3.
#
# | points | for |
# |---|---|
# | 1 | the same product |
# | 1 | a ValueError for shapes that do not fit |
# | 1 | speed: at least 60 times as fast as `matrix_multiply` |
# | 1 | loops compiled in nopython mode (NumPy's `@` is fast, but no answer to this question) |

# %% [markdown]
# <details><summary>Hint 1: where to begin</summary>
#
# Write `@njit` on one line, and below it the function, with the loops of `matrix_multiply`.
# Numba understands `A.shape`, `np.zeros`, `range`, arithmetic, `if` and `raise`. (`@` between
# matrices would work as well, with SciPy installed: but then BLAS does the work.)
# </details>
#
# <details><summary>Hint 2: shapes</summary>
#
# `A` needs as many columns as `B` has rows. `raise ValueError("...")` works in compiled code, with
# a message that is a constant.
# </details>
#
# <details><summary>Hint 3: a loop order that lets several go at once</summary>
#
# With `k` innermost, each addition to `C[i, j]` waits for the one before. With `j` innermost,
# neighbours in a row are added independently, several in one instruction, and B and C are walked
# as they lie in memory. Each sum is still added up in the same order.
# </details>
#
# <details><summary>Hint 4: nearly the answer</summary>
#
# ```python
# @njit
# def matrix_multiply_numba(A, B):
#     if A.shape[1] != ...:
#         raise ValueError("A needs as many columns as B has rows")
#     C = np.zeros((A.shape[0], B.shape[1]))
#     for i in range(A.shape[0]):
#         for k in range(...):
#             for j in range(...):
#                 C[i, j] += ...
#     return C
# ```
# </details>


# %% nbgrader={"grade_id": "matrix_multiply_numba", "solution": true}
# def matrix_multiply_numba(A: np.ndarray, B: np.ndarray) -> np.ndarray:
#     Return the product of the matrices A and B, by loops that Numba has compiled.
#     A: float64, of shape (n, p); B: float64, of shape (p, m); both in row (C) order.
#     Returns a new float64 array of shape (n, m).
#     Raises ValueError if A has not as many columns as B has rows.
### BEGIN SOLUTION
@njit
def matrix_multiply_numba(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of the matrices A (n × p) and B (p × m), a new float64 array.

    Raises ValueError if A has not as many columns as B has rows.

    >>> matrix_multiply_numba(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    n, p = A.shape
    m = B.shape[1]
    if B.shape[0] != p:
        raise ValueError("A needs as many columns as B has rows")
    C = np.zeros((n, m))
    for i in range(n):
        for k in range(p):
            for j in range(m):  # innermost: no addition waits for the one before
                C[i, j] += A[i, k] * B[k, j]
    return C


### END SOLUTION

# %% nbgrader={"grade_id": "test_matrix_multiply_numba", "grade": true, "points": 4}
import random

import numpy as np

from helpers import checks, data

check = checks.Check("matrix_multiply_numba")
learner, given = check.learner, check.given


@check.beside
def versions_of_matrix_multiply_numba(matrix_multiply_numba):
    from helpers import compiled

    return compiled.modes(matrix_multiply_numba)


def matrices(size):
    return lambda: (data.array(size, size), data.array(size, size))


with check.part("The same product", points=1):
    think = "C[i, j] is the sum over k of A[i, k] * B[k, j]; which of n, m and p goes with which?"
    for one, other in [
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])),
        (np.array([[1.0, 2.0, 3.0]]), np.array([[1.0], [-1.0], [2.0]])),
        (np.array([[2.0], [3.0]]), np.array([[4.0, 0.5, 1.0]])),
    ]:
        check.close(learner.matrix_multiply_numba(one, other), one @ other, abs=1e-12, think=think)
    ### BEGIN HIDDEN TESTS
    for _ in range(4):
        n, p, m = (random.randint(1, 30) for _ in range(3))
        one, other = data.array(n, p, offset=-0.5), data.array(p, m, offset=-0.5)
        check.close(learner.matrix_multiply_numba(one, other), one @ other, abs=1e-12, think=think)
    ### END HIDDEN TESTS

with check.part("Shapes that do not fit raise a ValueError", points=1):
    shapes = [((2, 3), (2, 3)), ((3, 2), (3, 2))]
    ### BEGIN HIDDEN TESTS
    p = random.randint(2, 6)
    shapes += [((4, p), (p + 1, 3)), ((4, p + 1), (p, 3)), ((1, 1), (2, 2))]
    ### END HIDDEN TESTS
    for one, other in shapes:
        check.raises(
            ValueError,
            learner.matrix_multiply_numba,
            data.array(*one),
            data.array(*other),
            think="Compiled code does not look whether an index is within an array: it reads what "
            "lies there in memory. Compare the shapes first; `raise ValueError(...)` compiles.",
        )

with check.part("Fast", points=1):
    check.faster(
        learner.matrix_multiply_numba,
        than=given.matrix_multiply,
        on=matrices(40),
        at_least=60,
        rel=1e-9,
        think="Are all three loops in the compiled function? Is it compiled once, or in each call?",
    )

with check.part("Loops compiled in nopython mode", points=1):
    modes = versions_of_matrix_multiply_numba()
    check.true(
        bool(modes),
        "No compiled loop of it was found after it had been called.",
        think="Put @njit above the function, or above the one that has its loops.",
    )
    check.true(
        set(modes) == {"nopython"},
        f"Its versions are compiled in: {', '.join(sorted(set(map(str, modes))))}.",
        think="In object mode every number stays a Python object. njit never does that.",
    )
    check.faster(
        learner.matrix_multiply_numba,
        than=given.matrix_multiply,
        on=matrices(30),
        at_least=8,
        rel=1e-9,
        think="Something is compiled, but the loops that take the time are not.",
    )

check.score()

# %% [markdown]
# ## 4. Compile time and run time · 5 min
#
# A benchmark that includes the first call measures the compiler. One that leaves it out does not
# tell those who wait for it. So report both. Write `compile_and_run`:
#
# - `"run"`: seconds for one *warm* call. Take five or more, and of those the best, or the median;
# - `"compile"`: by how much the first call took longer than that, but never less than 0.
#
# The check hands in functions whose first call waits longer than the others (1 point each).

# %% [markdown]
# <details><summary>Hint 1: the clock</summary>
#
# Read `time.perf_counter()` before and after the first call. `timing.measure(function, *args)`
# calls a function often enough; its `.best` is in seconds per call.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# begin = time.perf_counter()
# function(*args)
# first = ...
# run = timing.measure(function, *args, repeats=5).best
# return {"compile": max(0.0, ...), "run": run}
# ```
# </details>


# %% nbgrader={"grade_id": "compile_and_run", "solution": true}
def compile_and_run(function: Callable, *args) -> dict[str, float]:
    """Return {"compile": seconds, "run": seconds} of a function that was not called before.

    args: what to call it with. Returned are the time of a warm call, and what the first call, made
    here, took beyond that: 0.0 where it took no longer.

    >>> sorted(compile_and_run(njit(element), np.arange(3.0), 2))
    ['compile', 'run']
    """
    ### BEGIN SOLUTION
    begin = time.perf_counter()
    function(*args)
    first = time.perf_counter() - begin
    run = timing.measure(function, *args, repeats=5).best
    return {"compile": max(0.0, first - run), "run": run}
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_compile_and_run", "grade": true, "points": 2}
import random
import time

from helpers import checks

check = checks.Check("compile_and_run")


@check.beside
def your_times_of_a_function_that_waits(compile_and_run, first, later, hitch):
    """What it returned, and by wall and by CPU clock the seconds that each call took.

    With a `hitch` the third call takes 20 times as long: readings by best or median do not mind.
    """
    clocks, taken = (time.perf_counter, time.process_time), []

    def wait(number):
        begin = [clock() for clock in clocks]
        end = begin[0] + (later if taken else first) * (20 if hitch and len(taken) == 2 else 1)
        for _ in range(10_000_000):  # in case the clock stands still
            if clocks[0]() >= end:
                break
        taken.append([clock() - start for clock, start in zip(clocks, begin, strict=True)])
        return number

    return compile_and_run(wait, 7), taken


def timed(first, later, hitch=False):
    """What is reported, and for each clock what the first call took, and the others, sorted."""
    reported, taken = your_times_of_a_function_that_waits(first=first, later=later, hitch=hitch)
    check.true(
        type(reported) is dict and set(reported) == {"compile", "run"},
        f"compile_and_run gave {reported!r:.100}; a dict with the keys compile and run is wanted.",
        think="Does your function end with `return`?",
    )
    check.at_least(
        len(taken),
        6,
        what="calls of the function handed in",
        think="After the first call take five warm ones or more, in a loop or by "
        "timing.measure(function, *args, repeats=5), and of those the best, or the median.",
    )
    by_clock = [[seconds[number] for seconds in taken] for number in range(2)]
    return reported, [[calls[0], *sorted(calls[1:])] for calls in by_clock]


def warm(calls):
    """The least and the mean of what calls took but for the first: noise is in the mean as well."""
    return calls[1], sum(calls[1:]) / len(calls[1:])


with check.part("Run: a warm call", points=1):
    first, later = 0.25, 0.002
    ### BEGIN HIDDEN TESTS
    first, later = random.uniform(0.25, 0.3), random.uniform(0.001, 0.002)
    ### END HIDDEN TESTS
    for _ in range(5):  # other programs can get in between, but not five times in a row
        reported, by_clock = timed(first, later)
        ranges = [warm(calls) for calls in by_clock]
        if right := any(0.5 * a <= float(reported["run"]) <= 3 * b for a, b in ranges):
            break
    check.true(
        right,
        f"Calls that take {checks.measured(f'{ranges[0][1]:.2g}')} s, but for a first one of "
        f"{checks.measured(f'{by_clock[0][0]:.2g}')} s, were reported as "
        f"{checks.measured(f'{reported["run"]:.2g}')} s.",
        think="Is the first call among those you take the time of? Is it seconds for ONE call?",
    )
    for _ in range(5):
        reported, by_clock = timed(0.02, later, hitch=True)
        # Where all are held up a little, the least is rare. The mean of all but one is not.
        limits = [max(2 * calls[1], 1.1 * warm(calls[:-1])[1]) for calls in by_clock]
        if right := any(float(reported["run"]) < limit for limit in limits):
            break
    check.true(
        right,
        f"Warm calls that take {checks.measured(f'{warm(by_clock[0])[0]:.2g}')} s, but for one "
        f"that was held up, were reported as {checks.measured(f'{reported["run"]:.2g}')} s.",
        think="Of the warm calls the best counts, or the median; the mean or the largest does not.",
    )

with check.part("Compile: what the first call takes beyond that", points=1):
    first, later = 0.1, 0.02
    ### BEGIN HIDDEN TESTS
    first, later = random.uniform(0.1, 0.12), random.uniform(0.02, 0.022)
    ### END HIDDEN TESTS
    for _ in range(5):
        reported, by_clock = timed(first, later)
        # All of the first call is never within the range, however long the machine made it.
        ranges = [(calls[0], *warm(calls)) for calls in by_clock]
        compiling = float(reported["compile"])
        if right := any(a - 3 * mean <= compiling <= a - 0.6 * low for a, low, mean in ranges):
            break
    check.true(
        right,
        f"A first call of {checks.measured(f'{ranges[0][0]:.2g}')} s and others of "
        f"{checks.measured(f'{ranges[0][1]:.2g}')} s were reported as a compile time of "
        f"{checks.measured(f'{compiling:.2g}')} s.",
        think="The first call compiles, and then it runs as well: subtract a warm call.",
    )
    for _ in range(5):  # the first call can be held up, but not five times in a row
        reported, _ = timed(0.001, 0.008)
        if not float(reported["compile"]) > 0.002:
            break
    check.true(
        0 <= float(reported["compile"]) <= 0.002,
        "Where the first call took 0.001 s and the others 0.008 s, a compile time of "
        f"{checks.measured(f'{reported["compile"]:.2g}')} s was reported; expected 0.0.",
        think="max(0.0, ...): a first call that is no slower than a warm one has compiled nothing.",
    )

check.score()

# %% [markdown]
# So was your prediction right? And after how many calls has the compiling paid for itself?

# %% tags=["nbval-ignore-output"]
python_seconds = before["matrix_multiply"].best
taken = compile_and_run(njit(matrix_multiply), A, B)
saved = python_seconds - taken["run"]
print(f"times as fast:       {python_seconds / taken['run']:,.0f}, predicted {predicted_speedup:,}")
ratio = taken["compile"] / taken["run"] + 1
print(f"first / later call:  {ratio:,.0f}, predicted {predicted_first_call:,}")
print(f"calls until it pays: {math.ceil(taken['compile'] / saved):,}")

# %% [markdown]
# ## 5. Estimate π · 3 min
#
# The same for `monte_carlo_pi`. Numba knows `np.random.random`, and turns it into a few
# instructions instead of a call that makes an object. A point each: estimates that scatter about π
# as they must; 10 times the speed; loops compiled in nopython mode.

# %% [markdown]
# <details><summary>Hint</summary>
#
# The body of `monte_carlo_pi` can stay as it is.
# </details>


# %% nbgrader={"grade_id": "monte_carlo_pi_numba", "solution": true}
# def monte_carlo_pi_numba(n_points: int) -> float:
#     Estimate π from the share of n_points random points that lie in a quarter circle.
#     n_points: 1 or more. Returns 4 * inside / n_points, from new random points in every call.
### BEGIN SOLUTION
@njit
def monte_carlo_pi_numba(n_points: int) -> float:
    """Estimate π from the share of n_points (1 or more) random points in a quarter circle.

    >>> monte_carlo_pi_numba(1) in (0.0, 4.0)
    True
    """
    n_inside = 0
    for _ in range(n_points):
        x, y = np.random.random(), np.random.random()
        if x * x + y * y <= 1:
            n_inside += 1
    return 4 * n_inside / n_points


### END SOLUTION

# %% nbgrader={"grade_id": "test_monte_carlo_pi_numba", "grade": true, "points": 3}
import math
import time

import numpy as np

from helpers import checks

check = checks.Check("monte_carlo_pi_numba")
learner, given, right = check.learner, check.given, False
DEVIATION = math.sqrt(math.pi * (4 - math.pi))  # of the estimate from a single point


@check.beside
def estimates_of_monte_carlo_pi_numba(monte_carlo_pi_numba, n_points, times, seconds):
    """So many estimates, or fewer when the time is up."""
    from helpers import compiled

    monte_carlo_pi_numba(n_points)  # starts its threads, if it has any
    estimates, begin = [], time.perf_counter()
    with compiled.spread_threads():
        while len(estimates) < times and time.perf_counter() < begin + seconds:
            estimates.append(float(monte_carlo_pi_numba(n_points)))
    return estimates


@check.beside
def versions_of_monte_carlo_pi_numba(monte_carlo_pi_numba):
    from helpers import compiled

    return compiled.modes(monte_carlo_pi_numba)


def is_near_pi(estimate, n_points):
    return bool(abs(float(estimate) - math.pi) < 5.5 * DEVIATION / math.sqrt(n_points))


def faster(n_points, at_least, think):
    learner.monte_carlo_pi_numba(1)
    check.true(right, "Its estimates are not right yet, so their speed means nothing.")
    check.faster(
        learner.monte_carlo_pi_numba,
        than=given.monte_carlo_pi,
        on=lambda: (n_points,),
        at_least=at_least,
        same=lambda estimate: is_near_pi(estimate, n_points),
        think=think,
    )


with check.part("Estimates scatter about π as they must", points=1):
    n_points, times = 1_000, 300
    found = np.array(
        estimates_of_monte_carlo_pi_numba(n_points=n_points, times=times, seconds=np.inf)
    )
    check.true(
        found.shape == (times,)
        and np.allclose(found * n_points / 4, np.rint(found * n_points / 4)),
        f"monte_carlo_pi_numba({n_points}) gave {found.flat[0]}, which is not 4 * inside / "
        f"{n_points} for any whole number inside.",
        think="Is it divided by the number of points?",
    )
    mean, deviation = float(found.mean()), float(found.std())
    check.true(
        len(set(found.tolist())) > 1,
        f"{times} calls of monte_carlo_pi_numba({n_points}) gave {found.flat[0]}, every one of "
        "them: each call must draw points of its own.",
        think="Is something seeded in the function, or the result kept from the first call?",
    )
    check.true(
        is_near_pi(mean, n_points * times),
        f"The mean of {times} estimates is {checks.measured(f'{mean:.4f}')}.",
        think="Each point needs an x and a y of its own, between 0 and 1. And if threads count, "
        "then each in a place of its own.",
    )
    expected = DEVIATION / math.sqrt(n_points)
    check.true(
        bool(0.7 * expected < deviation < 1.35 * expected),
        f"{times} estimates deviate by {checks.measured(f'{deviation:.4f}')}; from {n_points} "
        f"random points each it must be about {expected:.4f}.",
        think="Are the points new in every call, and random?",
    )
    n_points = 2_000_000  # so many that threads which count in the same place do meet
    found = estimates_of_monte_carlo_pi_numba(n_points=n_points, times=15, seconds=1.0)
    mean = sum(found) / len(found)  # lost counts show in it, be they ever so few
    check.true(
        is_near_pi(mean, n_points * len(found))
        and all(is_near_pi(estimate, n_points) for estimate in found),
        f"Estimates from {n_points:,} points each, {checks.measured(f'{mean:.5f}')} in the mean, "
        "are further from π than chance explains.",
        think="Do several threads count in the same place? Then counts get lost.",
    )
    ### BEGIN HIDDEN TESTS
    check.true(
        learner.monte_carlo_pi_numba(1) in (0, 4), "From a single point, π can only be 0 or 4."
    )
    ### END HIDDEN TESTS
    right = True

with check.part("Fast", points=1):
    faster(
        40_000, 10, "Is the loop in the compiled function? Is it compiled once, or in each call?"
    )

with check.part("Loops compiled in nopython mode", points=1):
    modes = versions_of_monte_carlo_pi_numba()
    check.true(
        bool(modes),
        "No compiled loop of it was found after it had been called.",
        think="Put @njit above the function, or above the one that has its loop.",
    )
    check.true(
        set(modes) == {"nopython"},
        f"Its versions are compiled in: {', '.join(sorted(set(map(str, modes))))}.",
        think="In object mode every number stays a Python object. njit never does that.",
    )
    faster(25_000, 8, "Something is compiled, but the loop that takes the time is not.")

check.score()

# %% [markdown]
# Compiled code has random numbers of its own: seeding NumPy's does nothing to them. For results
# that can be repeated, seed them from compiled code, too. (With `prange` it takes more than that:
# each thread has its own.)


# %%
@njit
def seed_compiled(seed: int) -> None:
    """Seed the random numbers of compiled code (of this thread)."""
    np.random.seed(seed)


for name, seed in {"np.random.seed": np.random.seed, "seed_compiled": seed_compiled}.items():
    estimates = set()
    for _ in range(4):  # two may well be equal by chance
        seed(7)
        estimates.add(monte_carlo_pi_numba(10_000))
    print(f"seeded by {name}: {'the same estimate' if len(estimates) == 1 else 'different ones'}")

# %% [markdown]
# ## 6. Draw the Mandelbrot set · 6 min
#
# Each pixel is a point c of the complex plane: start at z = 0, replace z by z² + c over and over,
# and count the steps until |z| > 2. A point each: the same picture, 5 times the speed,
# loops compiled in nopython mode.

# %% [markdown]
# <details><summary>Hint 1: it works as it is</summary>
#
# Numba knows complex numbers, and `break`.
# </details>
#
# <details><summary>Hint 2: what is the most expensive step?</summary>
#
# `abs(z)` takes care that nothing overflows, and takes a square root. |z| > 2 is the same question
# as x² + y² > 4, with `z.real` and `z.imag`.
# </details>


# %% nbgrader={"grade_id": "mandelbrot_numba", "solution": true}
# def mandelbrot_numba(width: int, height: int, max_iter: int = 100) -> np.ndarray:
#     Return what `mandelbrot` returns, by loops that Numba has compiled.
#     Returns an array of shape (height, width): for each pixel the first step at which |z| > 2,
#     counted from 0, and 0 where that does not happen in the steps 0 to max_iter - 1.
### BEGIN SOLUTION
@njit
def mandelbrot_numba(width: int, height: int, max_iter: int = 100) -> np.ndarray:
    """Return for each pixel the first step at which |z| > 2, and 0 where there is none.

    The result has shape (height, width); steps count from 0 to max_iter - 1.

    >>> mandelbrot_numba(4, 1, 10)
    array([[0., 0., 0., 3.]])
    """
    image = np.zeros((height, width))
    for row in range(height):
        y = (row - height / 2) / (height / 4)
        for column in range(width):
            c = complex((column - width / 2) / (width / 4), y)
            z = 0j
            for step in range(max_iter):
                if z.real * z.real + z.imag * z.imag > 4:  # |z| > 2, without `abs`
                    image[row, column] = step
                    break
                z = z * z + c
    return image


### END SOLUTION

# %% nbgrader={"grade_id": "test_mandelbrot_numba", "grade": true, "points": 3}
import random

import numpy as np

from helpers import checks

check = checks.Check("mandelbrot_numba")
learner, given = check.learner, check.given


@check.beside
def versions_of_mandelbrot_numba(mandelbrot_numba):
    from helpers import compiled

    return compiled.modes(mandelbrot_numba)


class Picture:
    """An image; equal to one of which at most one pixel in a hundred differs.

    Near the edge of the set the last digit of z decides, and compilers may round differently.
    """

    def __init__(self, image):
        self.image = np.asarray(image, dtype=float)

    def __eq__(self, other):
        if self.image.shape != other.image.shape:
            return False
        return bool(np.sum(self.image != other.image) <= max(1, self.image.size // 100))


def compare(*arguments):
    found = learner.mandelbrot_numba(*arguments)
    expected = given.mandelbrot(*arguments)
    shape = getattr(found, "shape", None)
    check.true(
        shape == expected.shape,
        f"mandelbrot_numba{arguments} gave a {type(found).__name__} of shape {shape}; expected "
        f"an array of shape {expected.shape}.",
        think="(height, width): first the rows.",
    )
    wrong = np.argwhere(found != expected)
    at = tuple(wrong[len(wrong) // 2].tolist()) if len(wrong) else (0, 0)
    check.true(
        Picture(found) == Picture(expected),
        f"mandelbrot_numba{arguments} differs in {len(wrong)} of {expected.size} pixels; at "
        f"{at} it has {found[at]}, where mandelbrot has {expected[at]}.",
        think="Ask first whether |z| > 2, then go on to the next z. Which pixels stay 0?",
    )


def faster(width, height, at_least, think):
    compare(width, height)
    check.faster(
        learner.mandelbrot_numba,
        than=given.mandelbrot,
        on=lambda: (width + random.randint(0, 4), height),
        at_least=at_least,
        same=Picture,
        think=think,
    )


with check.part("The same picture", points=1):
    pictures = [(16, 10), (10, 16, 5), (1, 1, 3)]
    ### BEGIN HIDDEN TESTS
    pictures += [(random.randint(20, 40), random.randint(41, 60), random.randint(2, 8))]
    pictures += [(50, 31, 1), (31, 50, 300)]
    ### END HIDDEN TESTS
    for arguments in pictures:
        compare(*arguments)

with check.part("Fast", points=1):
    faster(120, 90, at_least=5, think="Are all three loops in the compiled function?")

with check.part("Loops compiled in nopython mode", points=1):
    modes = versions_of_mandelbrot_numba()
    check.true(
        bool(modes),
        "No compiled loop of it was found after it had been called.",
        think="Put @njit above the function, or above the one that has its loops.",
    )
    check.true(
        set(modes) == {"nopython"},
        f"Its versions are compiled in: {', '.join(sorted(set(map(str, modes))))}.",
        think="In object mode every number stays a Python object. njit never does that.",
    )
    faster(80, 60, 3, "Something is compiled, but the loops that take the time are not.")

check.score()

# %% tags=["nbval-ignore-output"]
[axes] = plotting.panels(1, height=3.8)
axes.figure.set_size_inches(5.1, 3.8)  # no wider than the picture
steps = mandelbrot_numba(640, 480, 200)
axes.set_facecolor("black")
image = axes.imshow(steps, norm="log", origin="lower", extent=(-2, 2, -2, 2), cmap="cividis")
axes.figure.colorbar(image, label="steps (black: never)", format="{x:.0f}")
axes.set_title("Steps until |z| > 2", loc="left", weight="bold")
axes.set(xlabel="real part of c", ylabel="imaginary part of c")
axes.grid(False)
axes.alt = (
    "The Mandelbrot set: a black heart with a disk to its left, bright along its jagged edge."
)
axes

# %% [markdown]
# Loops in Python were a low bar. Here is a good version in NumPy: one step for all points at once,
# and those that have escaped leave. It needs several arrays of the picture's size.


# %% nbgrader={"grade_id": "given_mandelbrot_numpy", "locked": true}
def mandelbrot_numpy(width: int, height: int, max_iter: int = 100) -> np.ndarray:
    """Return what `mandelbrot` returns, one step for all the points that are still there."""
    x = (np.arange(width) - width / 2) / (width / 4)
    y = (np.arange(height) - height / 2) / (height / 4)
    image, here = np.zeros(height * width), np.arange(height * width)
    c = (x + 1j * y[:, np.newaxis]).ravel()
    z = np.zeros_like(c)
    for step in range(max_iter):
        escaped = z.real**2 + z.imag**2 > 4
        if escaped.any():
            image[here[escaped]] = step
            here, c, z = here[~escaped], c[~escaped], z[~escaped]
        z = z * z + c
    return image.reshape(height, width)


# %% tags=["nbval-ignore-output"]
candidates = {
    "mandelbrot": mandelbrot,
    "mandelbrot, compiled as it is": njit(mandelbrot),
    "mandelbrot_numpy": mandelbrot_numpy,
    "mandelbrot_numba": mandelbrot_numba,
}
drawn = {name: timing.measure(f, 120, 90, repeats=2) for name, f in candidates.items()}
for name, found in drawn.items():
    assert np.mean(found.result != drawn["mandelbrot"].result) < 0.01, f"{name}: another picture"
pd.DataFrame(
    {
        name: {
            "a picture": timing.format_seconds(found.best),
            "speedup": f"{drawn['mandelbrot'].best / found.best:,.1f}×",
        }
        for name, found in drawn.items()
    }
).T

# %% [markdown]
# NumPy goes through memory again at every step; compiled loops keep z in the processor. How much
# does that make, for the function as it is? And compiling is no substitute for thinking: look what
# doing without `abs` is worth on top.

# %% [markdown]
# ## 7. Options, one at a time · 6 min
#
# `jit` takes options. Here is `mandelbrot` once more, with `prange` for its rows: in Python that is
# a plain `range`. Compile it with each set of options, and measure both times by `compile_and_run`
# for 60 × 45 pixels. (1 point, for times that can be true.)


# %% nbgrader={"grade_id": "given_options", "locked": true}
def mandelbrot_rows(width: int, height: int, max_iter: int = 100) -> np.ndarray:
    """Return what `mandelbrot` returns; its rows may be shared out among threads."""
    image = np.empty((height, width))
    for row in prange(height):
        for column in range(width):
            image[row, column] = 0
            c = complex((column - width / 2) / (width / 4), (row - height / 2) / (height / 4))
            z = 0j
            for step in range(max_iter):
                if abs(z) > 2:
                    image[row, column] = step
                    break
                z = z * z + c
    return image


OPTIONS = {
    "jit": {},
    "nopython": {"nopython": True},
    "parallel": {"parallel": True},
    "fastmath": {"fastmath": True},
    "cache": {"cache": True},
    "object mode": {"forceobj": True, "looplift": False},
}

# %% [markdown]
# <details><summary>Hint 1: one of them</summary>
#
# `jit(**options)(mandelbrot_rows)` is a new dispatcher that has compiled nothing yet.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# options_report = {"python": compile_and_run(mandelbrot_rows, 60, 45)}
# for name, options in OPTIONS.items():
#     options_report[name] = compile_and_run(..., 60, 45)
# ```
# </details>

# %% nbgrader={"grade_id": "options_report", "solution": true}
# options_report = ...    {name: what compile_and_run returned}, for "python", the function
#                         as it is, and for every name in OPTIONS, compiled with these
### BEGIN SOLUTION
options_report = {"python": compile_and_run(mandelbrot_rows, 60, 45)}
for name, options in OPTIONS.items():
    options_report[name] = compile_and_run(jit(**options)(mandelbrot_rows), 60, 45)
### END SOLUTION

# %% nbgrader={"grade_id": "test_options_report", "grade": true, "points": 1}
import time

from helpers import checks

check = checks.Check("options_report")

with check.part("Times that can be true", points=1):
    report = check.value("options_report")
    names = ["python", "jit", "nopython", "parallel", "fastmath", "cache", "object mode"]
    check.true(
        type(report) is dict and set(report) == set(names),
        f"options_report is {report!r:.150}; a dict with the names {', '.join(names)} is wanted.",
    )
    for name in names:
        times = report[name]
        check.true(
            type(times) is dict and set(times) == {"compile", "run"},
            f"options_report[{name!r}] is {times!r:.100}; compile_and_run returns a dict.",
        )
        # Where nothing is compiled, noise lies on both sides of 0; the check before is about that.
        check.true(
            -1 < float(times["compile"]) < 60 and 0 < float(times["run"]) < 60,
            f"options_report[{name!r}] is {times}, which no machine takes.",
        )
    for name in ("jit", "nopython", "parallel", "fastmath"):
        check.true(
            float(report[name]["compile"]) > 0.01,
            f"Compiling with {name!r} is said to take {report[name]['compile']:.2g} s.",
            think="Make a new dispatcher for each, jit(**options)(mandelbrot_rows): one that has "
            "been called before has compiled already.",
        )
    for name in ("jit", "nopython", "fastmath", "cache"):
        check.true(
            float(report[name]["run"]) < float(report["python"]["run"]) / 2,
            f"With {name!r} it runs no faster than in Python: {report[name]['run']:.2g} s.",
            think="Is it the compiled function whose time you took, with the same arguments?",
        )
    check.true(
        float(report["object mode"]["run"]) > 2 * float(report["jit"]["run"]),
        "In object mode it is said to run as fast as in nopython mode.",
        think="Did you hand over the options of each name? In object mode numbers are objects.",
    )
    clock, taken = time.perf_counter, []
    for _ in range(3):
        begin = clock()
        check.given.mandelbrot_rows(60, 45)
        taken.append(clock() - begin)
    now = min(taken)
    # Several bounds: a call of fewer pixels that was held up can meet one of them, not all.
    least = {"python": now / 10, "object mode": now / 4}
    least |= dict.fromkeys(("jit", "nopython", "fastmath", "cache"), now / 300)
    for name in names:
        run = float(report[name]["run"])
        check.true(
            least.get(name, 0) < run < (10 * now if name == "python" else 60),
            f"options_report[{name!r}] says {checks.measured(f'{run:.2g}')} s for a call; in plain "
            f"Python mandelbrot_rows(60, 45) just now took {checks.measured(f'{now:.2g}')} s.",
            think="Is it mandelbrot_rows, for 60 × 45 pixels, that you measured?",
        )

check.score()

# %% tags=["nbval-ignore-output"]
table = pd.DataFrame(options_report).T
slowest = options_report["python"]["run"]
shown = table.map(timing.format_seconds)
shown["speedup"] = (slowest / table["run"]).map("{:,.1f}×".format)
shown

# %% [markdown]
# - **python** compiles nothing: what stands there is by how much its first call, a single reading,
#   happened to be slower than the best of those after it.
# - **nopython** changes nothing: since Numba 0.59 `jit` *is* `njit`, and what cannot be compiled
#   raises an error, mostly a `TypingError`. (If it compiled faster here: `jit` came first, and
#   loaded parts of the compiler.) **Object mode** must be asked for, and shows what types are
#   worth.
# - **parallel** takes long to compile. It shares out `prange` loops and some array operations, and
#   leaves a plain `range` as it is. Does it run faster here? So small a picture is soon drawn:
#   waking the threads can cost what they save. With more cores, or more pixels, that changes.
# - **cache** keeps machine code in a file. A kernel that finds none makes it, the next loads it.
# - **fastmath** found nothing to do here. It lets the compiler treat floats as if they were exact:
#   sums in any order, and no NaN anywhere. Where that matters:


# %% tags=["nbval-ignore-output"]
def total(values):
    """Return the sum of the values."""
    result = 0.0
    for i in range(len(values)):
        result += values[i]
    return result


def count_nan(values):
    """Return how many values are not a number: NaN is the one value that is not equal to itself."""
    count = 0
    for i in range(len(values)):
        if values[i] != values[i]:
            count += 1
    return count


values = np.random.default_rng(7).random(100_000)
two_missing = np.array([1.0, np.nan, 3.0, np.nan])
exact = math.fsum(values)
fastmath_rows = {}
for name, options in {"strict": {}, "fastmath": {"fastmath": True}}.items():
    timed = timing.measure(njit(**options)(total), values)
    fastmath_rows[name] = {
        "sum of 100,000": timing.format_seconds(timed.best),
        "its error": f"{abs(timed.result - exact):.1e}",
        "NaN found in [1, NaN, 3, NaN]": njit(**options)(count_nan)(two_missing),
    }
pd.DataFrame(fastmath_rows).T

# %% [markdown]
# Added strictly one after the other, each addition waits for the one before; in any order, several
# go at once. The sum is no worse for it. But NaNs have become invisible: fastmath is for code whose
# data you know.
#
# And the cache? To see it we need another process. This program compiles one function and says how
# long the first call took. It runs twice:

# %% tags=["nbval-ignore-output"]
PROGRAM = """
import time
import numba

numba.njit(lambda: 0)()  # Numba gets ready itself

@numba.njit(cache=True)
def most_steps_to_one(below):
    most = 0
    for start in range(1, below):
        number, steps = start, 0
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            steps += 1
        most = max(most, steps)
    return most

begin = time.perf_counter()
most_steps_to_one(1_000)
loaded = sum(most_steps_to_one.stats.cache_hits.values())
print(f"first call {time.perf_counter() - begin:.3f} s, versions loaded from the cache: {loaded}")
"""
with tempfile.TemporaryDirectory() as folder:
    program = Path(folder, "program.py")
    program.write_text(PROGRAM)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(Path(folder, "cache"))}
    for run in ("1st", "2nd"):
        finished = subprocess.run(
            [sys.executable, program], env=environment, capture_output=True, text=True, check=True
        )
        print(f"{run} process: {finished.stdout.strip()}")

# %% [markdown]
# Numba notices a change in the function's own file, but not in another file with a function that it
# calls: then delete the cache. And as it is read with `pickle`, whoever can write to that folder
# can run code as you. Share it with nobody.

# %% [markdown]
# ## 8. Threads, and the race they run · 7 min
#
# With `parallel=True` the turns of a `prange` loop are shared out among threads, all at once. Each
# entry of C is a sum over k. So why not share out k?


# %% nbgrader={"grade_id": "given_race", "locked": true}
@njit(parallel=True)
def matrix_multiply_racy(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of two matrices, or what is left of it: threads overwrite each other."""
    C = np.zeros((A.shape[0], B.shape[1]))
    for k in prange(A.shape[1]):
        for j in range(B.shape[1]):
            for i in range(A.shape[0]):
                C[i, j] += A[i, k] * B[k, j]
    return C


# %% [markdown]
# Five million ones times five million ones: a matrix of a single entry, five million. Is it?

# %% tags=["nbval-ignore-output"]
long_row = np.ones((1, 5_000_000))
long_column = long_row.reshape(-1, 1)
print(f"{numba.get_num_threads()} threads")
for _ in range(3):
    print(f"{matrix_multiply_racy(long_row, long_column).item():12,.0f}")

# %% [markdown]
# `C[i, j] += …` reads, adds and writes. When two threads read the same number, one of them writes
# over the other's sum: a **race**. It depends on who comes first, so small tests often pass; with
# a single thread there is none. (`total += …` on a plain number would be safe: Numba gives each
# thread its own and adds them up. It cannot do so for single entries of an array.)
#
# **The challenge:** write `matrix_multiply_parallel`, compiled with `parallel=True`, in which no
# two threads write to the same place. 1 point for the right product, every time; 1 for threads that
# share the work, where there are two cores or more.

# %% [markdown]
# <details><summary>Hint 1: who may write where?</summary>
#
# Share out the loop whose turns write to different places: what does row `i` of C need from the
# other rows?
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# `@njit(parallel=True)`, the loops of your `matrix_multiply_numba`, and `prange` instead of `range`
# for exactly one of them.
# </details>


# %% nbgrader={"grade_id": "matrix_multiply_parallel", "solution": true}
# def matrix_multiply_parallel(A: np.ndarray, B: np.ndarray) -> np.ndarray:
#     Return the product of the matrices A and B, its loops compiled and shared out among threads.
#     A: float64, of shape (n, p); B: float64, of shape (p, m); both in row (C) order.
#     Returns a new float64 array of shape (n, m).
### BEGIN SOLUTION
@njit(parallel=True)
def matrix_multiply_parallel(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of the matrices A (n × p) and B (p × m), a new float64 array.

    Raises ValueError if A has not as many columns as B has rows.

    >>> matrix_multiply_parallel(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    n, p = A.shape
    m = B.shape[1]
    if B.shape[0] != p:
        raise ValueError("A needs as many columns as B has rows")
    C = np.empty((n, m))
    for i in prange(n):  # each thread has rows of C to itself
        for j in range(m):
            C[i, j] = 0.0  # not by np.zeros, for that is compiled as a parallel loop of its own
        for k in range(p):
            for j in range(m):
                C[i, j] += A[i, k] * B[k, j]
    return C


### END SOLUTION

# %% nbgrader={"grade_id": "test_matrix_multiply_parallel", "grade": true, "points": 2}
import random

import numpy as np

from helpers import checks, data

check = checks.Check("matrix_multiply_parallel")
learner, right = check.learner, False


@check.beside
def a_row_of_ten_million_ones_times_a_column(matrix_multiply_parallel):
    from helpers import compiled

    row = np.ones((1, 10_000_000))
    column = row.reshape(-1, 1)
    with compiled.spread_threads():
        return [float(matrix_multiply_parallel(row, column)[0, 0]) for _ in range(3)]


@check.beside
def products_of_matrix_multiply_parallel(matrix_multiply_parallel, one, other, times):
    from helpers import compiled

    with compiled.spread_threads():
        return [matrix_multiply_parallel(one, other) for _ in range(times)]


@check.beside
def versions_of_matrix_multiply_parallel(matrix_multiply_parallel):
    from helpers import compiled

    return compiled.modes(matrix_multiply_parallel)


def compare(product, one, other):
    expected = one @ other
    if getattr(product, "shape", None) == expected.shape and product.dtype == expected.dtype:
        wrong = np.argwhere(~np.isclose(product, expected, rtol=1e-9, atol=1e-12))
        at = tuple(wrong[len(wrong) // 2].tolist()) if len(wrong) else (0, 0)
        check.true(
            not len(wrong),
            f"A product of {one.shape} and {other.shape} matrices is wrong in "
            f"{checks.measured(f'{len(wrong):,}')} of {expected.size:,} entries; at {at} it has "
            f"{checks.measured(f'{product[at]:.6g}')}, where A @ B has "
            f"{checks.measured(f'{expected[at]:.6g}')}.",
            think=think,
        )
    check.close(product, expected, abs=1e-12, think=think)


with check.part("The same product, every time", points=1):
    think = (
        "Do two turns of your prange loop write to the same place, be it C or an array made before "
        "the loop? Then numbers get lost."
    )
    for one, other in [
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])),
        (data.array(7, 5, offset=-0.5), data.array(5, 6, offset=-0.5)),
    ]:
        compare(learner.matrix_multiply_parallel(one, other), one, other)
    one, other = data.array(96, 2_000), data.array(2_000, 80)
    for product in products_of_matrix_multiply_parallel(one=one, other=other, times=12):
        compare(product, one, other)
    ### BEGIN HIDDEN TESTS
    for _ in range(4):
        n, p, m = (random.randint(250, 400) for _ in range(3))
        one, other = data.array(n, p), data.array(p, m)
        for product in products_of_matrix_multiply_parallel(one=one, other=other, times=2):
            compare(product, one, other)
    ### END HIDDEN TESTS
    check.equal(a_row_of_ten_million_ones_times_a_column(), [1e7] * 3, think=think)
    right = True

with check.part("Threads share the work", points=1):
    learner.matrix_multiply_parallel(np.ones((1, 1)), np.ones((1, 1)))
    check.true(right, "Its products are not right yet, so it does not matter who does the work.")
    one, other = data.array(500, 500), data.array(500, 500)
    check.true(
        set(versions_of_matrix_multiply_parallel()) == {"nopython"},
        "No loop of it was found that jit or njit has compiled, in nopython mode.",
        think="@njit(parallel=True) above the loops is asked for: not guvectorize, and not the "
        "threads of NumPy's own product.",
    )
    found = check.threads(
        learner.matrix_multiply_parallel,
        one,
        other,
        at_least=2,
        think="parallel=True shares out what says prange; a plain range stays in one thread. "
        "(Threads that you start and end yourself are not seen here.)",
    )
    compare(found, one, other)

check.score()

# %% [markdown]
# Was it worth it? By the clock on the wall, with one thread and with all of them; and in processor
# time, of which threads save nothing. Threads need free cores: should one run say that they gain
# nothing, close what else is busy, and run the cell again before you believe it.

# %% tags=["nbval-ignore-output"]
large_A, large_B = random_numbers.random((2, 300, 300))
most_threads = numba.get_num_threads()
threads_rows = {}
with spread_threads():  # each thread is kept to a core of its own, so that none waits
    for threads in sorted({1, most_threads}):
        numba.set_num_threads(threads)
        threads_rows[f"{threads} of {most_threads}"] = {
            clock: timing.format_seconds(
                timing.measure(
                    matrix_multiply_parallel,
                    large_A,
                    large_B,
                    clock=clock,
                    repeats=12,
                    min_seconds=0.001,
                ).best
            )
            for clock in ("wall", "cpu")
        }
pd.DataFrame(threads_rows).T.rename_axis("threads")

# %% [markdown]
# ## 9. Next to the best · 2 min
#
# A matrix product of 300 × 300 has 27 million steps. Here are your loops, and their rival: BLAS,
# the routines behind `A @ B` (OpenBLAS, on a Mac perhaps Accelerate), in which people have put
# years of work. It shares out its work among cores, too.

# %% tags=["nbval-ignore-output"]
rivals = {
    "compiled as it is": compiled_as_it_is,
    "matrix_multiply_numba": matrix_multiply_numba,
    "matrix_multiply_parallel": matrix_multiply_parallel,
    "A @ B (BLAS, its own threads)": np.matmul,
}
products = {
    name: timing.measure(f, large_A, large_B, repeats=6, min_seconds=0.001)
    for name, f in rivals.items()
}
for name, found in products.items():
    assert np.allclose(found.result, large_A @ large_B), f"{name} gave a wrong product"
plotting.bars(
    {name: found.best for name, found in products.items()},
    title="One product of two 300 × 300 matrices",
)

# %% [markdown]
# And all three tasks, in the sizes of section 2, which plain Python can do (the product in its slow
# way, number by number out of arrays):


# %% tags=["nbval-ignore-output"]
def monte_carlo_pi_numpy(n_points: int) -> float:
    """Estimate π as `monte_carlo_pi` does, with all points at once, in arrays."""
    x, y = np.random.random((2, n_points))
    return 4 * np.count_nonzero(x * x + y * y <= 1) / n_points


contest = {
    "matrix_multiply": (matrix_multiply_numba, np.matmul, A, B),
    "monte_carlo_pi": (monte_carlo_pi_numba, monte_carlo_pi_numpy, 20_000),
    "mandelbrot": (mandelbrot_numba, mandelbrot_numpy, *pixels),
}
best = pd.DataFrame(
    {
        task: [before[task].best]
        + [timing.measure(f, *args, repeats=2).best for f in (compiled, numpy)]
        for task, (compiled, numpy, *args) in contest.items()
    },
    index=["Python", "Numba", "NumPy"],
).T
report_table = best.map(timing.format_seconds)
for other, form in {"Python": "{:,.0f}×", "NumPy": "{:,.2f}×"}.items():
    times = best[other] / best["Numba"]
    report_table[f"Numba: times as fast as {other}"] = times.map(form.format)
report_table

# %% [markdown]
# ## 10. Report · 5 min
#
# A colleague wants to put `@njit(parallel=True, fastmath=True, cache=True)` on every function of a
# program. Answer in 150 to 200 words, with figures from *your* tables (5 points, read by a person):
#
# 1. **Evidence:** what did compiling gain, and what did it cost? How good was your prediction?
# 2. **Options:** what would each of the three do, for better or worse?
# 3. **Races:** what is one, and how does your parallel product avoid it?
# 4. **Limits:** where is Numba the wrong tool, or not the best?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Evidence* (on the author's machine). The matrix product became some 2,800 times as fast as the
# slow Python, Mandelbrot 70 times, π 45 times (last table). The price is the first call: some 1,500
# times as long as a later one, where I had predicted 10. The product earns that back in 3 calls.
#
# *Options.* `parallel` compiled about four times as long (464 against 123 ms) and gained nothing on
# 60 × 45 pixels. `fastmath` did nothing for Mandelbrot, made a plain sum ten times as fast, and no
# longer found NaNs. `cache` brought the first call of the next process from 0.1 s down to 0.002 s;
# it must not be shared.
#
# *Races.* Two threads read the same entry, both add, and one result is lost: of five million only a
# part was left. In mine each row of C is written by one thread only.
#
# *Limits.* `A @ B` needs 0.6 ms for 300 × 300, my best loops 1.8 ms on two threads. Code that runs
# once, or is about text, dicts and objects, gains nothing; and wrong indices are no longer noticed.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1½** for the evidence: a speedup (½), the cost of the first call (½), each with its figure;
#   and when it pays, or the prediction next to what was found (½).
# - **1½** for the options, ½ each, with what the notebook showed: parallel compiles longer and
#   needs `prange`; fastmath changes sums and loses NaNs, and gains nothing for Mandelbrot; cache
#   saves compiling in the next process only, or goes stale, or is a risk if shared.
# - **1** for the race: read-add-write of the same place by two threads (½), rows that only one
#   thread writes (½).
# - **1** for two limits (½ each): BLAS or a library that does it better; code that runs once or
#   briefly; code that is not about numbers; no index checks; a version for every type.
#
# The sample answer gets 5. "Numba makes everything faster, mine was 300 times as fast" gets ½.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **`@njit` on loops over numbers** gains most: a version for each combination of types, made in
#   the first call. Measure that call on its own.
# - Compiling keeps your algorithm: loop order and a needless `abs` matter more than before.
# - **`prange` promises that its turns do not meddle with each other.** Numba does not check it.
# - `fastmath`, unchecked indices and its own random numbers change what a program means.
# - Look whether a library has it already: for matrices of more than a few rows nobody beats BLAS
#   with three loops.
