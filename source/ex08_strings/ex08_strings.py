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
# # Exercise 8: String concatenation
#
# **Objective:** know what putting strings together costs, when `+=` is harmless and when it is not,
# and choose the right way from figures of your own.
#
# **Time:** 20–30 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** strings and bytes cannot change; lists; classes. O(n²) means: four
# times the data, sixteen times the work.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import io
import sys
import timeit
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pandas as pd

from helpers import data, memory, plotting, timing

# %% [markdown]
# ## 1. Predict · 2 min
#
# Three ways to make one text out of many. A string cannot change, so `result += s` has to make a
# new one and copy all that was there before. That is what the textbook says.


# %% nbgrader={"grade_id": "given_ways", "locked": true}
def concatenate_plus(strings: list[str]) -> str:
    """Put the strings together one by one, with +=."""
    result = ""
    for s in strings:
        result += s
    return result


def concatenate_join(strings: list[str]) -> str:
    """Put the strings together all at once."""
    return "".join(strings)


def concatenate_list(strings: list[str]) -> str:
    """Collect the strings in a list first, then join them."""
    parts = []
    for s in strings:
        parts.append(s)
    return "".join(parts)


def generate_test_data(num_strings: int, chars_per_string: int) -> list[str]:
    """Return so many random strings of so many letters, digits, blanks and dots each."""
    return data.strings(num_strings, chars_per_string)


# %% [markdown]
# Say there are **four times as many strings**, each as long as before. How many times as long will
# `concatenate_plus` take, and how many times as long `concatenate_join`? Nobody grades a guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_plus = ...    how many times as long concatenate_plus takes
# predicted_join = ...    how many times as long concatenate_join takes
### BEGIN SOLUTION
predicted_plus = 16
predicted_join = 4
### END SOLUTION

# %% [markdown]
# ## 2. Measure the given code · 5 min
#
# Three sizes: more strings each time, and longer ones:

# %% tags=["nbval-ignore-output"]
GIVEN_WAYS = (concatenate_plus, concatenate_join, concatenate_list)
rows = {}
for num_strings, chars_per_string in [(100, 10), (1_000, 100), (10_000, 500)]:
    strings = generate_test_data(num_strings, chars_per_string)
    best = {way.__name__: timing.measure(way, strings, repeats=3).best for way in GIVEN_WAYS}
    rows[f"{num_strings:,} × {chars_per_string}"] = best

pd.DataFrame(rows).T.map(timing.format_seconds).rename_axis("strings × characters")

# %% [markdown]
# `+=` is not the fastest, but this is no catastrophe. Now the test of your prediction: the function
# on four times as many strings, and then *the same loop* outside of a function, at the top level of
# a cell.

# %% tags=["nbval-ignore-output"]
strings = generate_test_data(8_000, 100)
in_function = {n: timing.measure(concatenate_plus, strings[:n]).best for n in (2_000, 8_000)}

in_cell = {2_000: 9.0, 8_000: 9.0}
for n in [2_000, 8_000] * 3:
    result = ""
    begin = timeit.default_timer()
    for s in strings[:n]:
        result += s
    in_cell[n] = min(in_cell[n], timeit.default_timer() - begin)

for place, seconds in {"in a function": in_function, "in a cell": in_cell}.items():
    few, many = map(timing.format_seconds, seconds.values())
    print(f"{place:14}{few} → {many}, {seconds[8_000] / seconds[2_000]:.1f} times as long")
print(f"predicted: {predicted_plus} times as long")

# %% [markdown]
# Three lines, one linear and one quadratic run. To see what happens, watch the *address* of
# `result`, which is what `id` tells in CPython. A new string, made while the old one is still
# there, is always somewhere else. A string that has grown where it was has the address it had.


# %%
def addresses(strings: list[str], second_name: bool = False) -> dict[str, int]:
    """Count how often `result` was found somewhere else, and the characters copied at most."""
    result, held, last, moves, copied = "", [""], 0, 0, 0
    for s in strings:
        if second_name:
            held[0] = result
        result += s
        if id(result) != last:
            last = id(result)
            moves += 1
            copied += len(result)
    return {"strings": len(strings), "moved": moves, "characters": len(result), "copied": copied}


# %% tags=["nbval-ignore-output"]
wide = ["naïve", "Привет", "😀"]
watched = {
    "result += s": addresses(strings),
    "… with a wider character at times": addresses(strings[:4_000] + wide + strings[4_000:]),
    "… with a second name for result": addresses(strings, second_name=True),
}
pd.DataFrame(watched).T.map("{:,}".format)

# %% [markdown]
# **The truth about `+=`.** CPython makes the string longer *in place* where nobody could notice.
# That is for `a += b` and `a = a + b`, and it takes all of this:
#
# - both are exactly `str`. `bytes` and subclasses of `str` are always copied;
# - `a` is a **local variable of a function**: no attribute, no item of a list or dict, no global,
#   and, since Python 3.11, no variable at the top level of a cell or module, and none shared
#   with an inner function;
# - the result goes **straight back into `a`**, by a statement of its own: no `:=`, and in 3.13 not
#   even a second statement on the same line;
# - **nothing else refers to the string**, and nobody has asked for its hash, as a dict does;
# - the characters of `b` fit into what `a` is stored as: ASCII, Latin-1, 2 or 4 bytes a character,
#   as its widest one needs. If not, all is copied into a wider string once, and it goes on from
#   there.
#
# The interpreter does this once a line has run a few times; the free-threaded build of 3.13 never
# does. And the memory block may have no room behind it. Then the allocator has to move it: seldom,
# where it is clever. So "linear" is a favour of this interpreter and of your system's allocator,
# not a promise of the language. PEP 8 asks not to rely on it.

