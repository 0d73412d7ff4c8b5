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
# # Exercise 9: Generators and iterators
#
# **Objective:** process data of any size in memory that does not grow with it, and show by
# measurement where that pays and where it does not.
#
# **Time:** 20–30 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** `yield`, list comprehensions, `with open(...)`, and
# `try … finally`.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import csv
import gc
import itertools
import random
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import counting, data, memory, plotting, timing

scratch = tempfile.TemporaryDirectory(prefix="ex09-", ignore_cleanup_errors=True)
notebook_folder = Path(scratch.name)  # for the files of this notebook; goes when its kernel ends
gc.freeze()  # garbage collections, with which measurements begin, may skip what was imported

# %% [markdown]
# ## 1. Predict · 2 min
#
# Two functions that differ in one pair of brackets. Square brackets build a list, round ones make a
# *generator*, which computes a square whenever `sum` asks for the next one.


# %% nbgrader={"grade_id": "given_functions", "locked": true}
def process_with_list(data: Iterable[int]) -> int:
    """Return the sum of squares, by way of a list of all squares."""
    squared = [number * number for number in data]
    return sum(squared)


def process_with_generator(data: Iterable[int]) -> int:
    """Return the sum of squares, made one at a time."""
    squared = (number * number for number in data)
    return sum(squared)


process_with_list([1, 2, 3]), process_with_generator([1, 2, 3])

# %% [markdown]
# Before you run anything else: how many MiB does each need for a million numbers, beyond the
# numbers themselves? And is the generator faster or slower for a thousand numbers? Nobody grades a
# guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_mib = {"list": ..., "generator": ...}    for 1,000,000 numbers
# predicted_speed = ...    how many times as fast the list is as the generator, for 1,000 numbers
### BEGIN SOLUTION
predicted_mib = {"list": 8, "generator": 0}
predicted_speed = 1.0
### END SOLUTION

# %% [markdown]
# ## 2. Measure the memory of a call · 4 min
#
# `tracemalloc` is told of every block of memory that Python asks for, and of every one given back.
# So it knows the *peak*: the most that was held at any one time. That is what must fit into the
# machine, however little is left at the end. (Of what C libraries allocate on their own account it
# knows nothing.) Write the measuring function; a point each for
#
# - the result and the peak of one call;
# - nothing counted that was allocated before the call, or measured in an earlier one;
# - tracing stopped at the end, however `func` ends: it slows down everything that comes after.

# %% [markdown]
# <details><summary>Hint 1: three functions</summary>
#
# `tracemalloc.start()` begins to count from zero, unless tracing is on already: then it changes
# nothing. `tracemalloc.get_traced_memory()` returns `(current, peak)` in bytes, and
# `tracemalloc.stop()` forgets it all.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# tracemalloc.start()
# try:
#     result = func(*args)
#     ...                    # ask for the peak, while it is still known
# finally:
#     ...                    # this runs, whatever happens above
# return result, peak
# ```
# </details>


# %% nbgrader={"grade_id": "peak_memory", "solution": true}
def peak_memory(func: Callable, *args: Any) -> tuple[Any, int]:
    """Call func(*args) once; return its result and the most bytes it held at any one time.

    What was allocated before does not count. What `func` raises is passed on. However it ends,
    Ctrl-C included, tracemalloc does not trace any more afterwards.

    >>> peak_memory(len, "abc")  # doctest: +SKIP
    (3, 0)
    """
    ### BEGIN SOLUTION
    tracemalloc.start()
    try:
        result = func(*args)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return result, peak
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_peak_memory", "grade": true, "points": 3}
import random

from helpers import checks

check = checks.Check("peak_memory")


@check.beside
def your_peaks_of_blocks_of_memory(peak_memory, calls):
    """For each call, blocks of so many bytes are allocated, one after the other or all at once."""
    import tracemalloc

    def work(sizes, at_once):
        times.append(len(sizes))
        held = []
        for size in sizes:
            if not at_once:
                held.clear()
            held.append(bytearray(size))
        return held  # what func returns is held as well

    tracemalloc.stop()
    outcomes = []
    for sizes, at_once in calls:
        times = []
        outcome = peak_memory(work, sizes, at_once)
        if isinstance(outcome, (tuple, list)) and len(outcome) == 2:
            held, peak = outcome
            outcome = [[len(block) for block in held] if isinstance(held, list) else held, peak]
        outcomes.append((outcome, times))
        held = outcome = None  # nothing of this call is there in the next
    tracemalloc.stop()
    return outcomes


def check_peaks(calls, think):
    answers = your_peaks_of_blocks_of_memory(calls=calls)
    for (sizes, at_once), (outcome, times) in zip(calls, answers, strict=True):
        check.true(
            type(outcome) is list and len(outcome) == 2,
            f"peak_memory gave {outcome!r}, not a pair (result, peak).",
        )
        check.true(
            outcome[0] == (sizes if at_once else sizes[-1:]),
            "The first of the pair is not what func returned.",
        )
        check.true(len(times) == 1, f"func was called {len(times)} times.", think="Once, please.")
        peak, most = outcome[1], sum(sizes) if at_once else max(sizes)
        check.true(
            type(peak) is int,
            f"The peak is {peak!r}, which is not an int.",
            think="Bytes are counted: a whole number.",
        )
        check.true(
            most <= peak < most + 100_000,
            f"Blocks of {sizes} bytes were allocated, "
            f"{'all held at once' if at_once else 'each freed before the next'}: the peak is "
            f"{most:,} and a little. peak_memory said {checks.measured(peak)}.",
            think=think
            if peak >= most
            else "Peak, not current; bytes, not MiB; and all that is held at the time.",
        )


with check.part("The result and the peak of one call", points=1):
    calls = [([1_000_000, 3_000_000, 500_000], False), ([2_000_000, 1_000_000], True)]
    ### BEGIN HIDDEN TESTS
    calls = [
        ([*(random.randrange(10**6, 9 * 10**6) for _ in range(4)), 500_000], at_once)
        for at_once in (False, True)
    ]
    ### END HIDDEN TESTS
    check_peaks(calls, think="That is too much: was anything else measured than the call of func?")

