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
# # Exercise 2: Algorithm optimization
#
# **Objective:** replace a quadratic algorithm by a linear one, and show by counts, by the clock and
# in a picture that it grows as you say.
#
# **Time:** 30–45 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** lists, sets and dictionaries, and how to pass a function to a function.
# O(n²) means: with ten times the data, about a hundred times the work. O(n) means: ten times.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import random
import sys
import timeit
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd

from helpers import counting, memory, plotting, timing

# %% [markdown]
# ## 1. Predict · 3 min
#
# Here is a function that works, and a maker of data to try it on. Read both, but **run nothing else
# yet**. How often is the innermost `if` reached for a list of 100 numbers? And for 10,000?


# %% nbgrader={"grade_id": "given_slow", "locked": true}
def find_duplicates_slow(numbers: list[int]) -> list[int]:
    """Return each value that occurs more than once, by comparing every pair."""
    duplicates = []
    for position, value in enumerate(numbers):
        for later in range(position + 1, len(numbers)):
            if value == numbers[later] and value not in duplicates:
                duplicates.append(value)
    return duplicates


random_numbers = random.Random(2)


def generate_test_data(size: int) -> list[int]:
    """Return `size` random whole numbers, drawn from half as many: a good part occurs again."""
    return [random_numbers.randint(1, max(1, size // 2)) for _ in range(size)]


test_numbers = [8, 3, 5, 3, 9, 8, 1, 3]
find_duplicates_slow(test_numbers)

# %% [markdown]
# 10,000 numbers are 100 times as many as 100. Write down **how many times as long** the slow
# function will take, and how many times as long a good one would. A guess is fine, and nobody
# grades it: a prediction that turns out wrong is what you will remember of this hour.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_slow = ...    how many times as long find_duplicates_slow takes
# predicted_fast = ...    how many times as long a good algorithm takes
### BEGIN SOLUTION
predicted_slow = 10_000
predicted_fast = 100
### END SOLUTION

# %% [markdown]
# ## 2. Measure the given code · 4 min
#
# Before the clock, a count: it has no noise. `counting.integers` turns numbers into numbers that
# behave the same, but keep a tally of how often any of them is compared. What happens to the
# comparisons each time the list gets twice as long?

# %%
counted = []
for size in (125, 250, 500, 1_000):
    numbers, tally = counting.integers(generate_test_data(size))
    find_duplicates_slow(numbers)
    pairs = size * (size - 1) // 2
    counted.append({"numbers": size, "pairs": pairs, "comparisons": tally.comparisons})

pd.DataFrame(counted).map("{:,}".format).set_index("numbers")

# %% [markdown]
# There are n(n−1)/2 pairs, and each is compared. What comes on top is hidden in two words:
# `not in` walks along the list of the duplicates found so far. The first part gets four times as
# large when n doubles, the second roughly so. Does the clock agree?

# %% tags=["nbval-ignore-output"]
for size in (250, 500, 1_000, 2_000):
    numbers = generate_test_data(size)
    seconds = timeit.timeit(partial(find_duplicates_slow, numbers), number=1)
    print(f"{size:5,} numbers: {seconds * 1e3:7.1f} ms")

# %% [markdown]
# ## 3. Make it linear · 9 min
#
# The inner loop asks one question, over and over: *does this value come again?* Turn it round:
# *have I met it before?* And find a way to answer that without looking through anything. The order
# of the result is free.
#
# What the two checks look at:
#
# | points | for |
# |---|---|
# | 2 | each value that occurs more than once is reported, once |
# | 1 | the result is a list, and the list handed in stays as it was |
# | 1 | any hashable elements will do: strings, tuples, a mixture of types |
# | 4 | the work grows in proportion to n, or nearly: comparisons, hashes, bytes **and** seconds |
#
# Sorting first and comparing neighbours, O(n log n), is near enough to linear for the last four
# points. But a mixture such as `[1, "one", None]` cannot be sorted.

# %% [markdown]
# <details><summary>Hint 1: the question</summary>
#
# `value in some_list` compares with one element after the other. `value in some_set` computes the
# hash of `value`, and looks in the one place where it would have to be.
# </details>
#
# <details><summary>Hint 2: the plan</summary>
#
# Walk through the numbers once, with two sets: the values seen so far, and those seen again.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# seen, duplicates = set(), set()
# for value in numbers:
#     if value in seen:
#         ...                    # which of the two sets does it go to?
#     else:
#         ...                    # and now?
# return list(duplicates)
# ```
# </details>


# %% nbgrader={"grade_id": "find_duplicates_optimized", "solution": true}
def find_duplicates_optimized(numbers: list[int]) -> list[int]:
    """Return each value that occurs more than once, in time that grows in proportion to n.

    numbers: a list of hashable elements, which stays as it is.
    Returns a new list that holds each duplicated value once, in any order.
    Raises TypeError for elements that cannot be hashed, such as lists (sets do so of themselves).

    >>> sorted(find_duplicates_optimized([8, 3, 5, 3, 9, 8, 1, 3]))
    [3, 8]
    """
    ### BEGIN SOLUTION
    seen, duplicates = set(), set()
    for value in numbers:
        if value in seen:
            duplicates.add(value)
        else:
            seen.add(value)
    return list(duplicates)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_find_duplicates_optimized", "grade": true, "points": 4}
import random

from helpers import checks, data

check = checks.Check("find_duplicates_optimized")
learner, given = check.learner, check.given

with check.part("Each duplicated value is reported, once", points=2):
    for numbers, expected, think in [
        ([8, 3, 5, 3, 9, 8, 1, 3], [3, 8], "A value that comes a third time is no news."),
        ([7, 7, 7, 7, 7], [7], "A value that comes a third time is no news."),
        ([4, 2, 9, 1], [], "Nothing occurs twice here."),
        ([], [], "No numbers, no duplicates: does your function reach its return?"),
        ([0, -1, -2, -1, 0], [-1, 0], "Zero and negative numbers are values like any other."),
    ]:
        found = learner.find_duplicates_optimized(numbers)
        check.true(
            type(found) in (list, tuple, set),
            f"find_duplicates_optimized({numbers}) gave {found!r}: no list of values.",
            think="Does your function end with `return`, and with the list, once it is complete?",
        )
        check.equal(sorted(found), expected, think=think)
    ### BEGIN HIDDEN TESTS
    for numbers in (
        data.integers(200),
        data.integers(1),
        [random.randint(-9, 9) for _ in range(150)],
        [random.choice([-1, -2, 2**61 - 2, 2**61 - 1, 0, 2**80]) for _ in range(9)],
        random.sample(range(10**6), 100),
    ):
        expected = sorted(given.find_duplicates_slow(numbers))
        check.equal(sorted(learner.find_duplicates_optimized(numbers)), expected)
    ### END HIDDEN TESTS

with check.part("The result is a list, and the list handed in stays as it was", points=1):
    found = learner.find_duplicates_optimized([5, 2, 5])
    check.true(
        type(found) is list,
        f"find_duplicates_optimized([5, 2, 5]) gave {found!r}; the signature promises a list.",
        think="list(...) makes one of a set.",
    )
    check.equal(found, [5])

    @check.beside
    def the_list_handed_in_afterwards(find_duplicates_optimized, numbers):
        find_duplicates_optimized(numbers)
        return numbers

    think = "numbers.sort(), .pop() and .remove() change the caller's list; sorted(...) does not."
    check.equal(the_list_handed_in_afterwards(numbers=[9, 3, 9, 1, 3]), [9, 3, 9, 1, 3], think)
    ### BEGIN HIDDEN TESTS
    numbers = data.integers(300)
    check.equal(the_list_handed_in_afterwards(numbers=numbers), numbers, think)
    ### END HIDDEN TESTS

with check.part("Any hashable elements will do", points=1):
    think = "Nothing but == and hash() works for every element: no order, no arithmetic."
    for elements, expected in [
        (["to", "be", "or", "not", "to", "be"], ["be", "to"]),
        ([(1, 2), (2, 1), (1, 2)], [(1, 2)]),
        ([1, "one", None, (1,), "one", None], [None, "one"]),
        ([1, "1", "None", None, (1,), "(1,)"], []),  # they look alike, but none equals another
    ]:
        found = learner.find_duplicates_optimized(elements)
        check.equal(sorted(found, key=str), sorted(expected, key=str), think)
    ### BEGIN HIDDEN TESTS
    words = ["".join(random.choices("abc", k=3)) for _ in range(40)]
    mixture = random.choices([*words, 7, -7, 2.5, None, "7", (7, "7"), frozenset({7})], k=60)
    mixture += ["once", b"once"]  # not equal, but their hashes are
    for elements in (words, mixture):
        expected = sorted(given.find_duplicates_slow(elements), key=repr)
        found = learner.find_duplicates_optimized(elements)
        check.equal(sorted(found, key=repr), expected, think)
    ### END HIDDEN TESTS

check.score()

# %% [markdown]
# Right? Then: is it linear? The counts come first, for they say *why*. `==` and `hash` are what a
# lookup consists of:

# %%
for row in counted:
    numbers, tally = counting.integers(generate_test_data(row["numbers"]))
    find_duplicates_optimized(numbers)
    row |= {"your comparisons": tally.comparisons, "your hashes": tally.hashes}

pd.DataFrame(counted).map("{:,}".format).set_index("numbers")

# %% [markdown]
# Now twice as much data means about twice as much work. The check below counts again, on more data,
# and then asks the clock.

# %% nbgrader={"grade_id": "test_find_duplicates_growth", "grade": true, "points": 4}
import math
import random

from helpers import checks, counting, data

check = checks.Check("find_duplicates_optimized")
learner, given = check.learner, check.given

with check.part("The work grows in proportion to n, or nearly", points=4):
    n = 2_000
    limit = round(5 * n * math.log2(n))  # ample for a set, and for a sort

    @check.beside
    def your_function_on_2000_counting_numbers(find_duplicates_optimized, numbers):
        numbers, tally = counting.integers(numbers)
        find_duplicates_optimized(numbers)
        return tally.comparisons, tally.hashes

    comparisons, hashes = your_function_on_2000_counting_numbers(
        numbers=data.integers(n, duplicates=0.5)
    )
    check.at_most(
        comparisons,
        limit,
        what="comparisons",
        think=f"There are {n * (n - 1) // 2:,} pairs; a set needs fewer than {n:,} comparisons. "
        "Where does your code walk along a list: a loop in a loop, `in` a list, .count, .index?",
    )
    check.at_most(
        hashes,
        limit,
        what="hashes",
        think=f"A set needs two or three for each of {n:,} numbers. Is one made inside the loop?",
    )
    check.faster(
        learner.find_duplicates_optimized,
        than=given.find_duplicates_slow,
        on=lambda: (random.choices(range(2_000), k=3_000),),
        at_least=10,
        same=sorted,
        think="Few comparisons and yet slow: what else in your loop takes longer in a longer list?",
    )

    @check.beside
    def your_function_on_many_numbers(find_duplicates_optimized, numbers):
        # Half of them once, the others three times: with the numbers grow the duplicates.
        return find_duplicates_optimized(numbers + 2 * numbers[: len(numbers) // 2])

    check.peak(
        your_function_on_many_numbers,
        data.integers(2_000, duplicates=0),
        at_most=3 * 2**20,
        think="A table of 4,000 numbers against 4,000 numbers has 16 million places.",
    )
    check.grows(
        your_function_on_many_numbers,
        on=lambda n: (data.integers(n // 2, duplicates=0),),
        right=lambda found, numbers: sorted(found) == sorted(numbers[: len(numbers) // 2]),
        sizes=[4_000, 10_000, 25_000, 64_000, 160_000],
        below=1.5,
        think="Twice the numbers should take about twice the time, not four times. What in your "
        "loop takes longer, the more there are: walking along a list (`in`), copying or shifting "
        "one (+, insert), making a set anew (|), letting NumPy look through an array?",
    )

check.score()

# %% [markdown]
# ## 4. Build a benchmark · 7 min
#
# One reading of a clock says little: the first call warms things up, and other programs get in
# between. What disturbs only ever adds time, so of several readings the *smallest* is nearest to
# the truth. (The median is a good answer, too; a mean is spoilt by a single reading.) A call that
# is over in microseconds needs many calls to a reading; one that takes seconds we read once: noise
# is small beside it, and repeating is expensive. `timeit` does the rest: a good clock, no garbage
# collection in between.
#
# What the check looks at, a point each: a pair for each size on data made for it; seconds for one
# call, by the smallest reading or the median, without the making of the data; quick calls repeated.

# %% [markdown]
# <details><summary>Hint 1: what timeit wants</summary>
#
# `timer = timeit.Timer(partial(func, numbers))` makes a timer whose `timer.timeit(number=10)` is
# the **sum**, in seconds, of ten calls of `func(numbers)`. Whatever is computed before that line
# is not timed.
# </details>
#
# <details><summary>Hint 2: how many calls?</summary>
#
# Time one call first. If that took half a second, it is your answer. Else choose `number` so that
# a reading takes some 20 ms, take five readings with `timer.repeat(repeat=5, number=number)`, and
# keep the smallest.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# results = []
# for size in sizes:
#     timer = timeit.Timer(partial(func, data_generator(size)))
#     seconds = timer.timeit(number=1)
#     if seconds < 0.5:
#         number = max(1, round(0.02 / max(seconds, 1e-6)))
#         seconds = min(timer.repeat(repeat=5, number=number)) / ...    # for one call
#     results.append(...)
# return results
# ```
# </details>


# %% nbgrader={"grade_id": "benchmark_implementation", "solution": true}
def benchmark_implementation(
    func: Callable[[list[int]], object],
    data_generator: Callable[[int], list[int]],
    sizes: Iterable[int],
) -> list[tuple[int, float]]:
    """Time `func` on data of each size.

    func: called with one list; data_generator: called with a size, returns such a list.
    sizes: numbers of elements.
    Returns a pair (size, seconds) for each size, in the order of `sizes`, where seconds is the time
    of ONE call, the making of the data not included. A call of less than half a second is repeated,
    five times at least, and the smallest reading counts, or the median.
    What `func` or `data_generator` raises is passed on.

    >>> benchmark_implementation(sorted, generate_test_data, [10, 1_000])  # doctest: +SKIP
    [(10, 4.1e-07), (1000, 5.2e-05)]
    """
    ### BEGIN SOLUTION
    results = []
    for size in sizes:
        timer = timeit.Timer(partial(func, data_generator(size)))
        seconds = timer.timeit(number=1)
        if seconds < 0.5:
            number = max(1, round(0.02 / max(seconds, 1e-6)))
            seconds = min(timer.repeat(repeat=5, number=number)) / number
        results.append((size, seconds))
    return results
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_benchmark_implementation", "grade": true, "points": 3}
import random
import timeit

from helpers import checks

check = checks.Check("benchmark_implementation")


@check.beside
def your_benchmark_of_a_function_that_waits(benchmark_implementation, sizes, waits, making, hitch):
    """Results, sizes asked for, and by size what the calls took; all times are in seconds.

    With a `hitch` calls 2, 8, 32, … take so long that the mean of all is twice the least, while of
    any three readings, each of as many calls, one at least has no such call.
    """
    clock, asked, took = timeit.default_timer, [], {size: [] for size in sizes}

    def busy(seconds):
        end = clock() + seconds
        for _ in range(10_000_000):  # in case the clock stands still
            if clock() >= end:
                return

    def make(size):
        asked.append(size)
        busy(making)
        return list(range(size))

    def wait(numbers):
        begin, calls = clock(), took[len(numbers)]
        which = len(calls) + 1
        late = hitch and which.bit_count() == 1 and which.bit_length() % 2 == 0
        busy(waits[len(numbers)] * (1 + 3 * which * late))
        calls.append(clock() - begin)

    return benchmark_implementation(wait, make, sizes), asked, took


def benchmarked(hitch=False, **settings):
    results, asked, took = your_benchmark_of_a_function_that_waits(hitch=hitch, **settings)
    check.true(
        type(results) is list
        and all(type(pair) in (tuple, list) and len(pair) == 2 for pair in results),
        f"benchmark_implementation(func, data_generator, {settings['sizes']}) gave "
        f"{results!r:.150}.",
        think="A list of pairs is wanted: [(size, seconds), ...].",
    )
    return results, asked, took


with check.part("A pair for each size, on data made for it", points=1):
    sizes = [30, 10, 20]
    pairs, asked, took = benchmarked(sizes=sizes, waits=dict.fromkeys(sizes, 0.0005), making=0.0)
    check.true(
        [size for size, _ in pairs] == sizes,
        f"benchmark_implementation(func, data_generator, {sizes}) gave {pairs!r:.150}.",
        think="One pair (size, seconds) for each size, in their order; the size comes first.",
    )
    check.equal(
        [size for size in sizes if size in asked and took[size]],
        sizes,
        think="Call data_generator(size) for each size, and func on what it returns.",
    )
    check.true(
        all(seconds > 0 for _, seconds in pairs), f"{pairs}: a call takes more than 0 seconds."
    )

with check.part("Seconds for one call, the least, without the making of the data", points=1):
    waits = {1: 0.002, 2: 0.006}
    ### BEGIN HIDDEN TESTS
    waits = {1: random.uniform(0.0015, 0.002), 2: random.uniform(0.006, 0.008)}
    ### END HIDDEN TESTS
    for _ in range(5):  # other programs can get in between, but not five times in a row
        pairs, _, took = benchmarked(sizes=[1, 2], waits=waits, making=0.1)
        check.true(
            {size for size, _ in pairs} == {1, 2},
            f"benchmark_implementation(func, data_generator, [1, 2]) gave {pairs!r:.150}.",
            think="A pair (size, seconds) for each size; the size comes first.",
        )
        # On a busy machine a call takes longer than it waits: what counts is what it did take.
        calls = [took[size] or [waits[size]] for size, _ in pairs]
        usual = [sum(seconds) / len(seconds) for seconds in calls]
        right = [
            0.4 * min(seconds) <= reported < 2.5 * mean
            for (_, reported), seconds, mean in zip(pairs, calls, usual, strict=True)
        ]
        if all(right):
            break
    for (_, reported), mean, is_right in zip(pairs, usual, right, strict=True):
        check.true(
            is_right,
            f"Calls that took {checks.measured(f'{mean:.2g}')} s each were reported as "
            f"{checks.measured(f'{reported:.2g}')} s.",
            think="Is it the sum of several calls? In other units? Is the data made meanwhile?",
        )
    for _ in range(5):
        [(_, reported)], _, took = benchmarked(sizes=[3], waits={3: 0.02}, making=0.0, hitch=True)
        if reported < 1.5 * min(took[3]):
            break
    check.true(
        reported < 1.5 * min(took[3]),
        f"Calls that took {checks.measured(f'{min(took[3]):.2g}')} s, but for one or two that were "
        f"held up, were reported as {checks.measured(f'{reported:.2g}')} s.",
        think="Of several readings the smallest counts, or the median; the mean does not.",
    )

with check.part("Quick calls are repeated", points=1):
    _, _, took = benchmarked(sizes=[10, 20], waits={10: 0.001, 20: 0.0}, making=0.0)
    for size, calls in took.items():
        check.at_least(
            len(calls),
            5,
            what=f"calls for size {size}",
            think="A single reading is at the mercy of whatever else the machine does.",
        )

check.score()

# %% [markdown]
# ## 5. Measure both · 4 min
#
# Now use it: benchmark **both** functions on `generate_test_data` at each of `SIZES`. The slow one
# takes a few seconds for the last size; it is the last time that you wait for it.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `slow_results = benchmark_implementation(find_duplicates_slow, generate_test_data, SIZES)`, and
# the same again for the other function.
# </details>

# %% nbgrader={"grade_id": "slow_results", "solution": true}
SIZES = [100, 1_000, 10_000]
# slow_results = ...    pairs (size, seconds) of find_duplicates_slow
# fast_results = ...    pairs (size, seconds) of find_duplicates_optimized
### BEGIN SOLUTION
slow_results = benchmark_implementation(find_duplicates_slow, generate_test_data, SIZES)
fast_results = benchmark_implementation(find_duplicates_optimized, generate_test_data, SIZES)
### END SOLUTION

# %% nbgrader={"grade_id": "test_results", "grade": true, "points": 1}
import math
import time

from helpers import checks

check = checks.Check("slow_results", "fast_results")

with check.part("Both are measured at 100, 1,000 and 10,000", points=1):
    for name in ("slow_results", "fast_results"):
        results = check.value(name)
        check.true(
            type(results) is list and all(type(pair) in (tuple, list) for pair in results),
            f"{name} is {results!r}; it should be a list of pairs (size, seconds).",
        )
        sizes = [size for size, _ in results]
        check.equal(sizes, [100, 1_000, 10_000], think="SIZES holds what is asked for.")
        check.true(
            all(0 < seconds < math.inf for _, seconds in results),
            f"{name} holds a time that is none: {results}.",
        )
    slow, fast = ([s for _, s in check.value(f"{name}_results")] for name in ("slow", "fast"))
    check.true(
        25 * slow[1] < slow[2] < 1_000 * slow[1],
        "slow_results does not grow as find_duplicates_slow does: ten times the numbers, about a "
        "hundred times the seconds.",
        think="Is it find_duplicates_slow that you handed over?",
    )
    if fast[2] > slow[2] / 10:  # so slow that it had better be the function itself
        numbers = check.given.generate_test_data(10_000)
        begin = time.perf_counter()
        check.learner.find_duplicates_optimized(numbers)
        check.true(
            fast[2] < 10 * (time.perf_counter() - begin),
            "By fast_results your function takes nearly as long for 10,000 numbers as "
            "find_duplicates_slow; called just now, it did not.",
            think="Is it find_duplicates_optimized that you handed over?",
        )

check.score()

# %% [markdown]
# Side by side:

# %% tags=["nbval-ignore-output"]
times = pd.DataFrame({"slow": dict(slow_results), "optimized": dict(fast_results)})
shown = times.map(timing.format_seconds)
shown["speedup"] = (times["slow"] / times["optimized"]).map("{:,.0f}×".format)
shown.rename_axis("numbers").rename(index="{:,}".format)

# %% [markdown]
# And next to what you predicted for 100 times the numbers:

# %% tags=["nbval-ignore-output"]
for name, predicted in {"slow": predicted_slow, "optimized": predicted_fast}.items():
    measured = times.loc[10_000, name] / times.loc[100, name]
    print(f"{name}: {measured:,.0f} times as long, predicted {predicted:,}")

# %% [markdown]
# ## 6. One number for growth · 4 min
#
# If the time is a power of the size, t = c·nᵉ, then log t = log c + e·log n: a straight line whose
# slope is the exponent e. Fit that line by least squares, and the whole table becomes one number:
# 2 for quadratic, 1 for linear. It has no unit, and hardly depends on the machine.
#
# What the check looks at, a point each: exact power laws; points that scatter about a line.

# %% [markdown]
# <details><summary>Hint 1: which line?</summary>
#
# The one through the points (log size, log seconds). Which logarithm does not matter, as long as it
# is the same for both.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# sizes, seconds = zip(*results)
# slope, intercept = np.polyfit(..., ..., deg=1)    # x first, then y
# ```
# </details>


# %% nbgrader={"grade_id": "growth_exponent", "solution": true}
def growth_exponent(results: list[tuple[int, float]]) -> float:
    """Return the exponent e for which c * size**e fits the results best.

    results: pairs (size, seconds), both above zero, of two different sizes or more.
    Returns the slope of the least-squares line through the points (log size, log seconds).
    With fewer than two sizes there is no such line; what happens then is not checked.

    >>> round(growth_exponent([(10, 0.003), (100, 0.3), (1_000, 30.0)]), 6)
    2.0
    """
    ### BEGIN SOLUTION
    sizes, seconds = zip(*results, strict=True)
    slope, _intercept = np.polyfit(np.log(sizes), np.log(seconds), deg=1)
    return float(slope)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_growth_exponent", "grade": true, "points": 2}
import random

import numpy as np

from helpers import checks

check = checks.Check("growth_exponent")
learner = check.learner

with check.part("Exact power laws", points=1):
    think = "Is it the logarithm of both? Size along x, seconds along y: not the other way round."
    for exponent in (2, 1, 1.5, 0):
        results = [(size, 3e-7 * size**exponent) for size in (100, 1_000, 10_000)]
        check.close(learner.growth_exponent(results), exponent, rel=1e-6, abs=1e-6, think=think)
    ### BEGIN HIDDEN TESTS
    exponent, first = random.uniform(0.5, 3), random.uniform(1e-8, 1e-3)
    results = [(size, first * size**exponent) for size in random.sample(range(10, 9_999), 5)]
    check.close(learner.growth_exponent(results), exponent, rel=1e-6, abs=1e-6, think=think)
    ### END HIDDEN TESTS

with check.part("The best line through points that scatter", points=1):
    think = "The line of least squares uses all the points, not only the first and the last."
    results = [(10, 1e-3), (100, 8e-3), (1_000, 2e-1), (10_000, 9e-1)]
    check.close(learner.growth_exponent(results), 1.02606675, rel=1e-6, think=think)
    ### BEGIN HIDDEN TESTS
    results = [
        (size, random.uniform(0.5, 2) * 1e-6 * size**1.3) for size in (50, 200, 900, 3_000, 20_000)
    ]
    expected = np.polyfit(*np.log(results).T, deg=1)[0]
    check.close(learner.growth_exponent(results), expected, rel=1e-6, think=think)
    ### END HIDDEN TESTS

check.score()

# %% tags=["nbval-ignore-output"]
print(f"slow:      n to the power of {growth_exponent(slow_results):.2f}")
print(f"optimized: n to the power of {growth_exponent(fast_results):.2f}")

# %% [markdown]
# ## 7. Show it · 3 min
#
# On log-log axes a power of n is a straight line, and the exponent is its steepness. Draw both
# results there, label both axes, and say in which unit the time is. `plotting.growth` from our
# helpers does it in a line; matplotlib by hand is as welcome. The check looks at the axes you
# return (1 point): both scales, both labels, all the measured points, in seconds, and that the
# unit is said: in a label, in the title, or at the ticks, where `plotting.growth` puts it.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `plotting.growth({"slow": ..., "optimized": ...})` takes a list of (size, seconds) for each name
# and returns the axes.
# </details>


# %% nbgrader={"grade_id": "plot_growth", "solution": true} tags=["nbval-ignore-output"]
def plot_growth(slow_results: list[tuple[int, float]], fast_results: list[tuple[int, float]]):
    """Draw seconds over size for both functions, both axes logarithmic, and return the Axes.

    Both axes have a label, and somewhere it says in which unit the time is.

    slow_results, fast_results: pairs (size, seconds), as of `benchmark_implementation`.

    >>> plot_growth([(10, 0.1), (100, 10.0)], [(10, 0.01), (100, 0.1)]).get_xscale()
    'log'
    """
    ### BEGIN SOLUTION
    axes = plotting.growth(
        {"slow": slow_results, "optimized": fast_results},
        title="Finding duplicates: every pair, or a set",
    )
    axes.set(xlabel="numbers in the list", ylabel="time for one call (log scale)")
    return axes
    ### END SOLUTION


plot_growth(slow_results, fast_results)

# %% nbgrader={"grade_id": "test_plot_growth", "grade": true, "points": 1}
import random
import re
import sys

from helpers import checks

check = checks.Check("plot_growth")


@check.beside
def your_plot(plot_growth, slow_results, fast_results):
    def figures():  # those of pyplot would be shown below the check, unless they are closed
        pyplot = sys.modules.get("matplotlib.pyplot")
        return dict.fromkeys(pyplot.get_fignums(), pyplot.close) if pyplot else {}

    open_before = figures()
    drawn = plot_growth(slow_results, fast_results)
    for number, close in figures().items():
        if number not in open_before:
            close(number)
    axes = drawn if hasattr(drawn, "get_xscale") else next(iter(getattr(drawn, "axes", [])), None)
    if axes is None:
        return None
    points = [line.get_xydata() for line in axes.get_lines()]
    points += [marks.get_offsets() for marks in axes.collections]
    points = [(float(x), float(y)) for part in points for x, y in part]
    texts = [axes.get_title(where) for where in ("left", "center", "right")]
    texts += [text.get_text() for text in [*axes.texts, *axes.figure.texts]]
    texts += axes.yaxis.get_major_formatter().format_ticks([y for _, y in points])
    if axes.get_legend():
        texts += [text.get_text() for text in axes.get_legend().get_texts()]
    return {
        "scales": [axes.get_xscale(), axes.get_yscale()],
        "labels": [axes.get_xlabel(), axes.get_ylabel()],
        "texts": texts,
        "points": points,
    }


with check.part("Both results on log-log axes, with labels", points=1):
    slow, fast = [(10, 0.01), (100, 1.0), (1_000, 90.0)], [(10, 0.002), (100, 0.03), (1_000, 0.2)]
    ### BEGIN HIDDEN TESTS
    slow, fast = (
        [(size, random.uniform(0.5, 2) * 1e-6 * size**power) for size in (20, 300, 4_000)]
        for power in (2, 1)
    )
    ### END HIDDEN TESTS
    shown = your_plot(slow_results=slow, fast_results=fast)
    check.true(shown is not None, "No axes came back.", think="End with `return axes`.")
    for axis, scale in zip("xy", shown["scales"], strict=True):
        check.true(
            scale == "log",
            f"The {axis} axis has a {scale} scale; asked: log.",
            think='axes.set_xscale("log"), and the same for y: powers of n become straight lines.',
        )
    think = "Someone who sees only the picture should know what is measured, and in what unit."
    check.true(all(shown["labels"]), f"The labels of the axes are {shown['labels']}.", think)
    unit = r"(?<![^\W\d_])([mµμun]?s|\w*se[ckg]\w*)(?![^\W\d_])"  # s, ms, seconds, Sekunden
    check.true(
        any(re.search(unit, text, re.I) for text in [*shown["labels"], *shown["texts"]]),
        f"Nothing in the plot says in which unit the time is; the labels are {shown['labels']}.",
        think,
    )
    drawn = {(size, float(f"{seconds:.6g}")) for size, seconds in shown["points"]}
    missing = [p for p in slow + fast if (p[0], float(f"{p[1]:.6g}")) not in drawn]
    check.true(
        not missing,
        f"These points are not in the plot: {missing}.",
        think="Both results belong in it, sizes along x and seconds (not milliseconds) along y.",
    )

check.score()

# %% [markdown]
# ## 8. What it costs, and when it fails · 3 min
#
# Nothing is free. The speed is bought with memory: how much does each function allocate at its
# peak?

# %% tags=["nbval-ignore-output"]
numbers = generate_test_data(1_000)
print(f"the list, without the {len(numbers):,} numbers in it: {sys.getsizeof(numbers):,} bytes")
for function in (find_duplicates_slow, find_duplicates_optimized):
    print(f"{function.__name__}: {memory.allocations(function, numbers).peak_bytes:,} bytes")

# %% [markdown]
# And "a set looks in one place" holds on average only. Here are different numbers that all have
# the same hash, so a set must compare each with all before it. Which exponent do you expect now?
# (If your function sorts, it will not mind.)


# %% tags=["nbval-ignore-output"]
def colliding_numbers(size: int) -> list[int]:
    """Return `size` different numbers, all with the hash 0."""
    return [factor * sys.hash_info.modulus for factor in range(size)]


sizes = [500, 1_000, 2_000]
collided = benchmark_implementation(find_duplicates_optimized, colliding_numbers, sizes)
print(f"your function on colliding numbers: n to the power of {growth_exponent(collided):.2f}")

# %% [markdown]
# ## 9. Report · 6 min
#
# A colleague asks whether your function should replace the slow one everywhere. Answer in 150 to
# 200 words, with figures from *your* tables (5 points, read by a person):
#
# 1. **Technique:** what does it do instead of comparing pairs, and why is that less work?
# 2. **Evidence:** the speedup at 10,000 and both exponents. Where was your prediction off, and why?
# 3. **Trade-off:** what is paid for the speed?
# 4. **Limits:** when would you not use it, or not bother?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Technique.* The slow function compares each number with all that come later, n(n−1)/2 pairs, and
# then walks along the duplicates it has. Mine asks a set whether it has met the number before. A
# set computes the number's hash and looks in the one place where it would be, however many numbers
# the set holds. So one pass is enough, with two hashes for each number.
#
# *Evidence*, from my machine. At 10,000 it is some 3,000 times as fast. The exponents are near 2
# and near 1, so ten times the numbers should give about ten times the speedup: it was 15 and 8
# times. I predicted 10,000 and 100 times as long; it was some 16,000 and 140. I suspect the
# processor's caches, but have not measured that.
#
# *Trade-off.* It keeps a table with a reference to every distinct number, and spare room: section 8
# shows the bytes. The order in which duplicates are found is lost (a dictionary would keep it).
#
# *Limits.* Elements must be hashable. If all hashes collide it is quadratic again, as section 8
# shows, which matters where strangers choose the data. For a dozen numbers I would take whichever
# is easier to read.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own table. A wrong prediction costs nothing.
#
# - **1** for what replaces the walk along a list: a lookup by hash (set, dict, Counter), or
#   sorting, which makes equal values neighbours.
# - **1** for why that is less work: about n²/2 comparisons become about n lookups whose cost does
#   not depend on n (or about n·log n comparisons).
# - **1** for the speedup at 10,000 and both exponents from their own notebook, next to what they
#   predicted. ½ when one of the figures or the prediction is missing.
# - **1** for a price: memory for every distinct value, the order lost, elements must be hashable.
#   ½ for "more memory" without saying for what.
# - **1** for a limit with its reason: colliding hashes, elements that cannot be hashed, lists so
#   short that it does not matter, more data than memory holds, NaN. ½ without the reason.
#
# The sample answer gets 5. "It uses a set, sets are fast, it was 1,000 times as fast" gets 1½: the
# first, and half of the third.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Count before you clock.** Comparisons have no noise, and they tell *why* it is slow.
# - **An exponent beats a factor.** A faster machine divides the time by some number; a better
#   algorithm wins by more, the more data there is.
# - "Have I seen this before?" is a question for a set or a dictionary, not for a list.
# - **Best of several readings**, and nothing inside the timed part that is not the subject.
# - O(1) for a lookup is an average, and it costs memory. Know when the average fails.