# %% [markdown]
# ## 3. Show both faces · 5 min
#
# Write two functions that return what `"".join(strings)` returns, both with `+` or `+=` on strings
# alone (an f-string of two counts as well). The first one lets CPython append in place. The second
# one must not: break one of the rules above, in any way you like.
#
# | points | for |
# |---|---|
# | 1 | both return the joined text, without `join` or `StringIO` |
# | 1 | `plus_is_linear`: its memory never holds two copies, its time grows in proportion to n |
# | 2 | `plus_is_quadratic`: there are two copies at its peak, its time grows faster than that |

# %% [markdown]
# <details><summary>Hint 1: linear</summary>
#
# You have seen it: `concatenate_plus` keeps all the rules.
# </details>
#
# <details><summary>Hint 2: quadratic</summary>
#
# What would keep the old string alive while the new one is made? Or where could the result be kept,
# other than in a local variable?
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# page = SimpleNamespace(text="")
# for s in strings:
#     page.text ...
# ```
# </details>


# %% nbgrader={"grade_id": "plus_is_linear", "solution": true}
def plus_is_linear(strings: list[str]) -> str:
    """Return all strings as one, put together with + or += in time proportional to their number.

    >>> plus_is_linear(["to", "get", "her"])
    'together'
    """
    ### BEGIN SOLUTION
    result = ""
    for s in strings:
        result += s
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "plus_is_quadratic", "solution": true}
def plus_is_quadratic(strings: list[str]) -> str:
    """Return all strings as one, put together with + or +=, and copy the result at every step.

    >>> plus_is_quadratic(["to", "get", "her"])
    'together'
    """
    ### BEGIN SOLUTION
    result = ""
    for s in strings:
        before = result  # a second reference is all it takes
        result = before + s
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_plus", "grade": true, "points": 4}
from helpers import checks, data, memory

check = checks.Check("plus_is_linear", "plus_is_quadratic")
learner = check.learner

with check.part("Both return the joined text, put together with + or +=", points=1):

    @check.beside
    def names_that_your_functions_use(plus_is_linear, plus_is_quadratic):
        codes, names = [plus_is_linear.__code__, plus_is_quadratic.__code__], []
        for code in codes:
            names += code.co_names
            codes += [inner for inner in code.co_consts if hasattr(inner, "co_names")]
        return sorted(set(names) & {"join", "StringIO", "concatenate_join", "concatenate_list"})

    check.equal(names_that_your_functions_use(), [], think="Here it is + or += that is looked at.")
    cases = [["to", "get", "her"], [], [""], ["only"], ["a", "é", "Ж", "😀", "a"]]
    ### BEGIN HIDDEN TESTS
    cases += [data.strings(50, 20, kind) for kind in ("ascii", "unicode", "mixed")]
    ### END HIDDEN TESTS
    for drawn in cases:
        expected = "".join(drawn)
        check.equal(learner.plus_is_linear(drawn), expected, think="All strings, in their order.")
        check.equal(learner.plus_is_quadratic(drawn), expected, think="Text first, speed second.")

n, length = 3_000, 100


@check.beside
def memory_of_plus_is_linear(plus_is_linear, strings):
    used = memory.allocations(plus_is_linear, strings)
    return used.peak_bytes, used.result


@check.beside
def memory_of_plus_is_quadratic(plus_is_quadratic, strings):
    used = memory.allocations(plus_is_quadratic, strings)
    return used.peak_bytes, used.result


def joined(result, strings):
    return result == "".join(strings)


with check.part("plus_is_linear never holds two copies, and is linear", points=1):
    drawn = data.strings(n, length)
    peak, text = memory_of_plus_is_linear(strings=drawn)
    check.equal(text, "".join(drawn))
    check.at_most(
        peak,
        round(1.5 * n * length),
        what=f"bytes at its peak (the text itself takes {n * length:,})",
        think="Twice the text is the old string beside the new: a copy at every step. Which of the "
        "rules above is broken?",
    )
    check.grows(
        learner.plus_is_linear,
        on=lambda n: (data.strings(n, 30),),
        right=joined,
        sizes=[2_000, 4_000, 8_000, 16_000],
        below=1.5,
        think="Does `result` keep all the rules above? If so, it is your system's allocator that "
        "moves the block at every step.",
    )

with check.part("plus_is_quadratic holds two copies, and is quadratic", points=2):
    drawn = data.strings(n, length)
    peak, text = memory_of_plus_is_quadratic(strings=drawn)
    check.equal(text, "".join(drawn))
    check.at_least(
        peak,
        round(1.8 * n * length),
        what=f"bytes at its peak (the text itself takes {n * length:,})",
        think="One copy only: it still appends in place. Read the rules above: which one is left "
        "to be broken?",
    )
    check.grows(
        learner.plus_is_quadratic,
        on=lambda n: (data.strings(n, 60),),
        right=joined,
        sizes=[1_000, 2_000, 4_000, 8_000],
        above=1.5,
        think="Twice the strings should take about four times as long. Is everything copied at "
        "every step, or now and then only?",
    )