with check.part("Only what this call allocates", points=1):
    think = "Is something left from an earlier measurement? Each has to start from zero."
    calls = [([size], False) for size in (9_000_000, 1_000_000, 200_000, 3_000, 700, 3_000)]
    check_peaks(calls, think)

with check.part("Tracing has stopped afterwards, however func ends", points=1):

    @check.beside
    def tracing_after_your_function(peak_memory, what):
        import tracemalloc

        def work():
            if what:
                raise {"ZeroDivisionError": ZeroDivisionError, "Ctrl-C": KeyboardInterrupt}[what]

        tracemalloc.stop()
        raised = ""
        try:
            peak_memory(work)
        except ZeroDivisionError:
            raised = "ZeroDivisionError"
        except KeyboardInterrupt:
            raised = "Ctrl-C"
        tracing = tracemalloc.is_tracing()
        tracemalloc.stop()
        return raised, tracing

    for what in ("", "ZeroDivisionError", "Ctrl-C"):
        check.equal(
            tracing_after_your_function(what=what),
            (what, False),
            think="(what was raised, whether tracemalloc still traces). A `finally` is reached on "
            "every way out, Ctrl-C (KeyboardInterrupt) included; `except Exception` is not. And "
            "exceptions are passed on.",
        )

check.score()

# %% [markdown]
# Now the two functions. `range` hands out its numbers one at a time and keeps none, so what is
# counted here is what the functions need:

# %% tags=["nbval-ignore-output"]
peaks = {}
for size in (1_000, 30_000, 1_000_000):
    peaks[size] = {
        "list": peak_memory(process_with_list, range(size))[1],
        "generator": peak_memory(process_with_generator, range(size))[1],
    }

print(f"predicted for the last row: {predicted_mib} MiB")
pd.DataFrame(peaks).T.map(memory.format_bytes).rename_axis("numbers").rename(index="{:,}".format)

# %% [markdown]
# A list of a million needs eight million bytes for pointers, and then every square is an object of
# some 32 bytes. `sys.getsizeof` sees the pointers alone. And mind what a generator does **not**
# save: had we started from `numbers = list(range(1_000_000))`, as most people do, the numbers would
# lie in memory already. The generator then saves the second list, not the first. Memory stays flat
# only if the *source* is lazy as well.

# %% tags=["nbval-ignore-output"]
numbers = list(range(1_000_000))
of_numbers = sum(map(sys.getsizeof, numbers))
print(f"sys.getsizeof(numbers): {memory.format_bytes(sys.getsizeof(numbers))}")
print(f"and of what is in it:   {memory.format_bytes(of_numbers)}")
del numbers

# %% [markdown]
# ## 3. Ten million · 4 min
#
# tracemalloc sees every allocation: with ten million of them you would be waiting. So now ask the
# operating system: `memory.timeline(func, *args)` from our helpers has `memory_profiler` read
# the memory of the whole process every 10 ms while `func` runs. Coarser, but it slows down next to
# nothing, and it is what your machine really hands out. (That package's decorator `@profile` goes
# line by line instead, but it wants a function from a file, and it takes a reading for every turn
# of a loop: you would wait even longer.) Run both functions on `range(COUNT)` (1 point).

# %% [markdown]
# <details><summary>Hint</summary>
#
# `list_run = memory.timeline(process_with_list, range(COUNT))`, and the like for the other.
# </details>

# %% nbgrader={"grade_id": "ten_million", "solution": true}
COUNT = 10_000_000
# list_run = ...         the timeline of process_with_list on range(COUNT)
# generator_run = ...    the timeline of process_with_generator on range(COUNT)
### BEGIN SOLUTION
list_run = memory.timeline(process_with_list, range(COUNT))
generator_run = memory.timeline(process_with_generator, range(COUNT))
### END SOLUTION

# %% nbgrader={"grade_id": "test_ten_million", "grade": true, "points": 1}
from helpers import checks

check = checks.Check("list_run", "generator_run")


@check.beside
def what_your_runs_hold(list_run, generator_run):
    return [
        (run.result, run.peak_bytes, len(run.seconds))
        if type(run).__name__ == "Timeline"
        else type(run).__name__
        for run in (list_run, generator_run)
    ]


with check.part("Both are run on ten million numbers", points=1):
    n = 10_000_000
    total = (n - 1) * n * (2 * n - 1) // 6
    runs = what_your_runs_hold()
    for name, run in zip(("list_run", "generator_run"), runs, strict=True):
        check.true(
            type(run) is tuple,
            f"{name} is of type {run}; what `memory.timeline` returns was expected.",
        )
        result, _, readings = run
        check.true(
            result == total and type(result) is int,
            f"{name}.result is {result}; the squares of range({n:,}) add up to {total}.",
        )
        check.true(
            readings > 2,
            f"{name} has {readings} readings, too few to show anything.",
            think="Leave out `interval`: every 10 ms is what you get without.",
        )
    (_, list_bytes, _), (_, generator_bytes, _) = runs
    check.true(
        list_bytes > 2**26 and list_bytes > 4 * generator_bytes,
        "The peak of list_run is not what a list of ten million takes, beside generator_run's.",
        think="Is each run that of its own function? range(COUNT), and no list of it.",
    )

check.score()

# %% tags=["nbval-ignore-output"]
plotting.memory_timeline([list_run, generator_run], title="Ten million squares")

# %% [markdown]
# The straight fall has no readings in it: `sum` over a list is one long call into C, during which
# nobody else gets a turn, and the list is freed only after it. What is left at the end is memory
# that the process has not handed back yet.
#
# And the time? `timing.compare` runs both in turn and gives the ratio with a 95 % interval. For ten
# million take the two runs above.

# %% tags=["nbval-ignore-output"]
for size in (10, 1_000, 100_000):
    compared = timing.compare(
        process_with_list,
        process_with_generator,
        lambda n=size: (range(n),),
        names=("list", "generator"),
        clock="cpu",
        max_seconds=0.25,
    )
    print(f"{size:,} numbers: {compared}")

