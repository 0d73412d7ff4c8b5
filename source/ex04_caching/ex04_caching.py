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
# # Exercise 4: Caching
#
# **Objective:** turn an exponential recursion into a linear one with `functools.lru_cache`, measure
# what that gains and what it costs, and build and test a cache whose values expire.
#
# **Time:** 30–45 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** recursion, dictionaries, decorators, `with lock:`.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import functools
import random
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers import counting, memory, plotting, timing

# %% [markdown]
# ## 1. Predict · 2 min
#
# The definition of the Fibonacci numbers, word for word. Nothing is wrong with it, except that you
# will not live to see `fibonacci(90)`.


# %% nbgrader={"grade_id": "given_fibonacci", "locked": true}
def fibonacci(n: int) -> int:
    """Return the n-th Fibonacci number by its definition; an n of 1 or less as it is."""
    if n <= 1:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


[fibonacci(n) for n in range(12)]

# %% [markdown]
# Before you run anything else: how many calls does `fibonacci(35)` make, itself included? How many
# seconds will `fibonacci(45)` take? And a `fibonacci(45)` that remembers what it has computed?
# Nobody grades a guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_calls = ...      calls that fibonacci(35) makes
# predicted_seconds = {"fibonacci(45)": ..., "the same with a memory": ...}
### BEGIN SOLUTION
predicted_calls = 1_000_000
predicted_seconds = {"fibonacci(45)": 60, "the same with a memory": 0.001}
### END SOLUTION

# %% [markdown]
# ## 2. Why is it slow? · 2 min
#
# Count before you clock. The function in this cell does the same and keeps a tally of its calls.


# %%
def count_calls(n: int) -> int:
    """Return how many calls fibonacci(n) makes, itself included."""
    tally = counting.Tally("calls")

    def fibonacci(n: int) -> int:
        tally.calls += 1
        return n if n <= 1 else fibonacci(n - 1) + fibonacci(n - 2)

    fibonacci(n)
    return tally.calls


counts = pd.DataFrame({"calls": {n: count_calls(n) for n in (5, 10, 15, 20, 25)}})
counts["distinct n"] = counts.index + 1
counts["factor for each step of n"] = (counts["calls"] / counts["calls"].shift()) ** (1 / 5)
shown = {"calls": "{:,}".format, "factor for each step of n": "{:.3f}".format}
for column, form in shown.items():
    counts[column] = counts[column].map(form, na_action="ignore")
counts.fillna("").rename_axis("n")

# %% [markdown]
# Each step of n multiplies the calls by the golden ratio, (1 + √5)/2 ≈ 1.618: the work is
# *exponential* in n. And look at the second column: all these calls are about few different
# numbers. The same questions are asked over and over, and the answers thrown away each time.

# %%
golden = (1 + 5**0.5) / 2
calls_of_35 = 2 * round(golden**36 / 5**0.5) - 1
print(f"calls of fibonacci(35): {calls_of_35:,}, predicted {predicted_calls:,}")

# %% [markdown]
# (Why 2·F(n+1) − 1? The calls form a tree in which every call makes two others, or none. Those that
# make none are F(n+1), the next Fibonacci number, and all others are one fewer. F(36) comes from
# Binet's formula, so nobody has to wait.)

# %% [markdown]
# ## 3. Remember · 3 min
#
# `lru_cache` wraps a function and keeps, in a dictionary, what it returned for which arguments.
# With `maxsize=None` nothing is ever dropped; `functools.cache` is short for that. The decorator is
# there; write the body under it, so that each n is computed once. A point each for
#
# - the same values as `fibonacci`, for every n;
# - n + 1 computations for a fresh n, counted by the cache itself, and the time to go with it.

# %% [markdown]
# <details><summary>Hint 1: what is remembered?</summary>
#
# Only what passes through the wrapper. A call of `fibonacci` inside knows nothing of it.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# The body is that of `fibonacci`; but which function does it call?
# </details>