check.score()

# %% [markdown]
# The rule has traps. Both functions below append lines to `report`. One of them is linear. Which,
# and why? (`a + b + c` is `(a + b) + c`.)


# %%
def report_one(lines):
    report = ""
    for line in lines:
        report = report + line + "\n"
    return report


def report_two(lines):
    report = ""
    for line in lines:
        report += line + "\n"
    return report


# %% tags=["nbval-ignore-output"]
lines = generate_test_data(6_000, 100)
for way in (report_one, report_two):
    few, many = (timing.measure(way, lines[:n], repeats=5).best for n in (1_500, 6_000))
    seconds = " → ".join(map(timing.format_seconds, (few, many)))
    print(f"{way.__name__}: {seconds} for four times the lines")

# %% [markdown]
# <details><summary>Why?</summary>
#
# In `report_one` the sum `report + line` is not given back to `report` at once: it is a new string,
# for which all is copied. In `report_two` the new string is `line + "\n"`, a short one, and
# `report` grows in place.
# </details>

# %% [markdown]
# ## 4. Build a benchmark · 4 min
#
# Figures of different ways compare only if they come from the same strings, and only if the ways
# give the same text. So let the benchmark look at that, before it measures. What the check looks
# at, a point each: seconds of one call for each way, the smallest of five readings or more; a
# `ValueError` where two results differ.

# %% [markdown]
# <details><summary>Hint 1: two steps</summary>
#
# First call each way once, and compare what it returns with what the first way returned. Then time
# it with `timeit.Timer(partial(way, strings)).repeat(repeat=5, number=...)`.
# </details>
#
# <details><summary>Hint 2: how many calls to a reading?</summary>
#
# `Timer.autorange()` returns a number of calls that takes 0.2 s, and the seconds they took. That is
# slow for thirty figures; some 2 ms to a reading will do here.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# figures, expected = {}, None
# for name, way in ways.items():
#     result = way(strings)
#     if figures and result != expected:
#         raise ValueError(f"{name} ...")
#     expected = result
#     timer = timeit.Timer(partial(way, strings))
#     number = max(1, round(0.002 / max(timer.timeit(number=1), 1e-7)))
#     figures[name] = min(timer.repeat(...)) / ...
# return figures
# ```
# </details>


# %% nbgrader={"grade_id": "benchmark_ways", "solution": true}
def benchmark_ways(ways: dict[str, Callable[[list], object]], strings: list) -> dict[str, float]:
    """Time different ways of putting the same strings together.

    ways: functions by name, each called with `strings`.
    Returns the seconds of ONE call for each name, in the order of `ways`: the smallest of five
    readings or more.
    Raises ValueError with the name of a way whose result differs from that of the first.

    >>> list(benchmark_ways({"join": "".join, "plus": concatenate_plus}, ["a", "b"]))
    ['join', 'plus']
    """
    ### BEGIN SOLUTION
    expected = None
    figures = {}
    for name, way in ways.items():
        result = way(strings)
        if figures and result != expected:
            raise ValueError(f"{name} gives another result than {next(iter(ways))}")
        expected = result
        timer = timeit.Timer(partial(way, strings))
        number = max(1, round(0.002 / max(timer.timeit(number=1), 1e-7)))
        figures[name] = min(timer.repeat(repeat=5, number=number)) / number
    return figures
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_benchmark_ways", "grade": true, "points": 2}
import random
import timeit

from helpers import checks

check = checks.Check("benchmark_ways")


@check.beside
def your_benchmark_of_ways_that_wait(benchmark_ways, waits):
    """Figures, and calls by name; `waits` are seconds a call by name. "quick" stalls twice."""
    clock, calls = timeit.default_timer, dict.fromkeys(waits, 0)
    stalls = {4: 0.1, 16: 0.2}  # seconds more: the smallest of five readings does not notice

    def waiting(name):
        def way(strings):
            calls[name] += 1
            stall = stalls.get(calls[name], 0) if name == "quick" else 0
            end = clock() + waits[name] + stall
            for _ in range(10_000_000):  # in case the clock stands still
                if clock() >= end:
                    break
            return "".join(strings)

        return way

    return benchmark_ways({name: waiting(name) for name in waits}, ["a", "b"]), calls


@check.beside
def your_benchmark_of_ways_that_return(benchmark_ways, results):
    def returning(result):
        return lambda strings: result

    try:
        benchmark_ways({name: returning(result) for name, result in results.items()}, ["a", "b"])
    except ValueError as error:
        return str(error)