print(f"10,000,000 numbers: {generator_run.seconds[-1] / list_run.seconds[-1]:.2f}× (one run)")
print(f"predicted for 1,000: {predicted_speed:.2f}×")

# %% [markdown]
# Above 1 the list is faster. On little data it usually is, by a little: making a generator, and
# resuming it for every number, costs more than stepping along a list. On much data that lead
# shrinks or turns: the list has to get its memory first, and to write to it. Either way it is
# nothing beside the factor in memory. **A generator saves memory. Time may go either way.**

# %% [markdown]
# ## 4. Who works when? · 3 min
#
# A generator function does nothing when it is called: it returns a generator, and its body runs
# only as far as the next `yield`, whenever somebody asks by `next`. Chain several, and the work is
# done in another order. Each stage here notes in a log when it has handled a row; what joins the
# stages is `list`, which wants all rows at once, or `iter`, which lets them through.


# %%
def passed_on(stage: str, rows: Iterable[int], log: list) -> Iterator[int]:
    """Pass rows on, noting in the log that the stage has handled each."""
    for row in rows:
        log.append((stage, row))
        yield row


def run_pipeline(join: Callable, rows: int = 4) -> list[tuple[str, int]]:
    """Send rows through three stages, then use them; return who handled which row, in order."""
    log, items = [], range(1, rows + 1)
    for stage in ("read", "parse", "keep"):
        items = join(passed_on(stage, items, log))
    for row in items:
        log.append(("use", row))
    return log


rows = passed_on("read", range(4), log := [])
print(f"called: a {type(rows).__name__}, and the log is {log}")
print(f"asked for a row: {next(rows)}, and the log is {log}")

# %%
STAGES = ["read", "parse", "keep", "use"]
panels = plotting.panels(2, height=2.3, share=True)
for ax, name, join in zip(panels, ("lists", "generators"), (list, iter), strict=True):
    log = run_pipeline(join)
    for row in range(1, 5):
        path = [(step, STAGES.index(s)) for step, (s, number) in enumerate(log, 1) if number == row]
        look = {"color": plotting.COLOURS[row - 1], "linestyle": plotting.LINES[row - 1]}
        ax.plot(*zip(*path, strict=True), linewidth=2, **look)
        for step, lane in path:
            disc = {"boxstyle": "circle", "facecolor": plotting.PAPER, "edgecolor": look["color"]}
            ax.text(step, lane, row, ha="center", va="center", bbox=disc, color=plotting.INK)
    ax.set_yticks(range(4), STAGES)
    ax.set(ylim=(3.6, -0.6), xticks=range(1, 17))
    first, last = log.index(("use", 1)) + 1, log.index(("read", 4)) + 1
    ax.alt = f"{name}: row 1 is used at step {first}, row 4 is read at step {last}."
    ax.set_title(f"{name}: row 1 is used at step {first}", loc="left", color=plotting.INK)
panels[-1].set_xlabel("step", color=plotting.INK)
panels[0]

# %% [markdown]
# Each line is the life of a row. Above, all four lives overlap: at step 12 every row is in memory,
# and nothing has been used. Below, a row is used before the next one is read, so one row is all
# that is ever held. And whoever stops after row 1 has never read the others.

# %% [markdown]
# ## 5. A pipeline over a file · 6 min
#
# Which requests kept a web server busy for more than a second? Its log grows by gigabytes, so build
# a pipeline of three generators that holds one line at a time:
#
# ```text
#             lines          tuples        slow ones
#  file ──▶ read_lines ──▶  parse  ──▶  keep  ──▶  you
#                      ◀──         ◀──        ◀──
#                      next       next        next
# ```
#
# | points | for |
# |---|---|
# | 1 | each stage does its work |
# | 2 | nothing is read ahead of what is asked for: items drawn, bytes read **and** peak memory |
# | 1 | the file is closed at the end, on an error, and when the generator is closed or dropped |


# %% nbgrader={"grade_id": "given_log", "locked": true}
def write_log(path: Path, requests: int) -> Path:
    """Write a log: method, path, status and seconds of each request, and a remark now and then."""
    rng = random.Random(9)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(requests):
            if number % 1_000 == 500:
                file.write("# rotated\n")
            status = rng.choice((200, 200, 200, 404))
            file.write(f"GET /item/{rng.randrange(10**6)} {status} {rng.expovariate(4):.3f}\n")
    return path


log_path = write_log(notebook_folder / "requests.log", 100_000)
print(*log_path.read_text(encoding="utf-8").splitlines()[498:503], sep="\n")

# %% [markdown]
# <details><summary>Hint 1: the shape of each</summary>
#
# `for line in file:` reads a line at a time. So every stage is one `for` loop with one `yield` in
# it. A stage that builds a list (`[… for …]`, `list`, `sorted`, `.append`) holds everything.
# </details>
#
# <details><summary>Hint 2: who closes the file?</summary>
#
# `with` around the loop, in the generator. When a generator that has begun is closed before its
# end, Python raises `GeneratorExit` at the `yield`, and that leaves the `with` as any exception
# does. The same happens when nobody holds it any more: in CPython at once, unless it is part of a
# cycle.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# with open(path, encoding="utf-8") as file:       # read_lines
#     for line in file:
#         yield ...
#
# for line in lines:                               # parse
#     try:
#         _method, path, status, seconds = line.split()
#         request = path, int(status), float(seconds)
#     except ValueError:                           # not four parts, or no numbers
#         ...
#     yield request
# ```
# </details>