# %% nbgrader={"grade_id": "fibonacci_cached", "solution": true}
@lru_cache(maxsize=None)
def fibonacci_cached(n: int) -> int:
    """Return the n-th Fibonacci number as `fibonacci` does; compute each n only once.

    Raises RecursionError for an n that is too far above what it has computed before.

    >>> fibonacci_cached(90)
    2880067194370816120
    """
    ### BEGIN SOLUTION
    if n <= 1:
        return n
    return fibonacci_cached(n - 1) + fibonacci_cached(n - 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fibonacci_cached", "grade": true, "points": 2}
import random

from helpers import checks

check = checks.Check("fibonacci_cached")
learner, given = check.learner, check.given


def fibonacci_of(n):
    now, following = 0, 1
    for _ in range(n):
        now, following = following, now + following
    return now


with check.part("It gives what fibonacci gives", points=1):
    for n in (0, 1, 2, 3, 10, 20, 1):
        check.equal(
            learner.fibonacci_cached(n), fibonacci_of(n), think="Both base cases? `return`?"
        )
    check.equal(
        learner.fibonacci_cached(-3), -3, think="fibonacci returns an n of 1 or less as it is."
    )
    ### BEGIN HIDDEN TESTS
    for n in random.sample(range(26), 20):
        check.equal(learner.fibonacci_cached(n), fibonacci_of(n))
    ### END HIDDEN TESTS

with check.part("Each n is computed once", points=1):

    @check.beside
    def what_the_cache_counts_after_a_fresh_call(fibonacci_cached, n):
        fibonacci_cached.cache_clear()
        fibonacci_cached(n)
        counted = fibonacci_cached.cache_info()
        return {"misses": counted.misses, "size": counted.currsize, "maxsize": counted.maxsize}

    @check.beside
    def a_fresh_call_of_fibonacci_cached(fibonacci_cached, n):
        fibonacci_cached.cache_clear()
        return fibonacci_cached(n)

    for n in (20, random.randrange(100, 300)):
        check.equal(
            what_the_cache_counts_after_a_fresh_call(n=n),
            {"misses": n + 1, "size": n + 1, "maxsize": None},
            think=f"For n = {n} there are {n + 1} numbers to compute, 0 and {n} included. "
            "Fewer: does the body call another function? More: is the memory too small? "
            "Mend this first: what comes later asks for large n, and might never end.",
        )
        check.equal(learner.fibonacci_cached(n), fibonacci_of(n))
    check.faster(
        a_fresh_call_of_fibonacci_cached,
        than=given.fibonacci,
        on=lambda: (random.randrange(21, 24),),
        at_least=20,
        think="A fresh call should make about 2n calls, not 1.6 to the power of n. Which function "
        "does the body call?",
    )

check.score()

# %% [markdown]
# ## 4. Measure 35, 40 and 45 · 6 min
#
# A trap first. Timers call a function several times and take the best. What do they time when the
# function remembers?

# %% tags=["nbval-ignore-output"]
fibonacci_cached.cache_clear()
timing.measure(fibonacci_cached, 35)

# %% [markdown]
# A lookup: only the first call has computed anything. That figure is right for an answer that is in
# the cache already (*warm*), but it says nothing of the work. For that, empty the cache before
# every reading (*cold*). `fibonacci` is timed by CPU time, as it runs for seconds and others
# interrupt it; the cached one by the wall clock, as the CPU clock of some systems ticks too slowly
# for microseconds:


# %% nbgrader={"grade_id": "given_timers", "locked": true}
def cold_seconds(func: Callable[[int], int], n: int) -> float:
    """Return the seconds of func(n) when its cache is empty: the best of some 50 ms, or of nine."""
    readings, end = [], time.perf_counter() + 0.05
    while len(readings) < 9 or time.perf_counter() < end:
        func.cache_clear()
        begin = time.perf_counter()
        func(n)
        readings.append(time.perf_counter() - begin)
    return min(readings)


def uncached_seconds(n: int) -> float:
    """Return the seconds of fibonacci(n): the best of some readings, of one if it takes long."""
    return timing.measure(fibonacci, n, clock="cpu", repeats=3, max_seconds=1.0).best


# %% [markdown]
# Now without a cache. If the time grows as the calls do, 40 takes 1.618⁵ ≈ 11 times as long as 35,
# and 45 takes 123 times. You may wait; or you measure up to 35 and *predict* the rest from the
# growth that you measured. That is honest work as long as nobody can take a prediction for a
# measurement, so we keep them apart: in variables, in the table and in the plot.
#
# Write the prediction (1 point). On a log scale exponential growth is a straight line: fit it
# through (n, log seconds) and read it off further to the right.

# %% [markdown]
# <details><summary>Hint 1: how it grows</summary>
#
# seconds = c·gⁿ, so log seconds = log c + n·log g: a line whose slope is log g.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# numbers, seconds = zip(*measured)
# slope, level = np.polyfit(numbers, np.log(seconds), deg=1)
# return ...                    # the line at n, and the logarithm undone
# ```
# </details>


# %% nbgrader={"grade_id": "predict_seconds", "solution": true}
def predict_seconds(measured: list[tuple[int, float]], n: int) -> float:
    """Return the seconds expected at n, if each step goes on to multiply them by the same factor.

    measured: two or more pairs (n, seconds). The factor is the one found in them, not a known one.

    >>> round(predict_seconds([(10, 0.5), (11, 1.0), (13, 4.0)], 15), 6)
    16.0
    """
    ### BEGIN SOLUTION
    numbers, seconds = zip(*measured, strict=True)
    slope, level = np.polyfit(numbers, np.log(seconds), deg=1)
    return float(np.exp(level + slope * n))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_predict_seconds", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("predict_seconds")

with check.part("It goes on as the measured times do", points=1):
    cases = [(2.0, 0.001, [20, 22, 25], 30), (1.618, 2e-7, [25, 30, 35], 45), (1.2, 3.0, [1, 2], 9)]
    ### BEGIN HIDDEN TESTS
    for _ in range(4):
        numbers = sorted(random.sample(range(15, 36), random.randrange(2, 6)))
        cases.append((random.uniform(1.1, 2.5), 10 ** random.uniform(-8, -3), numbers, 40))
    cases.append((0.5, 8.0, [3, 5, 6], 10))
    ### END HIDDEN TESTS
    for factor, first, numbers, n in cases:
        pairs = [(number, first * factor**number) for number in numbers]
        found = check.learner.predict_seconds(pairs, n)
        think = f"These seconds grow by a factor of {factor:.3g} for each step of n. Is it taken "
        think += "from `measured`? Pairs (n, log seconds) lie on a line. Is the logarithm undone?"
        check.close(found, first * factor**n, rel=1e-6, think=think)

check.score()

# %% [markdown]
# Now measure (1 point). `MEASURE_UP_TO = 40` or `45` if you want to know it; set it back to 35
# before you hand in, for the grader waits a minute for a cell and no longer.
#
# <details><summary>Hint</summary>
#
# ```python
# measured = [(n, uncached_seconds(n)) for n in (25, 28, 31, 35, 40, 45) if n <= ...]
# predicted = [(n, ...) for n in (40, 45) if n > ...]
# cached = [(n, cold_seconds(...)) for n in (35, 40, 45)]
# ```
# </details>

# %% nbgrader={"grade_id": "times", "solution": true}
MEASURE_UP_TO = 35
# measured = ...     pairs (n, seconds) of fibonacci: 35 and some smaller n, up to MEASURE_UP_TO
# predicted = ...    pairs (n, seconds) of fibonacci for those of 40 and 45 that are not measured
# cached = ...       pairs (n, seconds) of fibonacci_cached, cold, for 35, 40 and 45
### BEGIN SOLUTION
measured = [(n, uncached_seconds(n)) for n in (25, 28, 31, 35, 40, 45) if n <= MEASURE_UP_TO]
predicted = [(n, predict_seconds(measured, n)) for n in (40, 45) if n > MEASURE_UP_TO]
cached = [(n, cold_seconds(fibonacci_cached, n)) for n in (35, 40, 45)]
### END SOLUTION

# %% nbgrader={"grade_id": "test_times", "grade": true, "points": 1}
import math

from helpers import checks

check = checks.Check("measured", "predicted", "cached")

with check.part("35, 40 and 45, measured or predicted", points=1):
    found = {}
    for name in ("measured", "predicted", "cached"):
        pairs = check.value(name)
        check.true(
            type(pairs) is list
            and all(type(pair) in (tuple, list) and len(pair) == 2 for pair in pairs)
            and all(0 < seconds < math.inf for _, seconds in pairs),
            f"{name} is {pairs!r}; it should be a list of pairs (n, seconds).",
        )
        found[name] = {n: float(seconds) for n, seconds in pairs}
    slow, guess, cold = found.values()
    check.true(
        35 in slow and len(slow) > 1,
        f"measured has n = {sorted(slow)}: 35 and one smaller n are needed at least.",
    )
    check.true(
        {40, 45} <= set(slow) | set(guess) and not set(slow) & set(guess),
        f"measured has n = {sorted(slow)}, predicted has {sorted(guess)}.",
        think="40 and 45 should each be in one of the two, and nothing in both.",
    )
    check.true(sorted(cold) == [35, 40, 45], f"cached has n = {sorted(cold)}, not 35, 40 and 45.")
    uncached = slow | guess
    for n in (40, 45):
        factor = (uncached[n] / uncached[35]) ** (1 / (n - 35))
        check.true(
            1.3 < factor < 2.2,  # one reading on a busy machine may be several times too long
            f"From 35 to {n} the seconds of fibonacci rise by a factor of "
            f"{checks.measured(f'{factor:.2f}')} for each step of n. The calls rise by 1.618.",
            think="Are they all seconds of one call? Is it fibonacci? Predicted from measured?",
        )
    check.true(
        cold[35] < slow[35] / 100,
        "cached is not clearly faster than measured at 35.",
        think="Which function did you time?",
    )

    @check.beside
    def seconds_of_a_lookup(fibonacci_cached):
        import timeit

        fibonacci_cached(35)
        return min(timeit.repeat(lambda: fibonacci_cached(35), number=1_000, repeat=5)) / 1_000

    check.true(
        cold[35] > 8 * seconds_of_a_lookup(),
        "cached holds the time of a lookup, not of computing 36 numbers.",
        think="The cache has to be empty before every reading: cold_seconds sees to it.",
    )

check.score()

# %% tags=["nbval-ignore-output"]
table = pd.DataFrame({"uncached": dict(measured) | dict(predicted), "cached, cold": dict(cached)})
table = table.loc[[35, 40, 45]]
shown = table.map(timing.format_seconds)
shown.insert(
    1, "which is", ["measured" if n in dict(measured) else "predicted" for n in table.index]
)
shown["speedup"] = (table["uncached"] / table["cached, cold"]).map(timing.format_figure)
shown.loc[[n in dict(predicted) for n in table.index], "speedup"] += " (predicted)"
print(f"you predicted: {predicted_seconds}")
shown.rename_axis("n")

# %% [markdown]
# Now the picture (1 point): seconds over n, with a log scale for the seconds, and a label on each
# axis. All measured and predicted points belong in it, and whoever sees only the picture must be
# able to tell which are which. The check looks for the points, and for the word *predicted*.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `plotting.growth({name: pairs, ...}, predicted={name: pairs}, exponential=True)` returns the axes.
# </details>


# %% nbgrader={"grade_id": "plot_times", "solution": true} tags=["nbval-ignore-output"]
def plot_times(
    measured: list[tuple[int, float]],
    predicted: list[tuple[int, float]],
    cached: list[tuple[int, float]],
):
    """Draw seconds over n for fibonacci, measured and predicted, and fibonacci_cached.

    Each is a list of pairs (n, seconds). Returns the Axes; the seconds are on a log scale.

    >>> plot_times([(20, 0.1), (25, 1.0)], [(30, 10.0)], [(30, 1e-5)]).get_yscale()
    'log'
    """
    ### BEGIN SOLUTION
    axes = plotting.growth(
        {"fibonacci": measured, "fibonacci_cached, cold": cached},
        predicted={"fibonacci": predicted} if predicted else None,
        exponential=True,
        title="The same numbers, forgotten or remembered",
    )
    axes.set_xlabel("n")
    return axes
    ### END SOLUTION


plot_times(measured, predicted, cached)

# %% nbgrader={"grade_id": "test_plot_times", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("plot_times")


@check.beside
def your_plot(plot_times, measured, predicted, cached):
    drawn = plot_times(measured, predicted, cached)
    axes = drawn if hasattr(drawn, "get_xscale") else next(iter(getattr(drawn, "axes", [])), None)
    if axes is None:
        return None
    points = [line.get_xydata() for line in axes.get_lines()]
    points += [marks.get_offsets() for marks in axes.collections]
    points += [[(b.get_x() + b.get_width() / 2, b.get_height())] for b in axes.patches]
    words = [text.get_text() for text in axes.texts]
    words += [axes.get_title(loc=loc) for loc in ("left", "center", "right")]
    legends = [axes.get_legend(), *axes.get_figure().legends]
    words += [text.get_text() for legend in legends if legend for text in legend.get_texts()]
    return {
        "scale": axes.get_yscale(),
        "labels": [axes.get_xlabel(), axes.get_ylabel()],
        "points": [(float(x), float(y)) for part in points for x, y in part],
        "words": " ".join(words).lower(),
    }


with check.part("All points, on a log scale, measured told apart from predicted", points=1):
    slow = [(25, 0.02), (30, 0.2), (35, 2.5)]
    guess, cold = [(40, 28.0), (45, 300.0)], [(35, 4e-6), (40, 5e-6), (45, 6e-6)]
    ### BEGIN HIDDEN TESTS
    slow, guess, cold = (
        [(n, random.uniform(0.8, 1.2) * seconds * 1.6**n) for n in numbers]
        for numbers, seconds in (
            ((22, 26, 31, 35), 1e-7),
            ((40, 45), 1e-7),
            ((35, 40, 45), 1e-14),
        )
    )
    ### END HIDDEN TESTS
    seen = your_plot(measured=slow, predicted=guess, cached=cold)
    check.true(seen is not None, "No axes came back.", think="End with `return axes`.")
    check.equal(seen["scale"], "log", think='set_yscale("log").')
    check.true(
        all(seen["labels"]),
        f"The labels of the axes are {seen['labels']}.",
        think="What is measured, and in what unit?",
    )
    drawn = {(round(n, 3), float(f"{seconds:.6g}")) for n, seconds in seen["points"]}
    missing = [
        (n, seconds)
        for n, seconds in slow + guess + cold
        if (n, float(f"{seconds:.6g}")) not in drawn
    ]
    check.true(not missing, f"These points are not in the plot: {missing}.")
    check.true(
        any(word in seen["words"] for word in ("predict", "extrapolat", "estimat")),
        "Nothing in the plot says which points are predicted.",
        think="A legend entry of their own, label='predicted', will do.",
    )

check.score()

# %% [markdown]
# The lower line is linear in n: about a quarter more from 35 to 45, which this scale hides, and the
# noise of a busy machine too. So a factor for each step means nothing there.

# %% [markdown]
# ## 5. How deep does it go? · 4 min
#
# A recursive function with an empty cache goes all the way down before anything is remembered, and
# Python bounds how deep. Does it help to raise the bound? We look for the largest n that works,
# once with `lru_cache`, once with a dictionary that is looked up in Python code.


# %% nbgrader={"grade_id": "given_depths", "locked": true}
def with_lru_cache() -> Callable[[int], int]:
    """Return a Fibonacci function with a fresh `lru_cache`."""

    @lru_cache(maxsize=None)
    def function(n):
        return n if n <= 1 else function(n - 1) + function(n - 2)

    return function


def with_dictionary() -> Callable[[int], int]:
    """Return a Fibonacci function with a fresh dictionary."""
    known = {}

    def function(n):
        if n not in known:
            known[n] = n if n <= 1 else function(n - 1) + function(n - 2)
        return known[n]

    return function


def deepest(make_function: Callable, limit: int) -> int:
    """Return the largest n that a fresh function can answer under this recursion limit."""
    before, works, fails = sys.getrecursionlimit(), 1, 2 * limit
    sys.setrecursionlimit(limit)
    try:
        while fails - works > 1:
            n = (works + fails) // 2
            try:
                make_function()(n)
                works = n
            except RecursionError:
                fails = n
    finally:
        sys.setrecursionlimit(before)
    return works


# %% tags=["nbval-ignore-output"]
depths = pd.DataFrame(
    {
        function.__name__: {limit: deepest(function, limit) for limit in (1_000, 3_000, 20_000)}
        for function in (with_lru_cache, with_dictionary)
    }
)
depths.map("{:,}".format).rename_axis("recursion limit").rename(index="{:,}".format)

# %% [markdown]
# With the usual limit both stop a little below 1,000: this notebook's own frames count as well.
# With a higher one the dictionary gets deeper in step, but `lru_cache` comes to a wall. Its wrapper
# is written in C, so every level of the recursion is also one on the C stack, which overflows for
# real. CPython guards that by a bound of its own, which `sys.setrecursionlimit` does not move, and
# which differs between versions and systems: on some it is met before 400 levels. So do not raise
# limits: **fill the cache from below**, in short steps, so that the recursion never has far to go
# (1 point: right for n = 5,000 and more, the values in the cache of `fibonacci_cached`, and the
# recursion limit as it was).

# %% [markdown]
# <details><summary>Hint</summary>
#
# If all up to 200 is known, `fibonacci_cached(400)` is 200 levels deep. And after that?
# </details>


# %% nbgrader={"grade_id": "fibonacci_large", "solution": true}
def fibonacci_large(n: int) -> int:
    """Return fibonacci_cached(n), also for an n of many thousands, by filling its cache from below.

    Leaves the recursion limit alone. Afterwards fibonacci_cached knows n.

    >>> len(str(fibonacci_large(5_000)))
    1045
    """
    ### BEGIN SOLUTION
    for smaller in range(0, n, 200):
        fibonacci_cached(smaller)
    return fibonacci_cached(n)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fibonacci_large", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("fibonacci_large", "fibonacci_cached")

with check.part("Large n, through the cache, without a higher limit", points=1):

    @check.beside
    def fibonacci_large_from_an_empty_cache(fibonacci_large, fibonacci_cached, n):
        import sys

        fibonacci_cached.cache_clear()
        limit = sys.getrecursionlimit()
        try:
            return fibonacci_large(n), sys.getrecursionlimit() - limit
        finally:
            sys.setrecursionlimit(limit)

    @check.beside
    def what_fibonacci_cached_computes_now(fibonacci_cached, n):
        before = fibonacci_cached.cache_info().misses
        fibonacci_cached(n)
        computed = fibonacci_cached.cache_info().misses - before
        fibonacci_cached.cache_clear()
        return computed

    @check.beside
    def functions_called_by_fibonacci_cached(fibonacci_cached, n):
        import sys

        def count(frame, event, arg):
            events.append(event)

        events, before = [], sys.getprofile()
        fibonacci_cached.cache_clear()
        sys.setprofile(count)
        try:
            fibonacci_cached(n)
        finally:
            sys.setprofile(before)
        return events.count("call")

    calls = functions_called_by_fibonacci_cached(n=17)
    check.true(
        calls < 500,
        f"fibonacci_cached(17) makes {checks.measured(f'{calls:,}')} calls: for large n it would "
        "never end.",
        think="The check in section 3 says what is wrong with it.",
    )
    sizes = [0, 1, 2, 800, 5_000]
    ### BEGIN HIDDEN TESTS
    sizes += [random.randrange(4_000, 9_000), random.randrange(3, 400)]
    ### END HIDDEN TESTS
    for n in sizes:
        now, following = 0, 1
        for _ in range(n):
            now, following = following, now + following
        found, change = fibonacci_large_from_an_empty_cache(n=n)
        check.true(
            type(found) is int and found == now, f"fibonacci_large({n}) gave another number."
        )
        check.true(
            change == 0,
            f"The recursion limit was changed by {change}.",
            think="On the next machine, or with the next version, that may not be enough.",
        )
        check.true(
            what_fibonacci_cached_computes_now(n=n) == 0,
            f"After fibonacci_large({n}), fibonacci_cached does not know {n}.",
            think="Does it end with fibonacci_cached(n)? Let that compute smaller numbers first, "
            "each not far above the one before.",
        )

check.score()

# %% [markdown]
# ## 6. What does it cost? · 3 min
#
# Speed is bought with memory. Report both for a given n (1 point). The cache counts its hits and
# misses itself; for the bytes, ask how much is still held after a call that began with an empty
# cache: `memory.allocations(func, *args).net_bytes`.

# %% [markdown]
# <details><summary>Hint: the plan</summary>
#
# Empty the cache, then `memory.allocations(fibonacci_cached, n)`, then ask
# `fibonacci_cached.cache_info()`, which has `.hits`, `.misses` and `.currsize`.
# </details>


# %% nbgrader={"grade_id": "cache_report", "solution": true}
def cache_report(n: int) -> dict[str, int]:
    """Report what fibonacci_cached(n) does to its cache when that is empty at the start.

    Returns {"hits": ..., "misses": ..., "size": values held, "bytes": bytes held after the call}.

    >>> cache_report(30)["misses"]
    31
    """
    ### BEGIN SOLUTION
    fibonacci_cached.cache_clear()
    used = memory.allocations(fibonacci_cached, n)
    counted = fibonacci_cached.cache_info()
    return {
        "hits": counted.hits,
        "misses": counted.misses,
        "size": counted.currsize,
        "bytes": used.net_bytes,
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_cache_report", "grade": true, "points": 1}
import numbers
import random

from helpers import checks

check = checks.Check("cache_report", "fibonacci_cached")

with check.part("Hits, misses, size and bytes for an n", points=1):

    @check.beside
    def bytes_held_after_a_fresh_call(fibonacci_cached, n):
        from helpers import memory

        fibonacci_cached.cache_clear()
        return memory.allocations(fibonacci_cached, n).net_bytes

    for n in (20, random.randrange(100, 300)):
        report = check.learner.cache_report(n)
        check.true(
            type(report) is dict and sorted(report) == ["bytes", "hits", "misses", "size"],
            f"cache_report({n}) gave {report!r}; asked: a dict of hits, misses, size and bytes.",
        )
        check.equal(
            {name: report[name] for name in ("hits", "misses", "size")},
            {"hits": n - 2, "misses": n + 1, "size": n + 1},
            think="Is the cache empty at the start, each time?",
        )
    held = bytes_held_after_a_fresh_call(n=n)
    check.true(
        isinstance(report["bytes"], numbers.Real) and held / 2 < report["bytes"] < 2 * held,
        f"cache_report({checks.measured(n)}) says {checks.measured(report['bytes'])} bytes; "
        f"{checks.measured(held)} are held.",
        think="The cache must be empty before the measurement. sys.getsizeof sees the wrapper "
        "alone, without what it holds. With tracemalloc of your own, gc.collect() before you read: "
        "Python sets freed objects aside, and they still count.",
    )

check.score()

# %% [markdown]
# Beside it, so that the price can be judged, what you would write without recursion: a loop that
# remembers two numbers only.


# %% tags=["nbval-ignore-output"]
def fibonacci_loop(n: int) -> int:
    """Return the n-th Fibonacci number, n of 0 or more, by addition from below."""
    now, following = 0, 1
    for _ in range(n):
        now, following = following, now + following
    return now


assert cache_report(20)["misses"] == 21, "Mend the functions above first: this might never end."
costs, quickly = [], {"repeats": 3, "min_seconds": 0.002}
for n in (35, 100, 300):
    row = cache_report(n)
    row["bytes"] = memory.format_bytes(row["bytes"])
    row["cold"] = timing.format_seconds(cold_seconds(fibonacci_cached, n))
    row["warm"] = timing.format_seconds(timing.measure(fibonacci_cached, n, **quickly).best)
    row["loop"] = timing.format_seconds(timing.measure(fibonacci_loop, n, **quickly).best)
    row["loop holds"] = memory.format_bytes(sys.getsizeof(fibonacci_loop(n)))
    costs.append({"n": n} | row)
pd.DataFrame(costs).set_index("n")

# %% [markdown]
# Two different gains, then. That each n is computed *once* turns exponential into linear, and the
# loop has that too, without a cache, in less time and with one number to hold. What only the cache
# has is the column *warm*: the second question costs a lookup, however long the first one took.
# A cache pays where questions **come again**, and an unbounded one keeps every answer until the
# process ends.

# %% [markdown]
# ## 7. Challenge: a cache that forgets · 14 min
#
# `lru_cache` never asks whether an answer is still true. An exchange rate, a price, a DNS entry are
# good for a while. Build a cache that gives each value a *time to live*. Its docstrings are the
# contract; what the check looks at, a point each:
#
# - `get` and `set`: a value is there until it is as old as the time to live;
# - decorated functions: every call gets the value of its own function and arguments;
# - decorated functions: `None` is a value, an exception is not, name and docstring stay;
# - what has expired is freed, and `maxsize` is kept (both seen in peak memory);
# - a `set` or `get` takes no longer when the cache holds more (timed with 250 to 4,000 values);
# - threads: no errors, and no waiting for another call's function.

# %% [markdown]
# <details><summary>Hint 1: what to store</summary>
#
# With each value, the time at which it expires: `self.clock() + self.ttl`. A call of the clock that
# is handed in, never `time.time()`: that one jumps when somebody sets the computer's clock.
# </details>
#
# <details><summary>Hint 2: freeing without looking at everything</summary>
#
# All values live equally long, so they expire in the order in which they were set. Keep them in
# that order (`move_to_end` for a key that is set anew). Then the expired ones are in front: look at
# the first, let it go if it has expired (`popitem(last=False)`), and stop at one that has not.
# </details>
#
# <details><summary>Hint 3: None, or nothing?</summary>
#
# `MISSING = object()` is a value that nobody else has: `self.get(key, MISSING) is MISSING` can only
# mean that there is none.
# </details>
#
# <details><summary>Hint 4: the decorator, nearly</summary>
#
# ```python
# @functools.wraps(func)
# def wrapper(*args, **kwargs):
#     key = ...                        # the function, the args, and the kwargs in some order
#     value = self.get(key, MISSING)
#     if value is MISSING:
#         value = ...                  # not inside `with self.lock`: it may take long
#         self.set(key, value)
#     return value
# ```
# </details>
#
# <details><summary>Hint 5: a cell that does not come back</summary>
#
# `self.lock` can be held once. Whoever holds it and calls a method that takes it waits for himself,
# for ever. Interrupt the kernel (■), and look where `with self.lock` encloses a call.
# </details>


# %% nbgrader={"grade_id": "TTLCache", "solution": true}
class TTLCache:
    """Cache with time-to-live functionality. It may be used from several threads.

    ttl_seconds: a value is there as long as fewer seconds than this have passed since it was set.
    maxsize: the most values it holds, 1 or more (None: any number). Which one goes to make room
        for a new key is up to you, but the new one stays.
    clock: tells the time in seconds, and never goes backwards; a test hands in one of its own.

    >>> clock = counting.Clock()
    >>> cache = TTLCache(10, clock=clock)
    >>> cache.set("rate", 1.08); clock.advance(9.5); cache.get("rate")
    1.08
    >>> clock.advance(0.5); cache.get("rate", "gone")
    'gone'
    """

    def __init__(
        self,
        ttl_seconds: float = 60,
        *,
        maxsize: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.ttl = ttl_seconds
        self.maxsize = maxsize
        self.clock = clock
        self.cache = OrderedDict()  # a dict that can also let its first entry go, and move one
        self.lock = threading.Lock()

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value that was set for `key`; `default` if there is none, or it has expired.

        To be looked at does not make a value live longer.
        """
        ### BEGIN SOLUTION
        with self.lock:
            self._free_expired()
            value, _expires = self.cache.get(key, (default, None))
            return value
        ### END SOLUTION

    def set(self, key: Any, value: Any) -> None:
        """Keep `value` for `key` from now on, in place of the one before; free what has expired."""
        ### BEGIN SOLUTION
        with self.lock:
            self._free_expired()
            self.cache[key] = value, self.clock() + self.ttl
            self.cache.move_to_end(key)
            if self.maxsize is not None and len(self.cache) > self.maxsize:
                self.cache.popitem(last=False)

    def _free_expired(self) -> None:
        """Let go of what has expired; the lock must be held."""
        now = self.clock()
        while self.cache:
            _value, expires = next(iter(self.cache.values()))
            if now < expires:
                break
            self.cache.popitem(last=False)
        ### END SOLUTION

    def __call__(self, func: Callable) -> Callable:
        """Decorate `func`, so that a call with equal arguments is answered from this cache.

        Positional and keyword arguments count, and must be hashable. Functions decorated by the
        same cache do not get each other's values. `None` is a value like any other. What `func`
        raises is passed on, and the next call tries again. While `func` runs the lock is not held:
        it may call itself, and other threads go on. Name and docstring stay those of `func`.
        """
        ### BEGIN SOLUTION
        missing = object()

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = func, args, frozenset(kwargs.items())
            value = self.get(key, missing)
            if value is missing:
                value = func(*args, **kwargs)
                self.set(key, value)
            return value

        return wrapper
        ### END SOLUTION


# %% nbgrader={"grade_id": "test_TTLCache", "grade": true, "points": 3}
import functools
import queue
import random
import threading

from helpers import checks, counting

check = checks.Check("TTLCache")


def in_time(scenario, seconds=5):
    """The scenario, given up when it does not come back: a lock may never be let go."""

    @functools.wraps(scenario)
    def run(*args, **kwargs):
        def work():
            try:
                outcome.put((scenario(*args, **kwargs), None))
            except BaseException as error:
                outcome.put((None, error))

        outcome = queue.SimpleQueue()
        threading.Thread(target=work, daemon=True).start()
        try:
            result, error = outcome.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError("not finished. Does it wait for a lock that it holds?") from None
        if error is not None:
            raise error
        return result

    return run


@check.beside
@in_time
def a_cache_for_10_seconds(TTLCache, steps):
    clock = counting.Clock()
    cache = TTLCache(10, clock=clock)
    got = []
    for step, *rest in steps:
        if step == "wait":
            clock.advance(*rest)
        elif step == "get":
            got.append(cache.get(*rest))
        else:
            cache.set(*rest)
    return got


def check_steps(steps, expected, think):
    got = a_cache_for_10_seconds(steps=steps)
    told = ", ".join(f"{step} {' '.join(map(repr, rest))}" for step, *rest in steps[:12])
    check.true(
        got == expected and [*map(type, got)] == [*map(type, expected)],
        f"{told}: the gets gave {got[:12]}; expected {expected[:12]}.",
        think,
    )


with check.part("A value is there until it is as old as the time to live", points=1):
    set_a, get_a = ["set", "a", 1], ["get", "a"]
    for steps, expected, think in [
        ([get_a, set_a, get_a], [None, 1], "What is not there is None."),
        ([set_a, ["wait", 9.75], get_a, ["wait", 0.5], get_a], [1, None], "Which clock is it?"),
        ([set_a, ["wait", 10], get_a], [None], "With an age of 10 seconds it has expired."),
        (
            [set_a, ["wait", 6], ["set", "a", 2], ["wait", 6], get_a],
            [2],
            "A new value has its whole life before it.",
        ),
        (
            [set_a, ["wait", 6], get_a, ["wait", 6], get_a],
            [1, None],
            "To be looked at does not make a value live longer.",
        ),
        (
            [
                ["set", "a", None],
                ["get", "a", "?"],
                ["get", "b", "?"],
                ["set", "b", 0],
                ["get", "b"],
            ],
            [None, "?", 0],
            "A value of None or 0 is a value; the default stands for one that is not there.",
        ),
    ]:
        check_steps(steps, expected, think)
    ### BEGIN HIDDEN TESTS
    for _ in range(5):
        steps, expected, now, known = [], [], 0, {}
        for number in range(300):
            key = random.choice(["a", "b", ("c", 1), 4, None])
            match random.choice(["set", "get", "get", "wait"]):
                case "wait":
                    seconds = random.choice([0, 0.5, 1, 2.5, 10])
                    steps.append(["wait", seconds])
                    now += seconds
                case "set":
                    steps.append(["set", key, number])
                    known[key] = number, now
                case "get":
                    value, since = known.get(key, (None, now))
                    steps.append(["get", key, -1])
                    expected.append(value if value is not None and now - since < 10 else -1)
        check_steps(steps, expected, "These are random steps: what do they have in common?")
    ### END HIDDEN TESTS


@check.beside
@in_time
def a_function_cached_for_10_seconds(TTLCache, calls):
    clock, times = counting.Clock(), []

    def describe(*args, **kwargs):
        times.append(clock.now)
        return [list(args), sorted(kwargs.items())]

    describe = TTLCache(10, clock=clock)(describe)
    results = []
    for seconds, args, kwargs in calls:
        clock.advance(seconds)
        results.append(describe(*args, **kwargs))
    return results, len(times)


@check.beside
@in_time
def functions_of_one_cache(TTLCache, n):
    cache = TTLCache(10)

    def times(factor):
        @cache
        def multiply(n):
            return factor * n

        return multiply

    @cache
    def square(n):
        return n * n

    double, triple = times(2), times(3)
    return [(double(n), triple(n), square(n)) for _ in range(2)]


@check.beside
@in_time
def two_arguments_that_look_alike(TTLCache):
    class Account:
        def __init__(self, owner):
            self.owner = owner

        def __repr__(self):
            return "an account"

    @TTLCache(10)
    def owner(account):
        return account.owner

    ann, bob = Account("Ann"), Account("Bob")
    return [owner(ann), owner(bob), owner(ann)]


with check.part("Every call gets the value of its own function and arguments", points=1):
    calls = [(0, (1, 2), {}), (0, (2, 1), {}), (0, (1,), {"b": 2}), (0, (1,), {"b": 3})]
    calls += [(0, (1,), {"c": 2}), (0, (), {"a": 1, "b": 2}), (0, ("1", 2), {}), (0, (), {})]
    ### BEGIN HIDDEN TESTS
    calls += [(0, ((1, 2),), {}), (0, (1, ("b", 2)), {}), (0, (("b", 2), 1), {}), (0, ((),), {})]
    calls += [(0, (None,), {}), (0, ("1, 2",), {}), (0, (1, "b", 2), {}), (0, (1, 2, 3), {})]
    calls += [(0, (random.random(),), {"b": random.randrange(9)}) for _ in range(9)]
    calls += [(0, (-1,), {}), (0, (-2,), {})]  # their hashes are equal
    ### END HIDDEN TESTS
    distinct, calls = len(calls), calls + random.sample(calls, len(calls))
    results, times = a_function_cached_for_10_seconds(calls=calls)
    for (_, args, kwargs), result in zip(calls, results, strict=True):
        check.true(
            result == [list(args), sorted(kwargs.items())],
            f"A call with args {args} and kwargs {kwargs} got the value of another one: {result}.",
            think="Two different calls need two different keys. Are the kwargs part of it?",
        )
    check.true(
        times == distinct,
        f"{distinct} different calls, each made twice, ran the function {times} times.",
        think="The second time, the value is there.",
    )
    for first in 0, 3, 8:  # the clock at the first call
        _, times = a_function_cached_for_10_seconds(
            calls=[(seconds, (7,), {}) for seconds in (first, 6, 6, 6)]
        )
        check.equal(
            times,
            2,
            think=f"Four calls, 6 seconds apart, the first when the clock says {first}: the third "
            "finds the value expired, the others do not. It lives from when it was set.",
        )
    n = random.randrange(3, 99)
    check.equal(
        functions_of_one_cache(n=n),
        [(2 * n, 3 * n, n * n)] * 2,
        think="Three functions, called with the same n. Is the function part of the key? The first "
        "two have the same name.",
    )
    check.equal(
        two_arguments_that_look_alike(),
        ["Ann", "Bob", "Ann"],
        think="The two arguments are not equal, but str of both is. Put the arguments into the key "
        "themselves: they are hashable.",
    )

with check.part("None is a value, an exception is not; name and docstring stay", points=1):

    @check.beside
    @in_time
    def calls_of_a_function_that_returns(TTLCache, value):
        times = []

        def find(name):
            """Look a name up."""
            times.append(name)
            return value

        find = TTLCache(10)(find)
        results = [find("x") for _ in range(3)]
        return results, len(times), find.__name__, find.__doc__

    @check.beside
    @in_time
    def a_function_that_fails_at_first(TTLCache, failures):
        times, seen = [], []

        @TTLCache(10)
        def fetch(name):
            times.append(name)
            if len(times) <= failures:
                raise ConnectionError("no answer")
            return "page"

        for _ in range(failures + 2):
            try:
                seen.append(fetch("x"))
            except ConnectionError as error:
                seen.append(f"ConnectionError: {error}")
        return seen, len(times)

    for value in (None, 0, "", False):
        results, times, *named = calls_of_a_function_that_returns(value=value)
        check.equal(results, [value] * 3)
        check.equal(times, 1, think=f"{value!r} is a value like any other: how do you tell it from "
                    "one that is not there?")  # fmt: skip
        check.equal(named, ["find", "Look a name up."], think="functools.wraps copies them.")
    failures = 2
    ### BEGIN HIDDEN TESTS
    failures = random.randrange(1, 5)
    ### END HIDDEN TESTS
    check.equal(
        a_function_that_fails_at_first(failures=failures),
        (["ConnectionError: no answer"] * failures + ["page"] * 2, failures + 1),
        think="The exception reaches the caller, nothing is kept, and the next call tries again.",
    )

check.score()

# %% [markdown]
# Right? Then: is it lean, is it quick, and can several threads use it?

# %% nbgrader={"grade_id": "test_TTLCache_at_work", "grade": true, "points": 3}
import functools
import queue
import random
import threading
import time

from helpers import checks, counting

check = checks.Check("TTLCache")


def in_time(scenario, seconds=5):
    """The scenario, given up when it does not come back: a lock may never be let go."""

    @functools.wraps(scenario)
    def run(*args, **kwargs):
        def work():
            try:
                outcome.put((scenario(*args, **kwargs), None))
            except BaseException as error:
                outcome.put((None, error))

        outcome = queue.SimpleQueue()
        threading.Thread(target=work, daemon=True).start()
        try:
            result, error = outcome.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError("not finished. Does it wait for a lock that it holds?") from None
        if error is not None:
            raise error
        return result

    return run


with check.part("What has expired is freed, and maxsize is kept", points=1):

    @check.beside
    @in_time
    def blocks_that_come_and_go(TTLCache, blocks, block_bytes):
        clock, sizes = counting.Clock(), 0
        cache, decorated = TTLCache(10, clock=clock), TTLCache(10, clock=clock)
        make = decorated(lambda number: bytearray(block_bytes))
        for number in range(blocks // 2):
            cache.set(number, bytearray(block_bytes))
            sizes += len(cache.get(number)) + len(make(number))
            clock.advance(1)
        return sizes

    @check.beside
    @in_time
    def blocks_in_a_bounded_cache(TTLCache, blocks, block_bytes):
        cache = TTLCache(10, maxsize=20, clock=counting.Clock())
        for number in range(blocks):
            cache.set(number, bytearray(block_bytes))
        return sum(cache.get(number) is not None for number in range(blocks))

    @check.beside
    @in_time
    def keys_left_in_a_full_cache(TTLCache, maxsize, keys):
        clock = counting.Clock()
        cache = TTLCache(100, maxsize=maxsize, clock=clock)
        newest = []
        for key in keys:
            clock.advance(1)
            cache.set(key, key)
            newest.append(cache.get(key) == key)
        return len([key for key in set(keys) if cache.get(key) is not None]), all(newest)

    blocks, block_bytes = 2_000, 2**16
    found = check.peak(
        blocks_that_come_and_go,
        blocks,
        block_bytes,
        at_most=32 * 2**20,
        think="20 blocks of 64 KiB are good at any time; 125 MiB pass through. A value that nobody "
        "asks for any more has to go as well: at a `set`, say.",
    )
    check.equal(found, blocks * block_bytes)
    found = check.peak(
        blocks_in_a_bounded_cache,
        blocks,
        block_bytes,
        at_most=16 * 2**20,
        think="maxsize was 20.",
    )
    check.equal(found, 20, think="With maxsize=20, and nothing expired, there are 20 values.")
    for keys, left in ([1, 2, 3, 4, 5], 3), ([1, 2, 3, 1, 2, 3], 3), ([1, 1, 2, 2], 2):
        check.equal(
            keys_left_in_a_full_cache(maxsize=3, keys=keys),
            (left, True),
            think="(values left, was each there right after its set). The new value stays, another "
            "goes. A key that is there already needs no room.",
        )

with check.part("A set or get takes no longer when the cache holds more", points=1):

    @check.beside
    @in_time
    def a_cache_with_half_of_the_numbers(TTLCache, numbers):
        clock = counting.Clock()
        cache = TTLCache(len(numbers) // 2, clock=clock)
        found = 0
        for position, number in enumerate(numbers):
            cache.set(number, position)
            found += cache.get(numbers[position // 2], -1) >= 0
            clock.advance(1)
        return found

    def distinct_numbers(n):
        return (random.sample(range(10**9), n),)

    check.grows(
        a_cache_with_half_of_the_numbers,
        on=distinct_numbers,
        right=lambda found, numbers: found in (len(numbers) - 1, len(numbers)),
        sizes=[250, 500, 1_000, 2_000, 4_000],
        below=1.45,
        think="Where do you go through all that is in the cache? Values expire in the order in "
        "which they were set: those that have are in front.",
    )

with check.part("Threads: no errors, and no waiting for another call's function", points=1):

    class Moment(float):
        """A time at which other threads go first, whenever something is done with it."""

    def going_last(method):
        def use(self, other):
            time.sleep(0)
            return method(self, other)

        return use

    for name in ("lt", "le", "gt", "ge", "add", "radd", "sub", "rsub"):
        setattr(Moment, f"__{name}__", going_last(getattr(float, f"__{name}__")))

    @check.beside
    @in_time
    def four_threads_at_one_cache(TTLCache, rounds):
        clock = counting.Clock()
        cache = TTLCache(10, clock=lambda: Moment(clock.now))
        small = TTLCache(10, maxsize=3, clock=lambda: Moment(clock.now))
        square = small(lambda number: number**2)
        wrong = []

        def let_all_expire():
            for number in range(5):
                cache.set(number, number)
            clock.advance(10)

        def work(own):
            try:
                for number in range(rounds):
                    together.wait()
                    cache.set(own, number)
                    if cache.get(own) != number:
                        wrong.append("a value was gone right after its set")
                    if small.get(number, number) != number or square(own) != own**2:
                        wrong.append("a value of another key")
                    small.set(number, number)
            except threading.BrokenBarrierError:
                pass
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")
                together.abort()

        together = threading.Barrier(4, action=let_all_expire)
        threads = [threading.Thread(target=work, args=[n], daemon=True) for n in range(100, 104)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return wrong[:2]

    @check.beside
    @in_time
    def a_cached_function_that_calls_itself(TTLCache, n):
        @TTLCache(60)
        def fibonacci(n):
            return n if n <= 1 else fibonacci(n - 1) + fibonacci(n - 2)

        return fibonacci(n)

    @check.beside
    @in_time
    def two_slow_calls_at_once(TTLCache):
        meeting = threading.Barrier(2)

        @TTLCache(60)
        def wait_for_the_other(name):
            try:
                meeting.wait(timeout=3)
                return "met"
            except threading.BrokenBarrierError:
                return "waited in vain"

        found = []
        threads = [
            threading.Thread(target=lambda name=name: found.append(wait_for_the_other(name)))
            for name in "ab"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    check.equal(
        four_threads_at_one_cache(rounds=30),
        [],
        think="Between two lines of yours, another thread may do anything to the cache. `with "
        "self.lock:` around all that belongs together.",
    )
    check.equal(
        a_cached_function_that_calls_itself(n=40),
        102334155,
        think="Is the lock held while the function runs?",
    )
    check.equal(
        two_slow_calls_at_once(),
        ["met", "met"],
        think="Two calls with different arguments should run at the same time. Is the lock held "
        "while the function runs?",
    )

check.score()

# %% [markdown]
# What does a time to live buy, and what does it cost? A price that changes now and then is asked
# for about twice a second, for an hour of a clock that costs us no time. How many questions does
# the cache answer, and how many of its answers are out of date?


# %%
def simulate(ttl_seconds: float, questions: int = 7_200) -> dict[str, str]:
    """Ask for a price that changes every 20 seconds or so, through a TTLCache."""
    rng, clock = random.Random(4), counting.Clock()
    cache = TTLCache(ttl_seconds, clock=clock)
    price = looked_up = outdated = 0
    for _ in range(questions):
        clock.advance(rng.random())
        if rng.random() < 1 / 40:
            price += 1
        answer = cache.get("coffee")
        if answer is None:
            answer = price
            looked_up += 1
            cache.set("coffee", answer)
        outdated += answer != price
    return {
        "looked up": f"{looked_up:,}",
        "from the cache": f"{1 - looked_up / questions:.0%}",
        "out of date": f"{outdated / questions:.1%}",
    }


pd.DataFrame({f"{ttl:g} s": simulate(ttl) for ttl in (0.5, 2, 5, 20, 60)}).T.rename_axis("TTL")

# %% [markdown]
# The first few seconds bring most of the gain. After that you pay in wrong answers. How old an
# answer may be is no question of speed: whoever needs the answer decides it.

# %% [markdown]
# ## 8. Test it · 6 min
#
# How do you know that your cache is right? The check above said so; in your own projects there will
# be none. Write a function that is handed a class and raises (a failed `assert` does) if it is
# *not* a TTLCache as described, and returns if it is.
#
# How good are tests? As good as the mistakes that they catch. So the check hands your function a
# right cache, which it must accept, and broken ones, each of which breaks one promise of the
# docstrings. Here it takes your own class as the right one, and breaks it in four ways. The grader
# brings caches of its own: right ones, and ten that are broken. **1 point** for half of the broken
# ones, **1 more** for three of four here, eight of ten there. Go by `get`, `set` and decorated
# functions, not by what is inside; and turn a `counting.Clock()` rather than sleep.

# %% [markdown]
# <details><summary>Hint 1: where to look</summary>
#
# Go through the docstrings sentence by sentence. For each: what would a cache do that breaks it,
# and which two or three lines would notice?
# </details>
#
# <details><summary>Hint 2: the first test</summary>
#
# ```python
# clock = counting.Clock()
# cache = TTLCache(10, clock=clock)
# cache.set("a", 1)
# clock.advance(9)
# assert cache.get("a") == 1, "gone too early"
# clock.advance(1)
# assert cache.get("a") is None, "there too long"
# ```
# </details>
#
# <details><summary>Hint 3: decorated functions</summary>
#
# `counting.counted(func)` counts its calls: `.tally.calls`. Then ask how often it ran: for equal
# arguments, for other keyword arguments, when it returns `None`, after it has raised.
# </details>


# %% nbgrader={"grade_id": "ttl_cache_tests", "solution": true}
def test_ttl_cache(TTLCache: type) -> None:
    """Raise AssertionError, or another exception, if the class breaks a promise of TTLCache.

    >>> test_ttl_cache(TTLCache)
    """
    ### BEGIN SOLUTION
    clock = counting.Clock()
    cache = TTLCache(10, clock=clock)
    assert cache.get("a", 7) == 7, "the default"

    cache.set("a", 0)
    clock.advance(9.75)
    assert cache.get("a", 7) == 0, "gone too early, or 0 taken for nothing"
    clock.advance(0.25)
    assert cache.get("a", 7) == 7, "there too long, or kept alive by get"
    assert cache.get("a") is None, "the default of the default"

    cache.set("a", 1)
    clock.advance(6)
    cache.set("a", 2)
    clock.advance(6)
    assert cache.get("a") == 2, "set again: the new value, with a life of its own"

    small = TTLCache(10, maxsize=2, clock=clock)
    for key in "abc":
        small.set(key, key)
    assert sum(small.get(key) is not None for key in "abc") == 2, "maxsize"
    assert small.get("c") == "c", "the newest stays"
    assert cache.get("b") is None, "caches share their values"

    @counting.counted
    def echo(*args, **kwargs):
        """Return what it was called with."""
        return args, kwargs

    cached = cache(echo)
    for kwargs in ({}, {"b": 2}, {"b": 3}, {"c": 2}, {"b": 2}):
        assert cached(1, **kwargs) == ((1,), kwargs), "the value of another call"
    assert echo.tally.calls == 4, "the function ran again"
    assert cached.__name__ == "echo", "the name is lost"
    clock.advance(10)
    cached(1)
    assert echo.tally.calls == 5, "an expired call"
    assert cache(lambda *args: "another")(1) == "another", "functions share their values"

    nothing = counting.counted(lambda: None)
    cached = cache(nothing)
    assert [cached(), cached(), nothing.tally.calls] == [None, None, 1], "None is a value"

    attempts = []

    @cache
    def unstable():
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError
        return "page"

    for expected in ("raised", "page"):
        try:
            found = unstable()
        except ConnectionError:
            found = "raised"
        assert found == expected, "an exception is passed on, and not kept"
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_ttl_cache_tests", "grade": true, "points": 2}
import functools
import queue
import random
import threading

from helpers import checks

check = checks.Check("test_ttl_cache")


def verdict_of(test, cache_class, seconds=8):
    """'accepted', or what the test raised; it is given up when it does not come back."""

    def work():
        try:
            answer = test(cache_class)
            outcome.put("accepted" if answer is not False else "it returned False")
        except NotImplementedError as error:
            outcome.put(error)
        except BaseException as error:
            outcome.put(f"{type(error).__name__}: {error!s:.200}")

    outcome = queue.SimpleQueue()
    threading.Thread(target=work, daemon=True).start()
    try:
        said = outcome.get(timeout=seconds)
    except queue.Empty:
        return f"not finished after {seconds} s"
    if isinstance(said, NotImplementedError):
        raise said
    return said


@check.beside
def your_tests(test_ttl_cache, TTLCache, flaw):
    """What they say of the learner's own cache, with a flaw of this kind."""
    own = TTLCache

    if flaw == "values never expire":

        class TTLCache(own):
            def __init__(self, ttl_seconds=60, *, maxsize=None, clock=None):
                super().__init__(ttl_seconds, maxsize=maxsize, clock=lambda: 0.0)

    elif flaw == "to be looked at makes a value live longer":

        class TTLCache(own):
            def get(self, key, default=None):
                missing = object()
                value = super().get(key, missing)
                if value is missing:
                    return default
                self.set(key, value)
                return value

    elif flaw == "maxsize is not kept":

        class TTLCache(own):
            def __init__(self, ttl_seconds=60, *, maxsize=None, **options):
                super().__init__(ttl_seconds, **options)

    elif flaw == "a decorated function's keyword arguments are not part of the key":

        class TTLCache(own):
            def __call__(self, func):
                given = {}
                by_args = super().__call__(functools.wraps(func)(lambda *a: func(*a, **given)))

                @functools.wraps(func)
                def wrapper(*args, **kwargs):
                    given.clear()
                    given.update(kwargs)
                    return by_args(*args)

                return wrapper

    else:
        TTLCache = own
    TTLCache.__qualname__ = "TTLCache"
    return verdict_of(test_ttl_cache, TTLCache)


FLAWS = [
    "values never expire",
    "to be looked at makes a value live longer",
    "maxsize is not kept",
    "a decorated function's keyword arguments are not part of the key",
]
broken = {flaw: functools.partial(your_tests, flaw=flaw) for flaw in FLAWS}
right, whose = [functools.partial(your_tests, flaw="")], "your TTLCache"
### BEGIN HIDDEN TESTS
SOURCE = '''
import functools, threading, time
from collections import OrderedDict
class TTLCache:
    """Cache with time-to-live functionality."""
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache, self.lock = OrderedDict(), threading.RLock()
    def get(self, key, default=None):
        with self.lock:
            value, expires = self.cache.get(key, (default, None))
            if expires is None:
                return default
            if self.clock() >= expires:
                del self.cache[key]
                return default
            return value
    def set(self, key, value):
        with self.lock:
            now = self.clock()
            self.cache[key] = value, now + self.ttl
            self.cache.move_to_end(key)
            while self.cache and now >= next(iter(self.cache.values()))[1]:
                self.cache.popitem(last=False)
            if self.maxsize is not None and len(self.cache) > self.maxsize:
                self.cache.popitem(last=False)
    def __call__(self, func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = (func, args, tuple(sorted(kwargs.items())))
            found = self.get(key)
            if found is None:
                found = (func(*args, **kwargs),)
                self.set(key, found)
            return found[0]
        return wrapper
'''
CHANGES = {
    "values never expire": [(">= expires", "< 0"), ("and now >= next", "and 0 > next")],
    "a value is still there when it is exactly as old as the time to live": [
        (">= expires", "> expires"),
        ("and now >= next", "and now > next"),
    ],
    "to be looked at makes a value live longer": [
        (
            "            return value\n",
            "            self.set(key, value)\n            return value\n",
        )
    ],
    "a key that is set again expires when its first value would have": [
        ("= value, now + self.ttl\n", "= value, self.cache.get(key, (0, now + self.ttl))[1]\n")
    ],
    "it goes by a clock of its own, not by the one that it is handed": [
        ("self.clock() >= expires", "time.monotonic() >= expires"),
        ("now = self.clock()", "now = time.monotonic()"),
    ],
    "a decorated function that returned None runs again": [
        (
            "                self.set(key, found)",
            "                found[0] is None or self.set(key, found)",
        )
    ],
    "a decorated function's keyword arguments are not part of the key": [
        (", tuple(sorted(kwargs.items())))", ")")
    ],
    "an exception is kept, and raised again": [
        (
            "                found = (func(*args, **kwargs),)\n",
            "                try:\n"
            "                    found = (func(*args, **kwargs),)\n"
            "                except Exception as error:\n"
            "                    found = (error,)\n",
        ),
        (
            "            return found[0]\n",
            "            if isinstance(found[0], Exception):\n"
            "                raise found[0]\n"
            "            return found[0]\n",
        ),
    ],
    "two functions that it decorates get each other's values": [("(func, args,", "(args,")],
    "maxsize is not kept": [("len(self.cache) > self.maxsize", "False")],
}
OTHER = """
import functools, threading, time
class TTLCache:
    '''Values for a while.'''
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache, self.lock = {}, threading.Lock()
    def get(self, key, default=None):
        with self.lock:
            self.sweep()
            return self.cache[key][0] if key in self.cache else default
    def set(self, key, value):
        with self.lock:
            self.sweep()
            self.cache.pop(key, None)
            self.cache[key] = value, self.clock() + self.ttl
            if self.maxsize is not None and len(self.cache) > self.maxsize:
                del self.cache[next(iter(self.cache))]
    def sweep(self):
        now = self.clock()
        self.cache = {key: kept for key, kept in self.cache.items() if now < kept[1]}
    def __call__(self, func):
        nothing, own = object(), object()
        def wrapper(*args, **kwargs):
            key = own, args, frozenset(kwargs.items())
            value = self.get(key, nothing)
            if value is nothing:
                value = func(*args, **kwargs)
                self.set(key, value)
            return value
        return functools.update_wrapper(wrapper, func)
"""


@check.beside
def your_tests_on_a_cache_of_ours(test_ttl_cache, source):
    names = {"__name__": "__main__"}
    exec(source, names)
    return verdict_of(test_ttl_cache, names["TTLCache"])


def changed(changes):
    source = SOURCE
    for old, new in changes:
        assert source.count(old) >= 1, old
        source = source.replace(old, new)
    return functools.partial(your_tests_on_a_cache_of_ours, source=source)


broken = {flaw: changed(changes) for flaw, changes in CHANGES.items()}
right = [changed([]), functools.partial(your_tests_on_a_cache_of_ours, source=OTHER)] * 2
whose = "a right cache"
### END HIDDEN TESTS


@functools.cache
def verdicts():
    """What the tests say of every cache, in an order that tells nothing."""
    handed = [*enumerate(right), *broken.items()]
    random.shuffle(handed)
    return {name: hand_it() for name, hand_it in handed}


def check_tests(share, think):
    refused = [
        said for name, said in verdicts().items() if name not in broken and said != "accepted"
    ]
    check.true(
        not refused,
        f"Your tests do not accept {whose}: {refused[:1]}.",
        think="Which promise does that line test? Read it in the docstrings once more.",
    )
    missed = [flaw for flaw in broken if verdicts()[flaw] == "accepted"]
    check.at_least(
        len(broken) - len(missed),
        round(share * len(broken)),
        what=f"of {len(broken)} broken caches caught",
        think=f"{think} Not caught: {'; '.join(missed)}.",
    )


with check.part("Your tests accept a right cache, and catch half of the broken ones", points=1):
    check_tests(1 / 2, "Each of these breaks a promise and goes unnoticed.")

with check.part("Your tests catch nearly all of the broken ones", points=1):
    check_tests(4 / 5, "Each of these breaks a promise and goes unnoticed.")

check.score()

# %% [markdown]
# ## 9. Report · 5 min
#
# A colleague wants to put `@lru_cache(maxsize=None)` on every function of a web service. Answer in
# 150 to 200 words, with figures from *your* tables (5 points, read by a person):
#
# 1. **Technique and evidence:** why is the cached function so much faster? The speedups at 35 and
#    at 45: which of your figures are measured, and which predicted?
# 2. **Memory against speed:** what is paid, for how long, and what would the loop pay?
# 3. **Limits:** for which functions is a cache wrong, or useless? What happens with large n?
# 4. **TTL:** when would you rather use your `TTLCache`, and how would you choose its time to live?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Technique and evidence.* `fibonacci` asks for the same few numbers again and again: its calls
# grow by the golden ratio with each n. The cache computes n + 1 and looks up the rest. On my
# machine that is some 150,000 times as fast at 35, cold, both measured; at 45 some ten million
# times, against two minutes or so that are only predicted from the line up to 35.
#
# *Memory against speed.* The cache keeps every answer until the process ends: 2 KiB for 35, 23
# KiB for 300, growing faster than n as the numbers get longer. The loop holds one number and
# beats a cold cache: the recursion needed an order, not a cache. A cache wins when questions come
# again: a lookup takes some 30 ns.
#
# *Limits.* Wrong for functions whose answer changes or that do something. Useless where arguments
# hardly ever repeat; unbounded, it then fills the memory. Nearly 1,000 levels deep the recursion
# fails, unless the cache is filled from below.
#
# *TTL.* For prices, DNS, permissions. Its time to live is the age at which an answer does harm:
# in the simulation one of 5 s answers nine of ten questions from the cache, one of 60 s hardly
# more, but most of its answers are out of date. I would set `maxsize` too.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables.
#
# - **1** for why: the same subproblems over and over, each computed once; exponential to linear.
# - **1** for the speedups at 35 and 45 with a clear word on what is measured and what predicted.
#   ½ if one is missing, or predicted figures are told as if they had been measured.
# - **1** for memory against speed: what is held (every answer, growing with n) and for how long,
#   with a figure from section 6, and that the loop needs none of it. ½ without figure or loop.
# - **1** for two limits with their reasons: answers that change, side effects, unhashable or never
#   repeated arguments, shared mutable results, unbounded growth, recursion depth. ½ for one.
# - **1** for the TTL: a case where answers go out of date, and the time to live chosen by how old
#   an answer may be, or by the trade-off in the simulation. ½ for the case alone.
#
# The sample answer gets 5. "The cache is thousands of times as fast and only needs a little memory,
# so we should use it everywhere" gets ½: half of the third.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Count the questions.** Many calls about few different arguments: that is what a cache is for.
# - **Cold or warm?** A timer that repeats a cached call times a lookup. Say which of the two you
#   measured, and never pass a prediction off as a measurement.
# - An unbounded cache asked ever new questions is a leak with a good name. `maxsize` bounds its
#   size, a time to live the age of its answers.
# - Recursion through `lru_cache` uses the C stack, which has a bound of its own: fill the cache
#   from below.
# - A cached answer was true once. How long is it good for? A clock that tests can turn makes that
#   question testable, and tests are as good as the mistakes that they catch.