with check.part("The seconds of one call for each way, from five readings or more", points=1):
    # Of the brief one some dozens of calls make a reading of 2 ms, so that their sum is far off. It
    # is measured apart: readings of half a second each, for three ways, would take too long.
    waits_of_ways = [{"slow": 0.006, "quick": 0.0015}, {"brief": 0.00006}]
    ### BEGIN HIDDEN TESTS
    waits_of_ways = [
        {"quick": random.uniform(0.001, 0.002), "slow": random.uniform(0.005, 0.007)},
        {"brief": random.uniform(0.00004, 0.00008)},
    ]
    ### END HIDDEN TESTS
    for waits in waits_of_ways:
        for _ in range(5):  # other programs can make a reading longer, but not five times in a row
            reported, calls = your_benchmark_of_ways_that_wait(waits=waits)
            check.true(
                type(reported) is dict and list(reported) == list(waits),
                f"benchmark_ways({{{', '.join(f'{name!r}: ...' for name in waits)}}}, strings) "
                f"gave {reported!r}.",
                think="A dict of seconds by name is wanted, in the order of `ways`.",
            )
            off = {name: reported[name] / waits[name] for name in waits}
            if max(off.values()) < 4:
                break
        for name, ratio in off.items():
            check.true(
                0.4 <= ratio < 4,
                f"A call that takes {waits[name]:.2g} s was reported as "
                f"{checks.measured(f'{reported[name]:.2g}')} s.",
                think="Is it the sum of several calls, or in other units? A reading of `number` "
                "calls is to be divided by it. And two calls of the quick way stall, as on a busy "
                "machine: an average shows that, the smallest of five readings does not.",
            )
            check.at_least(
                calls[name], 5, what=f"calls of {name}", think="One reading says little."
            )

with check.part("A ValueError where two results differ", points=1):
    for results in (
        {"one": "ab", "other": "ba"},
        {"one": "ab", "same": "ab", "other": "abb"},
        {"one": "ab", "other": None},
    ):
        message = your_benchmark_of_ways_that_return(results=results)
        check.true(
            type(message) is str and "other" in message,
            f"With {results} as results, benchmark_ways "
            f"{'did not raise ValueError' if message is None else f'said {message!r}'}.",
            think="Compare each result with the first; let the message name the way that differs.",
        )
    check.equal(your_benchmark_of_ways_that_return(results={"one": b"ab", "two": b"ab"}), None)

check.score()

# %% [markdown]
# More ways, and bytes too. `io.StringIO` is a file in memory, `io.BytesIO` one of bytes; a
# `bytearray` is bytes that can change, and it is built to grow: it keeps room to spare, so nothing
# has to be copied most of the time.


# %% nbgrader={"grade_id": "given_more_ways", "locked": true}
def concatenate_attribute(strings):
    page = SimpleNamespace(text="")
    for s in strings:
        page.text += s
    return page.text


def concatenate_stringio(strings):
    page = io.StringIO()
    for s in strings:
        page.write(s)
    return page.getvalue()


def bytes_plus(pieces):
    result = b""
    for piece in pieces:
        result += piece
    return result


def bytes_list(pieces):
    parts = []
    for piece in pieces:
        parts.append(piece)
    return b"".join(parts)


def bytes_array(pieces):
    result = bytearray()
    for piece in pieces:
        result += piece
    return bytes(result)


def bytes_io(pieces):
    page = io.BytesIO()
    for piece in pieces:
        page.write(piece)
    return page.getvalue()


TEXT_WAYS = {
    "+=": concatenate_plus,
    "+= on an attribute": concatenate_attribute,
    "list and join": concatenate_list,
    "join": concatenate_join,
    "StringIO": concatenate_stringio,
}
BYTES_WAYS = {
    "+=": bytes_plus,
    "list and join": bytes_list,
    "bytearray": bytes_array,
    "BytesIO": bytes_io,
}

# %% [markdown]
# Each column: how many strings and how long, their kind, and how many bytes a character of the
# whole text takes: one emoji makes it four for all. (Empty: that way does not exist for that kind.)

# %% tags=["nbval-ignore-output"]
table = {}
for count, length, kind in [
    (1_000, 10, "ascii"),
    (4_000, 10, "ascii"),
    (4_000, 100, "ascii"),
    (4_000, 100, "unicode"),
    (4_000, 100, "mixed"),
    (4_000, 100, "bytes"),
]:
    strings = data.strings(count, length, kind)
    whole = (b"" if kind == "bytes" else "").join(strings)
    case = f"{count:,} × {length}", kind, f"{sys.getsizeof(whole) / len(whole):.0f} B"
    table[case] = benchmark_ways(BYTES_WAYS if kind == "bytes" else TEXT_WAYS, strings)

pd.DataFrame(table).map(timing.format_seconds, na_action="ignore").fillna("")

# %% [markdown]
# And in a picture, where a slope of 1 is linear and 2 is quadratic:

# %% tags=["nbval-ignore-output"]
shown = ("+=", "+= on an attribute", "join")
lines = {name: [] for name in shown}
for count in (500, 1_000, 2_000, 5_000):
    figures = benchmark_ways({name: TEXT_WAYS[name] for name in shown}, data.strings(count, 100))
    for name in shown:
        lines[name].append((count, figures[name]))

axes = plotting.growth(lines, title="The same +=, in two places")
axes.set_xlabel("strings of 100 characters")
axes

# %% [markdown]
# ## 5. Memory · 3 min
#
# Time is half of the bill. How much memory does each way need at its peak, as a multiple of the
# text it returns? 1 is the least there can be. What the check looks at, a point each: the ratio is
# right; tracing is off afterwards, even if the way raises.