# %% nbgrader={"grade_id": "read_lines", "solution": true}
def read_lines(path: str | Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text file, without the newline (\\n or \\r\\n) at their ends.

    The file is opened when the first line is asked for. It is closed at its end, on an error, and
    when the generator is closed before.
    """
    ### BEGIN SOLUTION
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")
    ### END SOLUTION


# %% nbgrader={"grade_id": "parse", "solution": true}
def parse(lines: Iterable[str]) -> Iterator[tuple[str, int, float]]:
    """Yield (path, status, seconds) for each line `METHOD PATH STATUS SECONDS`; skip all others.

    >>> list(parse(["GET /a 200 0.125", "# rotated"]))
    [('/a', 200, 0.125)]
    """
    ### BEGIN SOLUTION
    for line in lines:
        try:
            _method, path, status, seconds = line.split()
            request = path, int(status), float(seconds)
        except ValueError:  # not four parts, or no numbers
            continue
        yield request
    ### END SOLUTION


# %% nbgrader={"grade_id": "keep", "solution": true}
def keep(
    requests: Iterable[tuple[str, int, float]], slower_than: float
) -> Iterator[tuple[str, int, float]]:
    """Yield those of the requests that took more than `slower_than` seconds.

    >>> list(keep([("/a", 200, 0.5), ("/b", 200, 1.5)], slower_than=1))
    [('/b', 200, 1.5)]
    """
    ### BEGIN SOLUTION
    for request in requests:
        if request[2] > slower_than:
            yield request
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_pipeline", "grade": true, "points": 4}
import random

from helpers import checks, counting

check = checks.Check("read_lines", "parse", "keep")


def short_log(lines):
    """A log whose lines all differ; one request in ten is slow."""
    rest = "x" * 280
    text = (f"GET /{n}/{rest} 200 {1.5 if n % 10 == 1 else 0.5}{n}\n" for n in range(lines))
    return "".join(text).encode()


@check.beside
def your_three_stages(read_lines, parse, keep, path, slower_than):
    with counting.opens() as files:
        lines = list(read_lines(path))
    requests = list(parse(lines))
    kept = list(keep(requests, slower_than))
    plain = [tuple(r) if isinstance(r, tuple) else r for r in requests]  # a NamedTuple is as good
    kept = [tuple(r) if isinstance(r, tuple) else r for r in kept]
    return lines, plain, kept, [file.encoding for file in files]


def check_stages(requests, slower_than, newline="\n"):
    """`requests` are lines, each with what it should be parsed to: None where it is no request."""
    content = newline.join(line for line, _ in requests)  # and none behind the last
    with check.file(content.encode(), "requests.log") as path:
        lines, parsed, kept, encodings = your_three_stages(path=path, slower_than=slower_than)
    check.true(
        "locale" not in encodings,
        "read_lines opens its file without `encoding=`.",
        think="The file is UTF-8. Without encoding=, open takes the system's own: on Windows that "
        "is another one, up to Python 3.14.",
    )
    check.equal(
        lines,
        [line for line, _ in requests],
        think="read_lines: the newline goes, and nothing else. `.strip()` and `.rstrip()` take "
        "spaces too; `[:-1]` takes whatever comes last, and the last line here has no newline. "
        "`open` turns \\r\\n into \\n by itself; splitlines cuts at other characters as well.",
    )
    expected = [request for _, request in requests if request]
    check.equal(
        parsed,
        expected,
        think="parse: tuples (str, int, float). A line with fewer parts than four, or more, or "
        "with text where a number belongs, is skipped.",
    )
    slow = [request for request in expected if request[2] > slower_than]
    check.equal(kept, slow, think="keep: what took more than slower_than, as it is.")


with check.part("Each stage does its work", points=1):
    check_stages(
        [
            ("GET /a 200 0.125", ("/a", 200, 0.125)),
            ("# rotated", None),
            ("PUT /b/c?d=e 404 1.5", ("/b/c?d=e", 404, 1.5)),
            ("", None),
            ("GET /a ok 0.125", None),
            ("GET /a 200 soon", None),
            ("GET /a 200 0.125 0.25", None),
            ("  # indented  ", None),
            ("# a\x0cpage\u2028ends", None),
            ("GET /größer/😀 200 1.2.3", None),
            ('GET "/größer/😀 200 2', ('"/größer/😀', 200, 2.0)),
            ("GET /f 500 1", ("/f", 500, 1.0)),
        ],
        slower_than=1.0,
    )
    check_stages([("GET /a 200 1.5", ("/a", 200, 1.5)), ("# rotated", None)], 1.0, newline="\r\n")

    @check.beside
    def your_parse(parse, begin, end):
        lines = (f"{begin}{'x' * (300 + number % 2)}{end}" for number in range(5_000))
        return sum(1 for _ in parse(lines))

    check.flat(
        your_parse,
        {"5,000 requests": ("GET /", " 200 0.1"), "5,000 remarks": ("# rotated ", "")},
        within=0.4 * 2**20,
        think="parse: a line that is skipped is not kept either.",
    )
    ### BEGIN HIDDEN TESTS
    times = [random.randrange(3_000) / 1_000 for _ in range(200)]
    requests = [
        (f"GET /{n} {200 + n % 3} {seconds}", (f"/{n}", 200 + n % 3, seconds))
        for n, seconds in enumerate(times)
    ]
    requests[random.randrange(200)] = "four words, no numbers", None
    check_stages(requests, slower_than=random.choice(times))
    check_stages([], slower_than=1.0)
    ### END HIDDEN TESTS

with check.part("Nothing is read ahead of what is asked for", points=2):

    @check.beside
    def lines_drawn_by_parse_and_keep(parse, keep):
        lines, tally = counting.drawn(["GET /a 200 0.1"] * 12 + ["GET /b 200 2.5"] * 988)
        slow = iter(keep(parse(lines), 1.0))
        before = tally.items
        first = next(slow)
        return before, tuple(first) if isinstance(first, tuple) else first, tally.items

    @check.beside
    def bytes_read_for_the_first_line(read_lines, path):
        with counting.opens() as files:
            lines = iter(read_lines(path))
            next(lines)
            return sum(file.bytes_read for file in files)

    @check.beside
    def slow_requests_counted(read_lines, parse, keep, path):
        count = characters = 0
        for where, _status, _seconds in keep(parse(read_lines(path)), 1.0):
            count += 1
            characters += len(where)
        return count, characters

    before, first, drawn = lines_drawn_by_parse_and_keep()
    check.equal(before, 0, think="Work was done before anybody asked for a request.")
    check.equal(first, ("/b", 200, 2.5))
    check.at_most(
        drawn,
        14,
        what="lines drawn for the first slow request, which is the 13th",
        think="Which stage wants all its input before it hands on the first item?",
    )
    # All lines differ: who remembers anything of each needs more and more.
    with check.file(short_log(20_000)) as few, check.file(short_log(80_000)) as many:
        check.flat(
            slow_requests_counted,
            {"20,000 lines": (few,), "80,000 lines": (many,)},
            within=0.4 * 2**20,
            think="What is kept of each line: the line, a number, an entry in a cache?",
        )
    # Every path takes 16 KB in memory: an emoji makes four bytes of each of its characters.
    path_of = "/" + "x" * 4_000 + "😀"
    times = [random.choice((0.5, 1.5)) for _ in range(8_000)]
    lines = {seconds: f"GET {path_of} 200 {seconds}\n".encode() for seconds in (0.5, 1.5)}
    content = b"".join(lines[seconds] for seconds in times)
    with check.file(content, "requests.log") as path:
        check.at_most(
            bytes_read_for_the_first_line(path=path),
            2 * 2**20,  # some file systems are read a MiB at a time
            what="bytes read for the first line, of 32 million",
            think="`for line in file` reads a buffer at a time; .read() and .readlines() do not.",
        )
        found = check.peak(
            slow_requests_counted,
            path,
            at_most=16 * 2**20,
            think="All lines together take 128 MB. Which stage keeps them?",
        )
        check.equal(
            found,
            (times.count(1.5), times.count(1.5) * len(path_of)),
            think="(slow requests, characters in their paths), which are long here, with an emoji. "
            "Is a line cut where a buffer ends? Is the encoding UTF-8?",
        )

with check.part("The file is closed, also when nobody asks for the rest", points=1):

    @check.beside
    def files_closed_by_your_pipeline(read_lines, parse, keep, path, broken):
        def close(iterator):
            getattr(iterator, "close", lambda: None)()

        with counting.opens() as files:
            close(iter(read_lines(path)))  # nothing was asked for yet
            lines = iter(read_lines(path))
            next(lines)
            close(lines)
            after_close = bool(files) and all(file.closed for file in files)
            before = len(files)
            requests = iter(parse(read_lines(path)))
            next(requests)
            close(requests)
            slow = iter(keep(parse(read_lines(path)), 1.0))
            next(slow)
            del slow
            after_del = all(file.closed for file in files[before:])
            before = len(files)
            try:
                list(read_lines(broken))
            except UnicodeDecodeError as error:
                del error  # and with it what its traceback holds
            after_error = all(file.closed for file in files[before:])
            before = len(files)
            list(read_lines(path))
            at_end = all(file.closed for file in files[before:])
            return after_close, after_del, after_error, at_end

    log = b"GET /a 200 1.5\n" * 50_000
    with check.file(log, "requests.log") as path, check.file(log + b"\xff", "broken.log") as broken:
        check.equal(
            files_closed_by_your_pipeline(path=path, broken=broken),
            (True, True, True, True),
            think="(after .close(), after `del`, after an error in reading, at the end). A file "
            "that is left to the garbage collector stays open for as long as that likes: use "
            "`with`, around the loop, in the generator itself. And a bare `except:` around a "
            "`yield` catches the GeneratorExit that closes it.",
        )

check.score()

# %% [markdown]
# Now run it. `itertools.batched` makes tuples of up to 200 of what comes out: the usual last stage
# before a database, which would rather have one call for 200 rows than 200 calls.

# %%
with counting.opens() as files:
    slow = keep(parse(read_lines(log_path)), slower_than=1.0)
    batches = itertools.batched(slow, 200)
    print(f"built the pipeline:   {len(files)} files opened")
    print(f"first batch:          {len(next(batches))} requests")
    begun = files[0].bytes_read < log_path.stat().st_size
    print(f"the file:             {'partly' if begun else 'completely'} read")
    print(f"all further batches:  {[len(batch) for batch in batches]}")
    print(f"the file:             {'closed' if files[0].closed else 'open'}")

# %% [markdown]
# ## 6. Challenge: a large CSV file · 6 min
#
# A CSV file is not a text file whose lines are split at commas: a quoted field may hold commas,
# quotes and line ends. The module `csv` knows all that, and it reads row by row. Your generator
# adds what it does not do: it converts numbers, drops bad rows and closes the file. The columns
# that hold numbers are known by name; all others stay text, so that an article number `007` keeps
# its zeros.

# %% nbgrader={"grade_id": "given_converters", "locked": true}
CONVERTERS = {"id": int, "quantity": int, "price": float}

sample = data.write_csv(notebook_folder / "sample.csv", rows=60, seed=9)
with open(sample.path, "rb") as file:
    lines = file.readlines()
print(*lines[:4], "...", *[line for line in lines if line.startswith(b"-")], sep="\n")

# %% [markdown]
# Look at the bytes: a mark (BOM) before the first column's name, `\r\n` at the line ends, another
# line end inside quotes; and below, bad rows: too short, too long, and "many" where a number
# belongs. What the two checks look at:
#
# | points | for |
# |---|---|
# | 1 | a new dictionary for each row, numbers converted |
# | 1 | quotes, line ends inside them, and a BOM |
# | 1 | blank lines and bad rows are skipped, and not kept |
# | 1 | nothing happens before the first row is asked for, and then little is read |
# | 2 | peak memory stays flat, however many rows there are |
# | 1 | the file is closed at the end, on an error, and when the generator is closed or dropped |

# %% [markdown]
# <details><summary>Hint 1: opening</summary>
#
# `open(filepath, encoding="utf-8-sig", newline="")`: this encoding takes a BOM away if there is
# one, and `newline=""` leaves line ends to the csv module, which must tell those inside quotes.
# </details>
#
# <details><summary>Hint 2: which row is bad?</summary>
#
# `int` and `float` raise ValueError for text that is no number, and TypeError for `None`.
# `zip(..., strict=True)` raises a ValueError when its arguments differ in length. `csv.DictReader`
# hands over rows of the wrong length, with `None` among its values (too few fields) or its keys
# (too many), in columns of text as well.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# with open(...) as file:
#     reader = filter(None, csv.reader(file))                     # a blank line is an empty row
#     columns = next(reader, [])                                  # [] if the file is empty
#     converters = [CONVERTERS.get(column, str) for column in columns]
#     for fields in reader:
#         try:
#             values = [... for convert, field in zip(converters, fields, strict=True)]
#         except ValueError:
#             ...
#         yield dict(zip(columns, values, strict=True))
# ```
# </details>


# %% nbgrader={"grade_id": "process_large_csv_file", "solution": true}
def process_large_csv_file(filepath: str | Path) -> Generator[dict[str, Any], None, None]:
    """Yield the good rows of a CSV file as dictionaries, one at a time.

    filepath: UTF-8 text, with or without a BOM, whose first row holds the names of the columns.
    Yields a new dictionary for each row, from column to value. Columns named in CONVERTERS hold
    what their converter makes of the text, all others the text as it is.
    Blank lines and bad rows are skipped, and not kept; a row is bad when it has too few fields, too
    many, or one that cannot be converted. A file that is empty, or all blank lines, has no rows.
    Nothing is opened before the first row is asked for, and then the file is read a buffer at a
    time. It is closed at its end, on an error, and when the generator is closed before.
    Raises FileNotFoundError when the first row is asked for and there is no such file.

    >>> next(process_large_csv_file("large_file.csv"))  # doctest: +SKIP
    {'id': 1, 'day': '2024-03-01', 'name': 'Ann Lee', 'city': 'Graz', ...}
    """
    ### BEGIN SOLUTION
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = filter(None, csv.reader(file))  # a blank line is an empty row
        columns = next(reader, [])
        converters = [CONVERTERS.get(column, str) for column in columns]
        for fields in reader:
            try:
                values = [convert(f) for convert, f in zip(converters, fields, strict=True)]
            except ValueError:  # another number of fields, or no number
                continue
            yield dict(zip(columns, values, strict=True))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_process_large_csv_file", "grade": true, "points": 3}
import csv
import io
import random
import tempfile
from pathlib import Path

from helpers import checks, data

check = checks.Check("process_large_csv_file")


@check.beside
def all_the_rows(process_large_csv_file, path):
    rows = list(process_large_csv_file(path))
    return [dict(row) if isinstance(row, dict) else row for row in rows]  # an OrderedDict, say


@check.beside
def the_rows_of_an_empty_file(process_large_csv_file, path):
    try:
        return list(process_large_csv_file(path))
    except RuntimeError as error:
        return f"RuntimeError: {error}"


def check_rows(text, expected, think=""):
    with check.file(text.encode()) as path:
        check.equal(all_the_rows(path=path), expected, think)


with check.part("A new dictionary for each row, numbers converted", points=1):
    check_rows(
        "id,article,quantity,price\n7,007,-3,2.50\n8,1e3,0,10\n",
        [
            {"id": 7, "article": "007", "quantity": -3, "price": 2.5},
            {"id": 8, "article": "1e3", "quantity": 0, "price": 10.0},
        ],
        think="CONVERTERS names the columns that hold numbers. The others stay text. "
        "Are all rows equal? Then it is one dictionary, yielded again and again.",
    )
    check_rows("city,id\n", [], think="A header alone makes no row.")
    with check.file(b"") as path:
        check.equal(
            the_rows_of_an_empty_file(path=path),
            [],
            think="next() raises StopIteration where there is nothing, which in a generator "
            "becomes a RuntimeError. It takes a second argument for that case.",
        )
    check.raises(
        FileNotFoundError,
        all_the_rows,
        path="no such folder/no such file.csv",
        think="`open` raises it by itself, if nothing catches it.",
    )
    ### BEGIN HIDDEN TESTS
    columns = random.sample(["id", "quantity", "price", "city", "day"], k=5)
    numbers = [random.randrange(10**6) for _ in range(50)]
    expected = [
        {
            column: {"id": n, "quantity": -n, "price": n / 4}.get(column, f"{column} {n}")
            for column in columns
        }
        for n in numbers
    ]
    lines = [",".join(columns), *(",".join(map(str, row.values())) for row in expected)]
    check_rows("\n".join(lines), expected)
    ### END HIDDEN TESTS

with check.part("Quotes, line ends inside them, and a BOM", points=1):
    check_rows(
        'id,note\n1,"left, then right"\n2,"said ""no"""\n3,"one\n\ntwo"\n4,  größer 😀 \n',
        [
            {"id": 1, "note": "left, then right"},
            {"id": 2, "note": 'said "no"'},
            {"id": 3, "note": "one\n\ntwo"},
            {"id": 4, "note": "  größer 😀 "},
        ],
        think="csv.reader and csv.DictReader know about quotes; .split(',') does not. And a line "
        "end inside quotes belongs to the field.",
    )
    check_rows(
        "\ufeffid,note\r\n1,plain\r\n",
        [{"id": 1, "note": "plain"}],
        think="The first column is not called '\\ufeffid': which encoding takes the BOM away?",
    )
    check_rows(
        '\ufeff"note, short","id"\n"a, b",1\n',
        [{"note, short": "a, b", "id": 1}],
        think="The first row is CSV, too: names may stand in quotes, and hold commas. And the BOM "
        "goes before anybody looks for quotes.",
    )
    check_rows(
        'id,note\r\n1,"one\r\ntwo"\r\n',
        [{"id": 1, "note": "one\r\ntwo"}],
        think="open() turns \\r\\n into \\n, unless it is told newline=''.",
    )

with check.part("Blank lines and bad rows are skipped", points=1):
    check_rows(
        "id,city,quantity\n\n1,Graz,5\n2,Graz\n3,Graz,5,6\n4,Graz,many\n\n\n5,,0\nsix,Graz,1\n"
        "7,Graz,5.7\n",
        [{"id": 1, "city": "Graz", "quantity": 5}, {"id": 5, "city": "", "quantity": 0}],
        think="Row 2 has too few fields, row 3 too many; rows 4, six and 7 hold what is no int. "
        "Row 5 is good: an empty text is a text.",
    )
    check_rows(
        "id,quantity,city\n1,5,Graz\n2,5\n",
        [{"id": 1, "quantity": 5, "city": "Graz"}],
        think="Row 2 has too few fields. The one that is missing holds text, so no converter "
        "stumbles over it.",
    )
    check_rows(
        "city,name\n,\nGraz,Ann\n",
        [{"city": "", "name": ""}, {"city": "Graz", "name": "Ann"}],
        think="A row of empty texts is a row. A blank line has nothing in it, not even a comma.",
    )
    check_rows("\n\n\n", [], think="Blank lines alone make no row, not even an empty one.")

    @check.beside
    def your_generator(process_large_csv_file, path):
        return sum(1 for _ in process_large_csv_file(path))

    good, bad = (
        "id,quantity,note\n" + "".join(f"{n},{q},{'x' * 4_000}{n}\n" for n in range(500))
        for q in (5, "many")
    )
    with check.file(good.encode()) as good, check.file(bad.encode()) as bad:
        check.flat(
            your_generator,
            {"500 good rows": (good,), "500 bad ones": (bad,)},
            within=0.4 * 2**20,
            think="Bad rows are skipped. What is kept of them?",
        )
    ### BEGIN HIDDEN TESTS
    with tempfile.TemporaryDirectory() as folder:
        content = data.write_csv(Path(folder) / "nasty.csv", rows=1_000).path.read_bytes()
    content = content.decode("utf-8-sig").replace("\r\n", "\n")  # those had a point of their own
    columns, *records = csv.reader(io.StringIO(content, newline=""))
    expected = []
    for record in records:
        if len(record) == len(columns) and record[4] != "many":
            row = dict(zip(columns, record, strict=True))
            row |= {"id": int(row["id"]), "quantity": int(row["quantity"])}
            expected.append(row | {"price": float(row["price"])})
    check_rows(content, expected, think="Quotes, line ends in them, blank lines, bad rows: all.")
    ### END HIDDEN TESTS