# %% [markdown]
# <details><summary>Hint 1: what to ask</summary>
#
# `tracemalloc.start()`, the call, `tracemalloc.get_traced_memory()`, which returns what is held now
# and the most that was, and `tracemalloc.stop()`. The size of a string is `sys.getsizeof(text)`.
# </details>
#
# <details><summary>Hint 2: come what may</summary>
#
# `try: … finally: tracemalloc.stop()` stops it also when the call raises. Or look at what
# `memory.allocations(way, strings)` of our helpers returns.
# </details>


# %% nbgrader={"grade_id": "memory_ratio", "solution": true}
def memory_ratio(way: Callable[[list], object], strings: list) -> float:
    """Return the peak of what `way(strings)` allocates, result included, over its result's size.

    Measured with tracemalloc, which is switched off afterwards. What `way` raises is passed on.

    >>> round(memory_ratio(concatenate_join, ["some text"] * 10_000), 1)
    1.0
    """
    ### BEGIN SOLUTION
    tracemalloc.start()
    try:
        result = way(strings)
        _held, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak_bytes / sys.getsizeof(result)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_memory_ratio", "grade": true, "points": 2}
import random
import tracemalloc

from helpers import checks

check = checks.Check("memory_ratio")


@check.beside
def your_memory_ratio_of_a_way(memory_ratio, spare_bytes, result):
    """The ratio of a way that needs some bytes for a while, and returns a copy of `result`."""

    def way(strings):
        spare = bytearray(spare_bytes)
        text = strings[0] + strings[1]
        del spare
        return text

    third = result[: len(result) // 2]  # so the pieces do not take what the result takes
    return memory_ratio(way, [result[:1], result[1:], third])


@check.beside
def tracing_after_memory_ratio_of_a_way(memory_ratio, error):
    def way(strings):
        if error:
            raise KeyError("on purpose")
        return "".join(strings)

    raised = ""
    try:
        memory_ratio(way, ["a", "b"])
    except KeyError as error:
        raised = type(error).__name__
    left_on = tracemalloc.is_tracing()
    tracemalloc.stop()
    return raised, "on" if left_on else "off"


with check.part("Peak bytes over the size of the result", points=1):
    size = 200_000
    cases = [(0, "x"), (2 * size, "x"), (2 * size, "Ж"), (size, b"x")]
    ### BEGIN HIDDEN TESTS
    size = random.randrange(200_000, 300_000)
    cases += [(random.randrange(size, 9 * size), random.choice("xЖ😀"))]
    ### END HIDDEN TESTS
    for spare, letter in cases:
        result_bytes = size * (1 if letter in ("x", b"x") else 2 if letter == "Ж" else 4)
        check.close(
            your_memory_ratio_of_a_way(spare_bytes=spare, result=letter * size),
            (spare + result_bytes) / result_bytes,
            rel=0.05,
            think="The most that was held at a time, not what is held at the end; over "
            "sys.getsizeof(result): where characters are wide, len(result) is less, and the pieces "
            "may take more.",
        )

with check.part("Tracing is off afterwards, come what may", points=1):
    check.equal(
        tracing_after_memory_ratio_of_a_way(error=False),
        ("", "off"),
        think="Tracing slows down whatever is timed after it: tracemalloc.stop().",
    )
    check.equal(
        tracing_after_memory_ratio_of_a_way(error=True),
        ("KeyError", "off"),
        think="`finally` is reached whether the call returns or raises; the error goes on.",
    )

check.score()

# %% [markdown]
# What do long pieces cost, short ones, wide ones? A list holds 8 bytes for each piece, which is
# little beside 100 characters, and much beside one. (These pieces exist already. A list of pieces
# that are made on the way keeps *them* alive as well, each a string object of its own: section 7
# has that case.)

# %% tags=["nbval-ignore-output"]
kinds = {
    "400,000 × 1 ascii": data.strings(400_000, 1),
    "4,000 × 100 ascii": data.strings(4_000, 100),
    "4,000 × 100 unicode": data.strings(4_000, 100, "unicode"),
}
text_ways = {name: way for name, way in TEXT_WAYS.items() if "attribute" not in name}
ratios = {
    kind: {name: memory_ratio(way, strings) for name, way in text_ways.items()}
    for kind, strings in kinds.items()
}
ratios["4,000 × 100 ascii"] |= {
    "+= on an attribute": memory_ratio(concatenate_attribute, kinds["4,000 × 100 ascii"])
}
pd.DataFrame(ratios).map("{:.2f} × the text".format, na_action="ignore").fillna("")

# %% [markdown]
# ## 6. Challenge: a StringBuilder · 6 min
#
# Pieces often arrive call by call, at an object that lives longer than a function. There `+=` on an
# attribute is the obvious way, and you have seen its slope. Java has a `StringBuilder` for this;
# write one for Python. What the checks look at:
#
# | points | for |
# |---|---|
# | 1 | `append` and `append_line`, in order |
# | ½ | both return the builder itself, so that calls can be chained |
# | ½ | anything but a `str` raises `TypeError`, and leaves the text as it was |
# | ½ | `len` is the number of characters so far |
# | ½ | `to_string` can be called at any time, and it goes on after it |
# | 1 | appending: the time is linear, the peak at most 3 times the text |
# | 1 | `len` takes the same time, however long the text is |

# %% [markdown]
# <details><summary>Hint 1: where to keep the text</summary>
#
# In a list of parts, joined when somebody asks for the text.
# </details>
#
# <details><summary>Hint 2: the length</summary>
#
# If `len` added up the parts it would take longer with each. Keep a sum, and add to it in `append`.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# def append(self, s):
#     if not isinstance(s, str):
#         raise TypeError(...)
#     self._parts.append(s)
#     self._length += ...
#     return ...
#
# def append_line(self, s):
#     return self.append(s).append(...)
# ```
# What should happen to a list `["a"]` in `append_line`? Nothing: `append` raises first.
# </details>


# %% nbgrader={"grade_id": "StringBuilder", "solution": true}
class StringBuilder:
    r"""Puts text together piece by piece, in time proportional to its length.

    >>> builder = StringBuilder()
    >>> builder.append("Dear ").append_line("reader,").to_string()
    'Dear reader,\n'
    >>> len(builder)
    13
    """

    def __init__(self) -> None:
        """Begin with an empty text."""
        ### BEGIN SOLUTION
        self._parts = []
        self._length = 0
        ### END SOLUTION

    def append(self, s: str) -> "StringBuilder":
        """Put `s` behind the text; return the builder. TypeError if `s` is no str."""
        ### BEGIN SOLUTION
        if not isinstance(s, str):
            raise TypeError(f"append takes a str, not a {type(s).__name__}: use str(...) first")
        self._parts.append(s)
        self._length += len(s)
        return self
        ### END SOLUTION

    def append_line(self, s: str) -> "StringBuilder":
        """Put `s` and a newline behind the text; return the builder. TypeError if `s` is no str."""
        ### BEGIN SOLUTION
        return self.append(s).append("\n")
        ### END SOLUTION

    def to_string(self) -> str:
        """Return the text so far; appending may go on."""
        ### BEGIN SOLUTION
        text = "".join(self._parts)
        self._parts = [text]  # the next call need not join the same parts again
        return text
        ### END SOLUTION

    def __len__(self) -> int:
        """Return the number of characters so far."""
        ### BEGIN SOLUTION
        return self._length
        ### END SOLUTION


# %% nbgrader={"grade_id": "test_StringBuilder", "grade": true, "points": 5}
import random

from helpers import checks, data, memory

check = checks.Check("StringBuilder")


@check.beside
def a_new_builder_after(StringBuilder, steps):
    """Texts, lengths and errors, in their order; and whether each append returned the builder."""
    builder, seen, chained = StringBuilder(), [], []
    for method, *arguments in steps:
        try:
            result = len(builder) if method == "len" else getattr(builder, method)(*arguments)
        except NotImplementedError:
            raise
        except Exception as error:
            seen.append(type(error).__name__)
        else:
            (chained if arguments else seen).append(result is builder if arguments else result)
    return seen, chained


def expect(*seen, after, think):
    found, _ = a_new_builder_after(steps=after)
    calls = ", ".join(f"{method}({', '.join(map(repr, given))})" for method, *given in after)
    check.true(
        found == list(seen),
        f"A new builder, after {calls if len(calls) < 200 else calls[:200] + '…'}: "
        f"{str(found)[:200]}; expected {str(list(seen))[:200]}.",
        think,
    )


TEXT, LEN = ("to_string",), ("len",)
texts = ["to", "", "gèt", "Жher", "😀", "\n"]
### BEGIN HIDDEN TESTS
texts += data.strings(20, random.randrange(1, 9), "mixed")
### END HIDDEN TESTS

with check.part("append and append_line, in order", points=1):
    expect("", after=[TEXT], think="A new builder holds an empty text.")
    expect("together", after=[("append", "to"), ("append", "gether"), TEXT], think="In order.")
    expect("", after=[TEXT], think="Two builders share nothing: are the parts made in __init__?")
    think = "append_line puts the text first, and then the newline."
    expect("one\n\n", after=[("append_line", "one"), ("append_line", ""), TEXT], think=think)
    steps = [(random.choice(["append", "append_line"]), text) for text in texts]
    whole = "".join(text + "\n" * (method == "append_line") for method, text in steps)
    expect(whole, after=[*steps, TEXT], think=think)

with check.part("Calls can be chained", points=0.5):
    _, chained = a_new_builder_after(steps=[("append", "a"), ("append_line", "b")])
    check.true(
        chained == [True, True],
        "append or append_line returned something else than the builder.",
        think="So that builder.append(...).append(...) works, both end with: return self.",
    )

with check.part("Only strings are taken", points=0.5):
    think = "Look at the type before anything is changed: isinstance(s, str)."
    for method in ("append", "append_line"):
        for wrong in (3, None, b"bytes", ["a", "b"], ("a",)):
            steps = [("append", "a"), (method, wrong), LEN, TEXT]
            expect("TypeError", 1, "a", after=steps, think=think)

with check.part("len is the number of characters so far", points=0.5):
    steps, lengths = [LEN], [0]
    for text in texts:
        method = random.choice(["append", "append_line"])
        steps += [(method, text), LEN]
        lengths.append(lengths[-1] + len(text) + (method == "append_line"))
    think = "Characters, not bytes and not parts; a newline is one as well."
    expect(*lengths, after=steps, think=think)

with check.part("It goes on after to_string", points=0.5):
    steps, seen = [], []
    for number, text in enumerate(texts, 1):
        steps += [("append", text), TEXT, TEXT]
        seen += ["".join(texts[:number])] * 2
    think = "to_string only looks: the text is the same afterwards, and more can be appended."
    expect(*seen, after=steps, think=think)
    expect("", after=[TEXT], think="Two builders share nothing: are the parts in __init__?")


@check.beside
def appending_every_string(StringBuilder, strings):
    builder = StringBuilder()
    for s in strings:
        builder.append(s)
    return builder.to_string()


@check.beside
def memory_of_appending_every_string(StringBuilder, strings):
    def build():
        builder = StringBuilder()
        for s in strings:
            builder.append(s)
        return builder.to_string()

    used = memory.allocations(build)
    return used.peak_bytes, used.result


@check.beside
def asking_for_len_many_times(StringBuilder, strings):
    builder, lengths = StringBuilder(), 0
    for s in strings:
        builder.append(s)
        for _ in range(8):
            lengths += len(builder)
    return lengths


with check.part("Appending is linear, and lean", points=1):
    drawn = data.strings(4_000, 100)
    peak, text = memory_of_appending_every_string(strings=drawn)
    check.equal(text, "".join(drawn))
    check.at_most(
        peak,
        3 * 400_000,
        what="bytes at its peak (the text itself takes 400,000)",
        think="The text, and a list of its parts: what else is held at the same time?",
    )
    check.grows(
        appending_every_string,
        on=lambda n: (data.strings(n, 50),),
        right=lambda text, strings: text == "".join(strings),
        sizes=[1_000, 2_000, 4_000, 8_000, 16_000],
        below=1.4,
        think="Twice the strings, twice the time: nothing in append may look at the text so far.",
    )

with check.part("len takes the same time, however long the text is", points=1):
    check.grows(
        asking_for_len_many_times,
        on=lambda n: (data.strings(n, 2),),
        right=lambda lengths, strings: lengths == 8 * len(strings) * (len(strings) + 1),
        sizes=[250, 500, 1_000, 2_000, 4_000],
        below=1.45,
        think="Keep a sum and add to it in append: nothing is joined or added up in __len__.",
    )

check.score()

# %% [markdown]
# Yours beside the obvious one, call by call. Is it worth a class, or would a bare list do?

# %% tags=["nbval-ignore-output"]


def with_builder(strings):
    builder = StringBuilder()
    for s in strings:
        builder.append(s)
    return builder.to_string()


builders = {name: TEXT_WAYS[name] for name in ("+= on an attribute", "list and join", "StringIO")}
builders["your StringBuilder"] = with_builder
plotting.bars(
    {
        f"{count:,} strings of 100": benchmark_ways(builders, data.strings(count, 100))
        for count in (500, 2_000)
    },
    title="Text that arrives call by call",
)

# %% [markdown]
# ## 7. Recommend · 2 min
#
# Five situations, and for each the ways there are, measured here with your `benchmark_ways`
# and `memory_ratio`:

# %% nbgrader={"grade_id": "given_cases", "locked": true}
MADE = {name: lambda numbers, way=way: way(map(str, numbers)) for name, way in TEXT_WAYS.items()}
CASES = {
    "two or three pieces": (
        ["name", "value"],
        {
            "+": lambda pieces: pieces[0] + ": " + pieces[1],
            "f-string": lambda pieces: f"{pieces[0]}: {pieces[1]}",
            "join": lambda pieces: ": ".join(pieces),
            "StringIO": lambda pieces: concatenate_stringio([pieces[0], ": ", pieces[1]]),
        },
    ),
    "a list of strings": (
        data.strings(2_000, 100),
        {name: TEXT_WAYS[name] for name in ("+=", "join", "StringIO")},
    ),
    "made in a loop": (
        range(2_000),
        {name: MADE[name] for name in ("+=", "list and join", "StringIO")},
    ),
    "call by call": (
        data.strings(2_000, 100),
        {name: TEXT_WAYS[name] for name in ("+= on an attribute", "list and join", "StringIO")},
    ),
    "bytes, piece by piece": (data.strings(2_000, 100, "bytes"), BYTES_WAYS),
}

# %% tags=["nbval-ignore-output"]
figures = {case: benchmark_ways(ways, pieces) for case, (pieces, ways) in CASES.items()}
rows = [
    {
        "case": case,
        "way": name,
        "time": timing.format_seconds(figures[case][name]),
        "against the best": f"{figures[case][name] / min(figures[case].values()):.1f} ×",
        "peak / text": f"{memory_ratio(way, pieces):.2f}",
    }
    for case, (pieces, ways) in CASES.items()
    for name, way in ways.items()
]
pd.DataFrame(rows).set_index(["case", "way"])

# %% [markdown]
# (`b"".join` notes 80 bytes for each piece while it works, so a list of bytes weighs more than a
# list of text.)
#
# Read the table and write down **which way you recommend** in each case, by its name in the table.
# A difference that no user will ever notice need not decide; then take what reads best. The check
# (2 points: one for strings that are there, one for pieces that come one by one) refuses what
# copies everything at each step, what is several times slower for no gain, and what your own
# figures contradict.

# %% nbgrader={"grade_id": "recommendation", "solution": true}
# recommendation = {
#     "two or three pieces": ...,
#     "a list of strings": ...,
#     "made in a loop": ...,
#     "call by call": ...,
#     "bytes, piece by piece": ...,
# }
### BEGIN SOLUTION
recommendation = {
    "two or three pieces": "f-string",
    "a list of strings": "join",
    "made in a loop": "StringIO",
    "call by call": "list and join",
    "bytes, piece by piece": "BytesIO",
}
### END SOLUTION

# %% nbgrader={"grade_id": "test_recommendation", "grade": true, "points": 2}
import contextlib

from helpers import checks

check = checks.Check("recommendation")
measured_here = {}
with contextlib.suppress(Exception):
    measured_here = check.value("figures")  # the learner's own: to show, and to hold against


def recommended(case, accepted):
    found = check.value("recommendation")
    check.true(
        type(found) is dict and case in found,
        f"recommendation has nothing for {case!r}: it is {found!r}.",
        think="A dict with the five cases of the table as keys, and names of ways as values.",
    )
    way, seconds = found[case], {}
    with contextlib.suppress(Exception):
        seconds = {name: float(taken) for name, taken in measured_here[case].items()}
    times = seconds[way] / min(seconds.values()) if way in seconds else 0.0
    shown = f" In your table it takes {checks.measured(f'{times:.1f}')} times as long as the best."
    check.true(
        way in accepted and times < 20,
        f"{case}: {way!r} is not what we would recommend.{shown if times else ''}"
        + (f" The table has {', '.join(seconds)}." if seconds and way not in seconds else ""),
        think="Is everything copied at every step? Does another way do the same in fewer lines and "
        "less time?",
    )


with check.part("Where the strings are there", points=1):
    recommended("two or three pieces", ("f-string", "+", "join"))
    recommended("a list of strings", ("join",))

with check.part("Where pieces come one by one", points=1):
    recommended("made in a loop", ("list and join", "StringIO", "+="))
    recommended("call by call", ("list and join", "StringIO"))
    recommended("bytes, piece by piece", ("list and join", "BytesIO", "bytearray"))

check.score()

# %% [markdown]
# ## 8. Report · 3 min
#
# A colleague has read that `+=` on strings is always quadratic, and another that CPython fixed it
# long ago. Settle it in 150 to 250 words, with figures from *your* tables (5 points, read by a
# person):
#
# 1. **Why** is repeated `+` quadratic by nature, and why is it often linear in CPython?
# 2. **Evidence:** both growths as you measured them, against what you had predicted.
# 3. **Memory:** which way needs how much, and does the kind of text or the length of the pieces
#    matter?
# 4. **Recommendation:** which way for which case, and where is `+=` all right?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Why.* A string cannot change, so `a + b` makes a new one and copies both. Over n pieces that
# copies 1 + 2 + … + n pieces, about n²/2. CPython spares the copy when `a` is a local variable of a
# function and holds the only reference: nobody can notice that the string grew where it is. A
# second name, an attribute, a global or a variable of a notebook cell is enough to lose that, and
# bytes never had it.
#
# *Evidence* (figures of my machine). I predicted 16 times as long for four times the strings.
# Section 2 prints both: about 4 in the function, 16 or more in the cell. The slopes in the picture
# are about 1 and about 2.
#
# *Memory.* join and `+=` in place need the text and little else; copying needs two texts; StringIO
# 2.25, as it keeps room to spare and then copies. A list costs 8 bytes a piece: nothing beside 100
# characters, eight texts beside one-character pieces.
#
# *Recommendation.* f-string for a few pieces, join for a list, a list and one join for what arrives
# call by call. For bytes the list is fastest, BytesIO leanest. Where a loop makes thousands of tiny
# pieces, StringIO: a list keeps all of them alive and peaked at 16 texts, for about the same time.
# `+=` is fine for a handful of pieces, and works in a local loop, but a harmless-looking second
# reference makes it quadratic.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1** for the nature of it: a new string and a copy at every step, so about n²/2 pieces copied.
#   ½ for "strings are immutable" without the sum.
# - **1** for why it is often linear: CPython appends in place when the string is a function's local
#   variable and nothing else refers to it. ½ for "CPython optimizes it" without a condition.
# - **1** for both growths from their own notebook (four times the strings, or the slopes), beside
#   the prediction. ½ when one of the figures or the prediction is missing.
# - **1** for memory: two ways with their ratios, and one influence (length of pieces, width of
#   characters, room to spare). ½ without the influence.
# - **1** for a recommendation with reasons for three cases at least, one of which says where `+=`
#   is all right. ½ for "always use join".
#
# The sample answer gets 5. "Strings are immutable so += is slow, always use join, it was faster in
# my table" gets 1: half of the first, half of the last.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - `+=` on strings copies everything, **unless** CPython can append in place: a local variable, no
#   other reference, exactly `str`, a line of its own. It is a favour, not a promise.
# - The same three lines can be linear in a function and quadratic in a cell, on an attribute or
#   with bytes. Measure where the code will run.
# - All pieces there: `join`. A few: an f-string. Piece by piece: a list and one `join` at the end,
#   or `StringIO` for many tiny pieces. Bytes: a list and one `join`, or `BytesIO`; a `bytearray` if
#   they are to be changed on the way.
# - Memory follows the same line: a copy at every step is also a second text in memory.
# - A benchmark that does not compare results may be comparing different things.