check.score()

# %% [markdown]
# The rows are right. Now: does it stream? Files of different lengths, and one whose rows are long:

# %% nbgrader={"grade_id": "test_csv_streaming", "grade": true, "points": 4}
import random

from helpers import checks, counting

check = checks.Check("process_large_csv_file")
MIB = 2**20


@check.beside
def the_first_row(process_large_csv_file, path):
    with counting.opens() as files:
        rows = iter(process_large_csv_file(path))
        opened = len(files)
        first = next(rows)
        read = sum(file.bytes_read for file in files)
        getattr(rows, "close", lambda: None)()
    return opened, first["id"], read


@check.beside
def all_rows_added_up(process_large_csv_file, path):
    rows = quantity = characters = 0
    for row in process_large_csv_file(path):
        rows += 1
        quantity += row["quantity"]
        characters += len(row.get("note", ""))
    return rows, quantity, characters


# Every note takes 16 KB in memory: an emoji makes four bytes of each of its characters.
note = "x" * 4_000 + "😀"
quantities = random.choices(range(1_000), k=8_000)
long_rows = (
    b"%d,%d,%b\n" % (n, quantity, note.encode()) for n, quantity in enumerate(quantities, 1)
)
long_rows = b"id,quantity,note\n" + b"".join(long_rows)


def short_rows(rows):
    """A file of so many rows, and what they add up to: (rows, quantity, characters in notes)."""
    numbers = random.choices(range(1_000), k=rows)
    lines = [f"{n},{q},{'x' * 900}{n:06}\n" for n, q in enumerate(numbers)]
    return f"id,quantity,note\n{''.join(lines)}".encode(), (rows, sum(numbers), rows * 906)


with (
    check.part("Nothing happens before the first row is asked for, then little is read", points=1),
    check.file(long_rows) as path,
):
    opened, first, read = the_first_row(path=path)
    check.equal(opened, 0, think="A function with a yield in it does nothing until next is called.")
    check.equal(first, 1)
    check.at_most(
        read,
        2 * MIB,  # some file systems are read a MiB at a time
        what="bytes read for the first row, of 32 million",
        think="What wants the whole file: .read(), .readlines(), list(reader)?",
    )
    think = "The first row is one of 8,000. Where are the others, and why already?"
    check.peak(the_first_row, path, at_most=16 * MIB, think=think)

with check.part("Peak memory stays flat, however many rows there are", points=2):
    # All rows differ: who remembers anything of each needs more and more.
    (few, expected), (more, expected_of_more) = short_rows(10_000), short_rows(40_000)
    sums = "(rows, their quantities added up, characters in their notes): "
    with check.file(few) as few, check.file(more) as more:
        found = check.flat(
            all_rows_added_up,
            {"10,000 rows": (few,), "40,000 rows": (more,)},
            within=0.4 * MIB,
            think="They were drawn and dropped one by one. What is kept of each: the row, a "
            "number, an entry in a cache?",
        )
    check.equal(found, [expected, expected_of_more], think=sums + "of two files.")
    with check.file(long_rows) as path:
        found = check.peak(
            all_rows_added_up,
            path,
            at_most=16 * MIB,
            think="All rows together take 128 MB. Who keeps them?",
        )
    check.equal(found, (8_000, sum(quantities), 8_000 * len(note)), think=sums + "of long rows.")

with check.part("The file is closed, also when the caller stops early", points=1):

    @check.beside
    def files_closed_by_your_generator(process_large_csv_file, path, broken):
        with counting.opens() as files:
            rows = iter(process_large_csv_file(path))
            next(rows)
            getattr(rows, "close", lambda: None)()
            after_close = bool(files) and all(file.closed for file in files)
            before = len(files)
            for _row in process_large_csv_file(path):
                break
            after_break = all(file.closed for file in files[before:])
            before = len(files)
            try:
                list(process_large_csv_file(broken))
            except UnicodeDecodeError as error:
                del error  # and with it what its traceback holds
            after_error = all(file.closed for file in files[before:])
            before = len(files)
            list(process_large_csv_file(path))
            at_end = all(file.closed for file in files[before:])
            return after_close, after_break, after_error, at_end

    rows = b"id,quantity\n" + b"1,2\n" * 30_000
    with check.file(rows) as path, check.file(rows + b"\xff") as broken:
        check.equal(
            files_closed_by_your_generator(path=path, broken=broken),
            (True, True, True, True),
            think="(after .close(), after a `break`, after an error in reading, at the end). A "
            "file that is left to the garbage collector stays open for as long as that likes: use "
            "`with`.",
        )

check.score()

# %% [markdown]
# ## 7. A file of real size · 1 min
#
# This file is made on demand. Set `MEGABYTES` to 200 (some twenty seconds), or to 2,000 (minutes,
# and 2 GB in your temporary folder), and run the cell again: the time grows, the memory does not.

# %% tags=["nbval-ignore-output"]
MEGABYTES = 10
large = data.write_csv(notebook_folder / "large_file.csv", size_bytes=MEGABYTES * 10**6, seed=9)


def total_quantity() -> int:
    return sum(row["quantity"] for row in process_large_csv_file(large.path))


with counting.opens() as files:
    print(next(process_large_csv_file(large.path)))
print(f"for that row, {files[0].bytes_read:,} of {large.bytes:,} bytes were read")
streamed = memory.timeline(total_quantity)
assert streamed.result == large.quantity, "The quantities do not add up to what was written."
print(f"{large.rows:,} rows, {large.bytes / 10**6 / streamed.seconds[-1]:.1f} MB a second")
print(f"the process grew by {memory.format_bytes(streamed.peak_bytes)}")

# %% [markdown]
# Mind the last line: a process grows only when Python finds no room in what it has. On most Linux
# systems `timeline` first gives back what the C library has spare; elsewhere much is kept from all
# that was freed before, and a small growth proves little. For the comparison with a list, take your
# own function again, which counts what is asked for:


# %% tags=["nbval-ignore-output"]
def listed(count: int) -> int:
    rows = list(itertools.islice(process_large_csv_file(large.path), count))
    return sum(row["quantity"] for row in rows)


def one_at_a_time(count: int) -> int:
    rows = itertools.islice(process_large_csv_file(large.path), count)
    return sum(row["quantity"] for row in rows)


peaks = {
    f"{count:,} rows": {
        "in a list": peak_memory(listed, count)[1] / 2**20,
        "one at a time": peak_memory(one_at_a_time, count)[1] / 2**20,
    }
    for count in (500, 2_000, 8_000)
}
plotting.bars(peaks, unit="MiB", quantity="peak memory", title="Rows of a CSV file")

# %% [markdown]
# ## 8. Report · 4 min
#
# A colleague has heard that generators make programs fast and wants to turn every list into one.
# Answer in 150 to 250 words, with figures from *your* notebook (5 points, read by a person):
#
# 1. **Technique and evidence:** why does memory stay flat, and how flat is it: peak of list and of
#    generator, for a million numbers and for ten million?
# 2. **Speed:** is a generator faster? What did you predict, what did you measure?
# 3. **When to use one**, and when rather a list (or an array, or a data frame)?
# 4. **Limits:** what can a generator not do, or what goes wrong more easily?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Technique and evidence.* A generator makes an item when it is asked for one and forgets it when
# it makes the next. So the peak is that of one item, whatever the number of items. Section 2 shows
# (my machine) 39 MiB for the list of a million squares and less than a KiB for the generator; with
# ten million, in the plot of section 3, it is some 440 MiB, and the generator's line stays at the
# bottom. I predicted 8 MiB for the list: I had forgotten that each square is an object.
#
# *Speed.* Not by itself. I predicted no difference. For ten numbers the list is faster, as a
# generator has to be made and resumed; at a thousand little of that is left. For ten million the
# ratio in section 3 speaks for the generator, because the list pays for getting its memory; but
# that was one run.
#
# *When.* For data that is larger than memory, or comes without an end, or of which perhaps only
# the first part is wanted; and to join stages over a file. A list when the data is small, is needed
# twice, or needs `len`, an index, or sorting. For numbers by the million, NumPy, or pandas in
# chunks.
#
# *Limits.* It can be walked through once; a second loop finds nothing and says nothing. Errors
# come up late, where the rows are used. And my CSV reader skips bad rows silently: in real
# use I would count them.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own notebook. A wrong prediction costs nothing.
#
# - **1** for why memory stays flat: one item at a time, made on demand, and not kept. It has to
#   hold for all stages, the source included: ½ if the answer would also be true of a generator over
#   a list that is in memory already.
# - **1** for peaks of both from their own notebook, at two sizes. ½ for one size.
# - **1** for the finding on speed beside what was predicted: no gain in general, the list somewhat
#   faster on little data (making and resuming a generator costs time), about even or behind on much
#   (getting memory costs time). Whatever agrees with their own figures. ½ without a reason.
# - **1** for a case for each: a generator (larger than memory, endless, only the first part, stages
#   over a file) and a list, array or data frame (small, used twice, random access, sorting, heavy
#   arithmetic). ½ for one side only.
# - **1** for a limit with its consequence: can be used once, then silently empty; no `len`, no
#   index; errors come late; a file stays open while the generator lives; bad rows vanish unnoticed.
#
# The sample answer gets 5. "Generators save memory and are faster, use them for big files" gets ½:
# half of the fourth.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **A generator holds one item, not all.** Peak memory does not depend on how many there are.
# - **Memory stays flat only if every stage is lazy**, the source included. One `list`, `sorted` or
#   `readlines` in the chain, and its input is in memory after all.
# - **It is no accelerator.** On little data a list is somewhat faster; measure before you choose.
# - **`with` inside the generator** closes the file at the end, on an error inside, and when the
#   generator is closed or dropped. While a variable still holds it, the file stays open:
#   `rows.close()`.
# - **It can be walked through once.** What is needed twice, sorted, or by index is a list's job.
