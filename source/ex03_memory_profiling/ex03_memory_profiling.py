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
# # Exercise 3: Memory profiling
#
# **Objective:** find out what a program keeps in memory and who keeps it, mend it in three ways,
# and show by measurement what each of them is worth, alone and together.
#
# **Time:** 30–45 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** classes and their special methods, dictionaries, `yield`, and
# `with … as …`. In CPython an object goes when the last reference to it does.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import contextlib
import gc
import io
import runpy
import tempfile
import tracemalloc
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from memory_profiler import memory_usage

from helpers import counting, memory, plotting

MIB = 2**20

# %% [markdown]
# ## 1. Predict · 2 min
#
# A processor adds up numbers that come in chunks. `load_chunk` stands for a database or a file.
# Read both, but **run nothing else yet**. What is still there when the work is done?


# %% nbgrader={"grade_id": "given_processor", "locked": true}
CHUNK_SIZE = 10_000


def load_chunk(number: int) -> list[int]:
    """Return chunk `number`: a new list of CHUNK_SIZE whole numbers."""
    return list(range(CHUNK_SIZE))


class DataProcessor:
    """Adds up chunks of numbers. The sums are right; the rest is your subject."""

    def __init__(self, load_chunk: Callable[[int], list[int]] = load_chunk) -> None:
        self.load_chunk = load_chunk
        self.data_store = []
        self.cache = {}

    def process_large_dataset(self, iterations: int = 100) -> int:
        """Load so many chunks, return the sum of all numbers processed so far."""
        for number in range(iterations):
            chunk = self.load_chunk(number)
            self.data_store.extend(chunk)
            self.cache[number] = chunk
        return sum(self.data_store)

    def get_statistics(self) -> dict[str, int]:
        """Return how many numbers and cache entries there are, and a guess at their bytes."""
        items, entries = len(self.data_store), len(self.cache)
        estimate = 28 * items + 100 * entries
        return {"total_items": items, "cache_size": entries, "memory_estimate": estimate}


processor = DataProcessor()
print(f"sum: {processor.process_large_dataset(50):,}")
processor.get_statistics()

# %% [markdown]
# Two attributes grow: `data_store` and `cache`. Write down, before anything is measured:
#
# - How many MB do 50 chunks take at the peak? The estimate above says 14.
# - What share of that is saved by doing away with `data_store` alone? By a cache that keeps nothing
#   alive, alone? By both?
#
# Nobody grades a guess.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted_mb = ...         MB at the peak of process_large_dataset(50)
# predicted_savings = ...    per cent saved: (no data_store, weak cache, both)
### BEGIN SOLUTION
predicted_mb = 14
predicted_savings = (50, 50, 100)
### END SOLUTION

# %% [markdown]
# ## 2. Measure a call, and run it once · 6 min
#
# `memory_usage` of **memory_profiler** asks the system how much memory the process has, or takes
# such readings *while a function runs*. So a first version of a measuring function is quickly
# written. It is wrong, and you will find its like in many projects. What is it that goes wrong
# here?


# %% tags=["nbval-ignore-output"]
def profile_carelessly(func: Callable, *args, **kwargs) -> Any:
    result = func(*args, **kwargs)
    readings = memory_usage((func, args, kwargs))
    print(f"Peak usage: {max(readings):.2f} MB")
    return result


processor = DataProcessor()
work = counting.counted(processor.process_large_dataset)
print(f"sum: {profile_carelessly(work, 5):,}")
print(f"func was called {work.tally.calls} times")
print(processor.get_statistics())

# %% [markdown]
# The function ran once for its result, and again for its peak. Not even that is all: when a
# function is over too soon for a handful of readings, `memory_usage` **calls it again**, with a
# shorter interval, until it has them. Twice the time is the lesser evil. The work has been *done*
# more than once: five chunks were asked for; count the items. With rows in a database it
# would be worse.
#
# Write one that runs `func` once. A point each for
#
# - one call, with all its arguments, and its result;
# - before, after and peak, right to within 25 %;
# - what `func` raises is passed on, and nothing is left running.

# %% [markdown]
# <details><summary>Hint 1: two options</summary>
#
# `memory_usage((func, args, kwargs), retval=True)` returns the readings **and** the result.
# `max_iterations=1` keeps it from calling again, and `interval=0.01` takes a reading every 10 ms.
# (If `func` raises, `memory_usage` kills *all* child processes of yours, a pool's too. With
# processes about, take Hint 3.)
# </details>
#
# <details><summary>Hint 2: which reading is which?</summary>
#
# The first is taken before the call, the last after it, while the result is alive.
# </details>
#
# <details><summary>Hint 3: another way</summary>
#
# `tracemalloc` misses no peak, however short: `start()`, the call, `get_traced_memory()`, and
# `stop()` in a `finally`. It counts from 0 the bytes that Python asks for; divide by 10**6.
# </details>


# %% nbgrader={"grade_id": "profile_memory_usage", "solution": true}
def profile_memory_usage(func: Callable, *args, **kwargs) -> Any:
    """Call func(*args, **kwargs) once, print its memory, and return its result.

    Prints three lines, of which the amounts are in MB (10**6 or 2**20 bytes, as you like):

        Memory before: 101.24 MB
        Memory after: 127.51 MB
        Peak usage: 131.06 MB

    "After" is with the result alive, and "peak" the most while `func` runs. Take the memory of the
    process, or what tracemalloc counts from 0: the check looks at how the three differ.
    What `func` raises is passed on, and no tracing or thread is left running.

    >>> profile_memory_usage(max, 3, -5, key=abs)  # doctest: +SKIP
    Memory before: 101.24 MB
    Memory after: 101.24 MB
    Peak usage: 101.24 MB
    -5
    """
    ### BEGIN SOLUTION
    gc.collect()
    readings, result = memory_usage(
        (func, args, kwargs), interval=0.01, retval=True, max_iterations=1
    )
    print(f"Memory before: {readings[0]:.2f} MB")
    print(f"Memory after: {readings[-1]:.2f} MB")
    print(f"Peak usage: {max(readings):.2f} MB")
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_profile_memory_usage", "grade": true, "points": 3}
import random
import re

from helpers import checks

check = checks.Check("profile_memory_usage")


@check.beside
def your_profile_of_a_quick_function(profile_memory_usage, numbers, options):
    calls = []

    def quick(*args, **kwargs):
        calls.append((args, kwargs))
        return sum(args)

    return profile_memory_usage(quick, *numbers, **options), calls


with check.part("One call, with all its arguments, and its result", points=1):
    numbers, options = [3, 4], {"depth": 5}
    ### BEGIN HIDDEN TESTS
    numbers = [random.randrange(10**6) for _ in range(random.randint(1, 4))]
    options = {"depth": random.random(), "func_name": "quick"}
    ### END HIDDEN TESTS
    result, calls = your_profile_of_a_quick_function(numbers=numbers, options=options)
    check.true(
        len(calls) == 1,
        f"profile_memory_usage(func, ...) called func {checks.measured(len(calls))} times.",
        think="One call has to give both: the result and the readings. "
        "And memory_usage repeats what is over soon, unless max_iterations=1.",
    )
    check.equal(calls, [(tuple(numbers), options)], think="Hand on *args and **kwargs.")
    check.equal(result, sum(numbers), think="Return what func returned.")


@check.beside
def your_profile_of_blocks_of_memory(profile_memory_usage, kept_mib, extra_mib):
    """What is printed for a call that keeps some MiB, and needs extra ones for a third second."""
    import contextlib
    import io
    import time

    def needs_memory():
        kept = b"x" * (kept_mib * 2**20)
        extra = b"y" * (extra_mib * 2**20)
        time.sleep(0.35)
        del extra
        return kept

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        profile_memory_usage(needs_memory)
    return printed.getvalue()


def amounts(printed):
    """MB by the word that goes before: what the three lines say."""
    found = re.findall(r"(before|after|peak)[^\d\n-]*(-?[\d.,]+) *Mi?B", printed, re.IGNORECASE)
    check.equal(
        sorted(word.lower() for word, _ in found),
        ["after", "before", "peak"],
        think="Three lines, as in the docstring: before, after and peak, each in MB.",
    )
    return {word.lower(): float(number.replace(",", "")) for word, number in found}


with check.part("Before, after and peak, right to within 25 %", points=1):
    # Blocks so large that no memory freed earlier can be taken for them. The second call needs
    # less: a peak of the process's whole life would still be that of the first.
    blocks = [(48, 80), (40, 40)]
    ### BEGIN HIDDEN TESTS
    blocks = [
        (random.randint(48, 60), random.randint(60, 80)),
        (random.randint(36, 42), random.randint(36, 42)),
    ]
    ### END HIDDEN TESTS
    for kept, extra in blocks:
        for _ in range(4):  # on a busy machine a reading may come late, but not four times in a row
            mb = amounts(your_profile_of_blocks_of_memory(kept_mib=kept, extra_mib=extra))
            stays, rises = mb["after"] - mb["before"], mb["peak"] - mb["before"]
            if 0.75 < stays / kept < 1.25 and 0.75 < rises / (kept + extra) < 1.25:
                break
        said = {word: checks.measured(f"{amount:.0f} MB") for word, amount in mb.items()}
        text = f"A call that takes {kept + extra} MiB and keeps {kept} of them: before "
        text += f"{said['before']}, after {said['after']}, peak {said['peak']}."
        check.true(
            0.75 < rises / (kept + extra) < 1.25,
            text,
            think="The peak is the most *while* func runs; it is over when func returns. And it is "
            "that of this call: ru_maxrss is the peak of the process's whole life.",
        )
        check.true(
            0.75 < stays / kept < 1.25,
            text,
            think='"Before" is read before the call, "after" once it has returned, its result '
            "alive.",
        )

with check.part("What func raises is passed on, and nothing is left running", points=1):

    @check.beside
    def after_a_function_that_raises(profile_memory_usage, fails):
        import threading
        import time
        import tracemalloc

        def work():
            if fails:
                raise LookupError("no such chunk")

        tracemalloc.stop()
        before, raised = set(threading.enumerate()), ""
        try:
            profile_memory_usage(work)
        except LookupError as error:
            raised = str(error)
        tracing = tracemalloc.is_tracing()
        tracemalloc.stop()
        for _ in range(100):  # a thread that was told to end may do so
            left = [thread for thread in threading.enumerate() if thread not in before]
            if not left:
                break
            time.sleep(0.02)
        return raised, tracing, len(left)

    for fails, raised in (False, ""), (True, "no such chunk"):
        passed_on, traces, threads = after_a_function_that_raises(fails=fails)
        func = "A func that raises" if fails else "A func that raises nothing"
        check.true(
            passed_on == raised,
            f"{func}: {passed_on!r} was raised by profile_memory_usage, expected {raised!r}.",
            think="A `finally` is reached on every way out, and it lets the exception go on.",
        )
        check.true(
            traces is False,
            f"{func}: tracemalloc still traces afterwards.",
            think="tracemalloc.stop() in a `finally`: that is reached on every way out.",
        )
        check.true(
            threads == 0,
            f"{func}: {threads} more thread(s) than before, two seconds later.",
            think="Tell your thread to end, with an Event for example, and join() it, in a "
            "`finally`: that is reached on every way out.",
        )

check.score()

# %% [markdown]
# Now the given class, once, and then as a timeline: `memory.timeline` from our helpers has
# memory_profiler take a reading every few milliseconds, from a thread.

# %% tags=["nbval-ignore-output"]
processor = DataProcessor()
profile_memory_usage(processor.process_large_dataset, 50)
processor.get_statistics()

# %% tags=["nbval-ignore-output"]
runs = {
    f"{chunks} chunks": memory.timeline(
        lambda n: DataProcessor().process_large_dataset(n), chunks, interval=0.002
    )
    for chunks in (50, 200)
}
plotting.memory_timeline(runs, title="DataProcessor: the more chunks, the more memory")

# %% [markdown]
# The more chunks, the more memory. When the processor goes, its memory is free for Python to use
# again, but the system gets only part of it back; how much differs between systems. And a program
# that runs for weeks keeps its processor.
#
# That was what the **system** has given to the process. It comes in whole pages and is given back
# late. And it can rise too little: memory that other objects have left is used first. `tracemalloc`
# counts what **Python** asks for, byte by byte, nearly the same on every run: so that is what the
# checks below use. How far off were the class's own estimate, and your prediction?

# %% tags=["nbval-ignore-output"]
processor = DataProcessor()
asked = memory.allocations(processor.process_large_dataset, 50)
print(f"predicted:        {predicted_mb:.1f} MB")
print(f"memory_estimate:  {processor.get_statistics()['memory_estimate'] / 1e6:.1f} MB")
print(f"tracemalloc:      {asked.peak_bytes / 1e6:.1f} MB at the peak")

# %% [markdown]
# 28 bytes are those of a number alone. A list needs 8 more for the *reference* to it, and spare
# room to grow; and the numbers stand in two lists each: in `data_store` and in a cached chunk. And
# 100 bytes for an entry leave out the chunk. An estimate that nobody has measured is a guess.

# %% [markdown]
# ## 3. Who holds it? · 6 min
#
# memory_profiler can go **line by line**. Its decorator `@profile` wants a function from a file, so
# here is one. In a shell it would be `python leaky.py`.

# %% tags=["nbval-ignore-output"]
LEAKY = """\
from memory_profiler import profile


@profile
def keep_everything(chunks):
    store, cache = [], {}
    for number in range(chunks):
        chunk = list(range(200_000))
        store.extend(chunk)
        cache[number] = chunk
    return sum(store)


keep_everything(5)
"""

with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as report:
    script = Path(folder) / "leaky.py"
    script.write_text(LEAKY, encoding="utf-8")
    runpy.run_path(str(script))
print(report.getvalue().partition("\n\n")[2].strip())  # without the path of the file

# %% [markdown]
# `memory.line_by_line` hands functions from a notebook to the same tracer. Next to it, what
# tracemalloc has found still allocated at the end, by the line that asked for it:

# %% tags=["nbval-ignore-output"]
processor = DataProcessor()
memory.line_by_line(processor.process_large_dataset, 200)

# %% tags=["nbval-ignore-output"]
processor = DataProcessor()
memory.top_allocations(processor.process_large_dataset, 2, limit=3)

# %% [markdown]
# The second one (of 2 chunks only) points at the line that **makes** the chunk. So does the first,
# if not as clearly: it shares the rise out between that line and `extend`, depending on which free
# memory is used again. And the line that makes it is innocent: there is nothing wrong with loading
# data. To keep it is wrong. So ask the object: which of its attributes hold more after some work
# than before it? `sys.getsizeof(cache)` will not tell: that is the size of a dictionary, without
# what is in it.
#
# A point each for
#
# - the attributes that have grown, and no others;
# - by how many bytes, with all that they hold.

# %% [markdown]
# <details><summary>Hint 1: what to call</summary>
#
# `vars(obj)` is the dictionary of an object's attributes. `memory.deep_size(value)` from our
# helpers adds up the bytes of an object and of all that it holds.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# before = {name: memory.deep_size(value) for name, value in vars(obj).items()}
# work()
# after = ...
# return {name: size - before.get(name, 0) for name, size in after.items() if ...}
# ```
# </details>


# %% nbgrader={"grade_id": "leak_sources", "solution": true}
def leak_sources(obj: object, work: Callable[[], object]) -> dict[str, int]:
    """Call work() once, and tell which attributes of `obj` hold more memory after it than before.

    obj: any object with a `__dict__`; attributes may come, go or be replaced while work() runs.
    Returns {name of the attribute: bytes by which it has grown}, with all that the attribute holds,
    also by way of other containers. What has not grown is left out.

    >>> some = DataProcessor()
    >>> sorted(leak_sources(some, lambda: some.process_large_dataset(2)))
    ['cache', 'data_store']
    """
    ### BEGIN SOLUTION
    before = {name: memory.deep_size(value) for name, value in vars(obj).items()}
    work()
    after = {name: memory.deep_size(value) for name, value in vars(obj).items()}
    growth = {name: size - before.get(name, 0) for name, size in after.items()}
    return {name: size for name, size in growth.items() if size > 0}
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_leak_sources", "grade": true, "points": 2}
import numbers
import random

from helpers import checks

check = checks.Check("leak_sources")


@check.beside
def your_leak_sources(leak_sources, log, history, late):
    """On an object of five attributes; the numbers say by how much some of them grow.

    Those that grow are large before: what they hold in the end is not their growth.
    """
    calls = []

    class Service:
        def __init__(self):
            self.log = [0.5 + n for n in range(6_000)]
            self.history = {"first": [[0.5 + n for n in range(10_000)]], "second": []}
            self.settings = {"depth": [1, 2, 3]}
            self.buffer = bytes(5_000)
            self.draft = "gone soon"

        def work(self):
            calls.append(1)
            self.log.extend([10.0**6 + n for n in range(log)])
            self.history["second"].extend([1000 * k + j for j in range(50)] for k in range(history))
            self.buffer = bytes(100)
            del self.draft
            if late:
                self.late = bytearray(late)

    service = Service()
    return leak_sources(service, service.work), len(calls)


def check_growth(log, history, late):
    """Which attributes must be found, with the bytes by which each grows, as near as matters."""
    found, calls = your_leak_sources(log=log, history=history, late=late)
    check.true(
        type(found) is dict,
        f"leak_sources gave {found!r}; asked for: a dict from name to bytes.",
    )
    check.true(calls == 1, f"work() was called {calls} times.", think="Measure, work, measure.")
    grown = {"log": log * 32, "history": history * (50 * 36 + 64), "late": late}
    return found, {name: size for name, size in grown.items() if size}


with check.part("The attributes that have grown, and no others", points=1):
    think = "One grows deep inside: in a list in a dict. One is replaced by less, one is deleted, "
    think += "one may be new, one stays as it was."
    for sizes in (2_000, 100, 0), (500, 0, 20_000):
        found, grown = check_growth(*sizes)
        check.equal(sorted(map(str, found)), sorted(grown), think=think)
    ### BEGIN HIDDEN TESTS
    sizes = random.randrange(200, 3_000), random.randrange(20, 200), random.randrange(10**4)
    found, grown = check_growth(*sizes)
    check.equal(sorted(map(str, found)), sorted(grown), think=think)
    check.equal(check_growth(0, 0, 0)[0], {}, think="Nothing has grown here.")
    ### END HIDDEN TESTS

with check.part("By how many bytes, with all that they hold", points=1):
    cases = [(2_000, 100, 20_000)]
    ### BEGIN HIDDEN TESTS
    cases.append([random.randrange(1_000, 3_000), random.randrange(50, 200), 50_000])
    ### END HIDDEN TESTS
    for sizes in cases:
        found, grown = check_growth(*sizes)
        for name, size in grown.items():
            told = found.get(name)
            check.true(
                isinstance(told, numbers.Real) and 0.6 * size < told < 1.7 * size,
                f"`{name}` has grown by about {size:,} bytes, leak_sources says {told!r}.",
                think="An attribute that is new had 0 bytes before."
                if told is None
                else "Is that all that it holds now? What it held before work() is not growth."
                if isinstance(told, numbers.Real) and told > size
                else "sys.getsizeof of a container leaves out what is in it, "
                "and what is in that: memory.deep_size goes all the way.",
            )

check.score()

# %% [markdown]
# The class under suspicion, after 10 chunks. The last row is both attributes *together*:

# %% tags=["nbval-ignore-output"]
suspect = DataProcessor()
leaks = leak_sources(suspect, lambda: suspect.process_large_dataset(10))
leaks["both together"] = memory.deep_size([suspect.data_store, suspect.cache])
pd.DataFrame({"holds": pd.Series(leaks).map(memory.format_bytes)})

# %% [markdown]
# Less than the sum! Most of the bytes are the numbers themselves, and the **same** numbers hang on
# both attributes. Take one away, and the other still keeps them alive. Look at your prediction
# again; you may change your mind, section 6 will tell.

# %% [markdown]
# ## 4. References that do not hold · 5 min
#
# A **weak reference** leads to an object without keeping it alive. When the last ordinary
# reference goes, so does the object, and a `weakref.WeakValueDictionary` drops its entry. That
# makes a cache that shares what somebody uses anyway, and keeps nothing on its own account. But a
# chunk is a list:

# %%
for thing in ([1, 2], {"a": 1}, (1, 2), range(3), {1, 2}, np.arange(3), load_chunk):
    try:
        weakref.ref(thing)
        print(f"{type(thing).__name__:10} can be weakly referenced")
    except TypeError as error:
        print(f"{type(thing).__name__:10} {error}")

# %% [markdown]
# When an object goes, its weak references must be cleared, so it has to know them. A plain list has
# no field for that. An instance of a **class of your own** has one, also if the class derives from
# `list`. With `__slots__` it gets that field and no `__dict__`:


# %% nbgrader={"grade_id": "given_chunk", "locked": true}
class Chunk(list):
    """A list that can be weakly referenced."""

    __slots__ = ("__weakref__",)


cache = weakref.WeakValueDictionary()
mine = cache["a"] = Chunk(load_chunk(0))
yours = cache["a"]
print(f"one chunk, two names: {mine is yours}, {len(cache)} entry")
del mine
print(f"one name gone:        {len(cache)} entry")
del yours
print(f"the last name gone:   {len(cache)} entries")

# %% [markdown]
# `tuple` and `int` do not get that field even in a class that derives from them. NumPy arrays,
# `array.array` and sets have it from the start.
#
# The third thing is **cleanup**: to let go on purpose, at a known time. `__del__` looks made for
# it. See when it runs:


# %%
class Resource:
    def __init__(self, name: str, size: int = 1) -> None:
        if size < 1:
            raise ValueError("size must be 1 or more")
        self.name, self.size = name, size

    def __del__(self) -> None:
        print(f"    __del__ of {self.name}")


gc.disable()  # so that nothing is collected by chance while you look
print("del one that nobody else holds")
plain = Resource("the plain one")
del plain
print("del one that holds itself, a reference cycle")
cycle = Resource("the cycle")
cycle.myself = cycle
del cycle
print("gc.collect()")
gc.collect()
gc.enable()

# %% [markdown]
# Without a cycle it goes at once. With one it waits for the garbage collector, which comes when it
# sees fit. And for what is still alive when the interpreter exits, `__del__` may never be called.
# What it raises is printed and lost. And it runs for **half-made** objects too:
# `Resource("x", size=0)` raises in `__init__`, *before* there is a `name` that `__del__` could
# print; in `Resource("x", siez=1)`, `__init__` does not even begin. So `__del__` is a safety net.
# What you rely on is `close()`, best by way of `with`, and `weakref.finalize` where objects cannot
# be closed by hand.

# %% [markdown]
# ## 5. Mend it · 17 min
#
# Build all three into a class with the same results. It gets its chunks from `load_chunk(number)`,
# which is handed in: so a test can hand in a function that counts.
#
# | fix | where it acts | what it does |
# |---|---|---|
# | a generator | `iter_chunks` | one chunk at a time, no `data_store` |
# | weak references | `get_chunk` | share a chunk as long as somebody holds it, and no longer |
# | cleanup | `clear_cache`, `close`, `with`, `__del__` | let go at a known time |
#
# What the four checks look at:
#
# | points | for |
# |---|---|
# | 2 | sum and statistics as before · each chunk loaded once |
# | 3 | peak memory of a few chunks, however many there are (2) · chunks one at a time (1) |
# | 2 | entries go with the last reference · the cache is bounded, the oldest go first |
# | 2 | `close` and `with` · `__del__` is silent, and no cycle keeps the processor |
#
# **Say in comments where each fix acts, what it saves and why**: they are part of what is
# delivered, and of the report's points. `__del__` is not in the stub, for a half-written one
# complains at odd moments: add it last, when `close` works.

# %% [markdown]
# <details><summary>Hint 1: what the processor needs to keep</summary>
#
# A running sum and a running count: two numbers in place of a million. Besides `load_chunk`, the
# limit and a `weakref.WeakValueDictionary()`.
# </details>
#
# <details><summary>Hint 2: get_chunk</summary>
#
# ```python
# chunk = self.cache.get(number)         # an entry may go at any time: one look, not two
# if chunk is None:
#     chunk = Chunk(self.load_chunk(number))
#     self.cache[number] = chunk
#     self.clear_cache(keep=...)
# return chunk
# ```
#
# The variable `chunk` matters: `self.cache[number] = Chunk(...)` alone would be gone on the spot.
# </details>
#
# <details><summary>Hint 3: clear_cache, and the oldest entries</summary>
#
# Dictionaries keep the order in which keys came: `next(iter(self.cache), None)` is the oldest.
# A `WeakValueDictionary` has `.pop(key, None)`. Do not empty the chunks themselves: somebody may
# be using them.
# </details>
#
# <details><summary>Hint 4: iter_chunks and process_large_dataset</summary>
#
# ```python
# for number in range(iterations):       # iter_chunks: a yield makes it a generator
#     yield self.get_chunk(number)
#
# for chunk in self.iter_chunks(iterations):
#     self.total += sum(chunk)
#     ...
# ```
# </details>
#
# <details><summary>Hint 5: __del__ of a half-made object</summary>
#
# What `close` needs may be missing: `__init__` may have raised, or may not even have begun. Ask
# whether the attribute is there: `if hasattr(self, ...)`. And whoever stores
# `self.something = self.method` has made a cycle.
# </details>


# %% nbgrader={"grade_id": "OptimizedDataProcessor", "solution": true}
class OptimizedDataProcessor:
    """Adds up chunks of numbers in memory for a few of them.

    load_chunk: called with the number of a chunk, returns a new list of whole numbers.
    cache_limit: the most entries that the cache may have; ValueError if it is below 0.

    `with OptimizedDataProcessor() as processor:` closes it at the end of the block, and `__del__`
    closes one that was forgotten. It must not raise, not even if `__init__` did, or never began as
    in `OptimizedDataProcessor(cache_limt=3)`. With the last reference to a processor it goes at
    once: it must not be part of a cycle.

    >>> with OptimizedDataProcessor() as processor:
    ...     processor.process_large_dataset(50)
    2499750000
    """

    def __init__(
        self, load_chunk: Callable[[int], list[int]] = load_chunk, cache_limit: int = 8
    ) -> None:
        ### BEGIN SOLUTION
        if cache_limit < 0:
            raise ValueError(f"cache_limit must be 0 or more, not {cache_limit}")
        self.load_chunk = load_chunk
        self.cache_limit = cache_limit
        # No data_store: sum and count are all that is ever asked of the numbers. This alone saves
        # little, as long as a cache keeps the same numbers alive.
        self.total = self.total_items = 0
        # Weak references: the cache knows the chunks that somebody uses, and keeps none alive.
        # With the last user, the chunk goes, and its entry with it.
        self.cache = weakref.WeakValueDictionary()
        ### END SOLUTION

    def get_chunk(self, number: int) -> Sequence[int]:
        """Return chunk `number`: the very same object as long as somebody holds it, else a new one.

        It has a length, can be iterated over, and can be weakly referenced. The cache drops its
        oldest entries when there are more than `cache_limit`: such a chunk stays whole where it is
        in use, and is loaded anew when it is asked for.
        """
        ### BEGIN SOLUTION
        chunk = self.cache.get(number)
        if chunk is None:
            # A plain list cannot be weakly referenced. The copy is one of references, not of
            # numbers, and the list it is made from goes at the end of this line.
            chunk = Chunk(self.load_chunk(number))
            self.cache[number] = chunk  # `chunk` keeps it alive until it is returned
            # Dead entries go by themselves; this bounds those that the callers keep alive.
            self.clear_cache(keep=self.cache_limit)
        return chunk
        ### END SOLUTION

    def iter_chunks(self, iterations: int) -> Iterator[Sequence[int]]:
        """Yield chunks 0 to iterations - 1, each loaded when it is asked for, not before."""
        ### BEGIN SOLUTION
        # A generator: what it has handed out it does not hold, so the number of chunks in memory
        # depends on who asks, not on how many there are.
        for number in range(iterations):
            yield self.get_chunk(number)
        ### END SOLUTION

    def process_large_dataset(self, iterations: int = 100) -> int:
        """Process chunks 0 to iterations - 1, return the sum of all numbers processed so far.

        "So far" as in DataProcessor: over all calls on this processor.
        """
        ### BEGIN SOLUTION
        for chunk in self.iter_chunks(iterations):
            self.total += sum(chunk)
            self.total_items += len(chunk)
            # `chunk` still names this one while the next is loaded, so two are alive for a moment.
        return self.total
        ### END SOLUTION

    def clear_cache(self, keep: int = 0) -> None:
        """Drop the oldest entries of the cache until at most `keep` are left.

        An entry is as old as its chunk's loading, or its last use if you prefer. The chunks
        themselves stay as they are.
        """
        ### BEGIN SOLUTION
        while len(self.cache) > keep:
            # With a default, as an entry may go between the two calls.
            self.cache.pop(next(iter(self.cache), None), None)
        ### END SOLUTION

    def get_statistics(self) -> dict[str, int]:
        """Return total_items, cache_size and memory_estimate, as DataProcessor does.

        total_items: how many numbers were processed so far; cache_size: entries that are there now.
        memory_estimate: bytes of what the processor itself keeps alive now. What others keep alive
        may be counted or not; what is gone must not be.
        """
        ### BEGIN SOLUTION
        return {
            "total_items": self.total_items,
            "cache_size": len(self.cache),
            "memory_estimate": memory.deep_size([self.total, self.total_items, self.cache]),
        }
        ### END SOLUTION

    def close(self) -> None:
        """Let go of all chunks: the cache is empty afterwards. May be called again.

        Statistics can still be read; what else a closed processor does is up to you.
        """
        ### BEGIN SOLUTION
        # Nobody has to wait for the callers to let go, nor for a garbage collector: from here on
        # this processor leads to no chunk.
        self.clear_cache()
        ### END SOLUTION

    def __enter__(self) -> "OptimizedDataProcessor":
        """Return the processor, for `with ... as processor`."""
        ### BEGIN SOLUTION
        return self
        ### END SOLUTION

    def __exit__(self, *exc_info: object) -> None:
        """Close, also when the block was left by an exception, which is passed on."""
        ### BEGIN SOLUTION
        self.close()

    def __del__(self) -> None:
        """Close a processor that was forgotten: a safety net, as nobody knows when it runs."""
        # It also runs if `__init__` raised, or was called with arguments that it does not take.
        if hasattr(self, "cache"):
            self.close()
        ### END SOLUTION


# %% [markdown]
# First of all, the results must not change. (Where a part says *nothing here yet*, it has come upon
# a method that is still as you got it: `clear_cache`, for example.)

# %% nbgrader={"grade_id": "test_results", "grade": true, "points": 2}
import random

from helpers import checks

check = checks.Check("OptimizedDataProcessor")


@check.beside
def your_processor(OptimizedDataProcessor, chunks, calls):
    """Sums, numbers of the chunks loaded, statistics; `calls` says how many chunks each time."""
    loaded = []

    def load_chunk(number):
        loaded.append(number)
        return list(chunks[number])

    processor = OptimizedDataProcessor(load_chunk=load_chunk)
    sums = [processor.process_large_dataset(iterations) for iterations in calls]
    statistics = processor.get_statistics()
    return sums, loaded, statistics


with check.part("Sum and statistics as before", points=1):

    @check.beside
    def your_processor_as_it_comes(OptimizedDataProcessor, iterations):
        processor = OptimizedDataProcessor()
        try:
            total = processor.process_large_dataset(iterations)
        except KeyError as error:
            # The usual reason, and one that the number of a chunk alone does not tell.
            error.args = (
                f"{error}. Is an entry looked up that has just been made? Nobody held its chunk, "
                "so it was gone on the spot: see Hint 2",
            )
            raise
        return total, processor.get_statistics()

    def check_sums(chunks, calls):
        sums, _, statistics = your_processor(chunks=chunks, calls=calls)
        done = [sum(sum(map(sum, chunks[:n])) for n in calls[:k]) for k in range(1, len(calls) + 1)]
        check.equal(
            sums,
            done,
            think=f"process_large_dataset was called for {calls} chunks, one call after the other. "
            "Like DataProcessor, return the sum of all so far, as an int.",
        )
        items = sum(len(chunk) for n in calls for chunk in chunks[:n])
        check.equal(statistics["total_items"], items, think="Numbers processed so far, no chunks.")

    total, statistics = your_processor_as_it_comes(iterations=50)
    check.equal(total, 50 * sum(range(10_000)))
    check.equal(
        sorted(statistics),
        ["cache_size", "memory_estimate", "total_items"],
        think="get_statistics has the same three keys as DataProcessor's.",
    )
    check.equal(statistics["total_items"], 500_000)
    estimate, entries = statistics["memory_estimate"], statistics["cache_size"]
    check.true(
        type(estimate) in (int, float) and 0 <= estimate < 100_000,
        f"memory_estimate is {checks.measured(estimate)} bytes, though all chunks have been "
        f"processed and nobody asks for one any more; the cache has {entries!r} entries.",
        think="28 bytes for each number so far? What is gone takes none."
        if not entries
        else "The estimate may well be right. Then it is the cache that keeps chunks alive which "
        "nobody uses: section 4 has one that does not.",
    )
    check_sums([[5, -7, 11], [], [2**40]], calls=[3])
    check_sums([[1, 2], [3]], calls=[1, 0, 2])
    ### BEGIN HIDDEN TESTS
    chunks = [
        [random.randrange(-(2**50), 2**50) for _ in range(random.randrange(200))] for _ in range(40)
    ]
    check_sums(chunks, calls=[40])
    check_sums(chunks, calls=[random.randrange(40) for _ in range(4)])
    ### END HIDDEN TESTS

with check.part("Each chunk is loaded once", points=1):
    chunks = [[random.randrange(10**6) for _ in range(50)] for _ in range(30)]
    sums, loaded, _ = your_processor(chunks=chunks, calls=[len(chunks)])
    check.equal(
        sorted(loaded),
        list(range(30)),
        think="load_chunk(number) was called with these numbers: 0 to 29 were asked for, each "
        "once. Are some never looked at, or loaded again to be counted?",
    )
    check.equal(sums, [sum(map(sum, chunks))])

check.score()

# %% [markdown]
# Now what it is all about. Memory is measured on chunks of 2,500 numbers, with a cache that might
# hold twenty, if it held any:

# %% nbgrader={"grade_id": "test_lean", "grade": true, "points": 3}
import random

from helpers import checks, memory

check = checks.Check("OptimizedDataProcessor")

with check.part("A few chunks of memory, however many there are", points=2):
    SIZE = 2_500
    one_chunk = memory.deep_size(list(range(1_000, 1_000 + SIZE)))

    @check.beside
    def your_sum_of_chunks(OptimizedDataProcessor, iterations, start, size):
        loaded = []

        def load_chunk(number):
            loaded.append(number)
            return list(range(start + number, start + number + size))

        processor = OptimizedDataProcessor(load_chunk=load_chunk, cache_limit=20)
        return processor.process_large_dataset(iterations), len(loaded)

    for iterations in (50, 400):
        start = random.randrange(10**6, 10**9)
        answer = check.peak(
            your_sum_of_chunks,
            iterations,
            start,
            SIZE,
            at_most=8 * one_chunk,
            think=f"A chunk takes {memory.format_bytes(one_chunk)}, and {iterations} were added "
            "up one by one. Who still holds those that are done: a list, a dict, a variable?",
        )
        check.equal(
            answer,
            (
                iterations * (SIZE * start + sum(range(SIZE))) + SIZE * sum(range(iterations)),
                iterations,
            ),
            think="(the sum, how many chunks were loaded)",
        )

    @check.beside
    def large_chunks_asked_for(OptimizedDataProcessor, count, size):
        def load_chunk(number):
            return [number] * size

        processor = OptimizedDataProcessor(load_chunk=load_chunk, cache_limit=count)
        return [len(processor.get_chunk(number)) for number in range(count)]

    # Lists so large that the system hands out fresh pages for each: it sees those that are kept.
    count, large = 16, 4_300_000
    lengths = check.peak(
        large_chunks_asked_for,
        count,
        large,
        at_most=6.5 * 8 * large,
        think="Large chunks, asked for one by one and let go: who still holds those before?",
    )
    check.equal(lengths, [large] * count)

with check.part("Chunks are handed out one at a time", points=1):

    @check.beside
    def loaded_while_you_iterate(OptimizedDataProcessor, first, iterations):
        loaded, steps = [], []

        def load_chunk(number):
            loaded.append(number)
            return [first + number, first - number]

        processor = OptimizedDataProcessor(load_chunk=load_chunk)
        chunks = iter(processor.iter_chunks(iterations))
        before = len(loaded)
        for chunk in chunks:
            steps.append(([int(number) for number in chunk], len(loaded)))
        return before, steps

    first = random.randrange(1_000, 10**6)
    before, steps = loaded_while_you_iterate(first=first, iterations=6)
    check.equal(before, 0, think="A generator does nothing before the first chunk is asked for.")
    check.equal(
        [loaded for _, loaded in steps],
        [1, 2, 3, 4, 5, 6],
        think="How many chunks had been loaded when each of six was handed out. "
        "With yield the function stops at each chunk, until the next one is asked for.",
    )
    check.equal(
        [chunk for chunk, _ in steps],
        [[first + k, first - k] for k in range(6)],
        think="What the chunks held.",
    )

check.score()

# %% [markdown]
# Then the cache. Chunks are held here by the check, as a user of your class would:

# %% nbgrader={"grade_id": "test_cache", "grade": true, "points": 2}
import random

from helpers import checks

check = checks.Check("OptimizedDataProcessor")

with check.part("A chunk is shared while somebody holds it, and goes with the last one", points=1):

    @check.beside
    def a_chunk_and_its_entry(OptimizedDataProcessor, numbers):
        import gc
        import weakref

        loaded = []

        def load_chunk(number):
            loaded.append(number)
            return list(numbers)

        processor = OptimizedDataProcessor(load_chunk=load_chunk)
        other = processor.get_chunk(4)
        mine, yours = processor.get_chunk(3), processor.get_chunk(3)
        found = {
            "the same object": mine is yours,
            "another number is another chunk": other is not mine,
            "length and numbers": (len(mine), [int(number) for number in mine]),
            "entries while two are held": processor.get_statistics()["cache_size"],
        }
        try:
            watched = weakref.ref(mine)
        except TypeError as error:
            return found | {"weakref": str(error)}
        del mine
        found["alive while one name is left"] = watched() is not None
        del yours
        gc.collect()
        found["alive when nobody holds it"] = watched() is not None
        found["entries then"] = processor.get_statistics()["cache_size"]
        processor.get_chunk(3)
        return found | {"loaded": loaded}

    numbers = [random.randrange(10**6) for _ in range(9)]
    found = a_chunk_and_its_entry(numbers=numbers)
    thoughts = {
        "the same object": "get_chunk(3) twice, while the first is held: is the cache asked?",
        "another number is another chunk": "get_chunk(4) must not give chunk 3.",
        "length and numbers": "A chunk holds the numbers of load_chunk, in their order.",
        "entries while two are held": "The chunks 3 and 4 are in use, so both have an entry.",
        "weakref": "A plain list cannot be weakly referenced: section 4 shows what can.",
        "alive while one name is left": "A chunk that somebody holds stays alive.",
        "alive when nobody holds it": "Something still holds the chunk. A dict, a list, `self`?",
        "entries then": "Only chunk 4 is in use now: the entry of chunk 3 goes with its chunk.",
        "loaded": "Chunk 3 was gone, so it is loaded anew: the numbers loaded, one by one.",
    }
    expected = {
        "the same object": True,
        "another number is another chunk": True,
        "length and numbers": (9, numbers),
        "entries while two are held": 2,
        "weakref": None,
        "alive while one name is left": True,
        "alive when nobody holds it": False,
        "entries then": 1,
        "loaded": [4, 3, 3],
    }
    for what, value in expected.items():
        check.true(
            found.get(what) == value,
            f"{what}: {found.get(what)!r}, expected {value!r}.",
            think=thoughts[what],
        )

with check.part("The cache is bounded, and the oldest entries go first", points=1):

    @check.beside
    def a_cache_with_a_limit(OptimizedDataProcessor, limit, count, keep, step):
        """Entries, and which chunks were loaded again, while the caller holds `count` of them."""
        loaded = []

        def load_chunk(number):
            loaded.append(number)
            return [number, number + 1]

        def numbers_loaded_for(asked):
            done = len(loaded)
            again = [processor.get_chunk(number) for number in asked]
            return loaded[done:], [again[k] is held[n] for k, n in enumerate(asked)]

        def size():
            return processor.get_statistics()["cache_size"]

        processor = OptimizedDataProcessor(load_chunk=load_chunk, cache_limit=limit)
        held = {number: processor.get_chunk(number) for number in range(count)[::step]}
        first, *_, last = held
        sizes = [size()]
        newest = numbers_loaded_for([last])
        processor.clear_cache(keep)
        sizes.append(size())
        newest_still = numbers_loaded_for([last])
        oldest = numbers_loaded_for([first])[0]
        processor.clear_cache()
        sizes.append(size())
        whole = all(list(chunk) == [n, n + 1] for n, chunk in held.items())
        return sizes, newest, newest_still, oldest, whole

    cases = [(8, 20, 3, 1), (5, 5, 1, 1), (6, 10, 2, -1)]
    ### BEGIN HIDDEN TESTS
    cases += [(random.randrange(2, 30), random.randrange(30, 50), 1, 1), (4, 9, 2, -1)]
    ### END HIDDEN TESTS
    for limit, count, keep, step in cases:
        sizes, newest, newest_still, oldest, whole = a_cache_with_a_limit(
            limit=limit, count=count, keep=keep, step=step
        )
        first, *_, last = range(count)[::step]
        told = f"cache_limit={limit}, and the chunks {first} to {last} are held: "
        check.true(
            0 < sizes[0] <= limit,
            f"{told}the cache has {sizes[0]} entries.",
            think="Drop what is too much when a new one comes."
            if sizes[0]
            else "Chunks that get_chunk has handed out have an entry as long as they are held, up "
            "to cache_limit of them. Does get_chunk put them into the cache?",
        )
        check.true(
            newest == ([], [True]),
            f"{told}chunk {last}, the newest, was not in the cache.",
            think="The oldest entries go, the newest stay. Which end does your code pop? "
            "The lowest number need not be the oldest.",
        )
        check.true(
            0 < sizes[1] <= keep and newest_still == ([], [True]),
            f"{told}after clear_cache({keep}) there are {sizes[1]} entries, the newest chunk "
            f"{'still' if newest_still == ([], [True]) else 'not'} among them.",
            think="clear_cache(keep) leaves the newest `keep` entries.",
        )
        check.equal(
            oldest,
            [first],
            think=f"Chunk {first} was the oldest, so it had to be loaded again.",
        )
        check.equal(sizes[2], 0, think="clear_cache() leaves nothing.")
        check.true(
            whole,
            f"{told}some of them do not hold their numbers any more.",
            think="Drop entries; chunks that somebody uses stay as they are.",
        )
    nothing_cached = a_cache_with_a_limit(limit=0, count=3, keep=0, step=1)
    check.true(
        nothing_cached[0] == [0, 0, 0],
        f"cache_limit=0, and the chunks 0 to 2 are held: the cache has {nothing_cached[0][0]} "
        "entries.",
        think="0 is a limit like any other: nothing is ever cached. Is it taken for none given?",
    )

check.score()

# %% [markdown]
# And the end of it:

# %% nbgrader={"grade_id": "test_cleanup", "grade": true, "points": 2}
from helpers import checks, memory

check = checks.Check("OptimizedDataProcessor")

with check.part("close and with let go of everything", points=1):

    @check.beside
    def a_processor_in_a_with_block(OptimizedDataProcessor, fails):
        raised = ""
        try:
            with OptimizedDataProcessor(load_chunk=lambda number: [number, 7]) as processor:
                processor.process_large_dataset(4)
                held = processor.get_chunk(2)
                inside = processor.get_statistics()["cache_size"] > 0
                if fails:
                    raise LookupError("no such chunk")
        except LookupError as error:
            if type(error) is not LookupError:
                raise  # not ours
            raised = str(error)
        seen = {"has an entry in the block": inside, "what the with block raised": raised}
        seen["entries after the block"] = processor.get_statistics()["cache_size"]
        for when in ("entries after close", "entries after close again"):
            processor.close()
            seen[when] = processor.get_statistics()["cache_size"]
        seen["the chunk afterwards"] = [int(number) for number in held]
        return seen | {"total_items afterwards": processor.get_statistics()["total_items"]}

    for fails, raised in (False, ""), (True, "no such chunk"):
        seen = a_processor_in_a_with_block(fails=fails)
        in_block = "that raises LookupError" if fails else "that raises nothing"
        for what, value, think in (
            ("has an entry in the block", True, "get_chunk puts it there, and somebody holds it."),
            (
                "what the with block raised",
                raised,
                "__exit__ lets exceptions go on: it returns nothing.",
            ),
            ("entries after the block", 0, "__exit__ closes: the cache is empty then."),
            ("entries after close", 0, "close() leaves nothing in the cache."),
            ("entries after close again", 0, "close() may be called again."),
            ("the chunk afterwards", [2, 7], "Drop entries; a chunk in use stays as it is."),
            ("total_items afterwards", 8, "Statistics can still be read when all is closed."),
        ):
            check.true(
                seen.get(what) == value,
                f"With a chunk that is held, and a with block {in_block}: {what}: "
                f"{seen.get(what)!r}, expected {value!r}.",
                think=think,
            )

    @check.beside
    def processors_closed_and_kept(OptimizedDataProcessor, count, size):
        def load_chunk(number):
            return list(range(1_000, 1_000 + size))

        processors = [OptimizedDataProcessor(load_chunk=load_chunk) for _ in range(count)]
        for processor in processors:
            processor.process_large_dataset(3)
            processor.close()
        return sum(processor.get_statistics()["total_items"] for processor in processors)

    @check.beside
    def large_chunks_asked_for_and_closed(OptimizedDataProcessor, count, size):
        def load_chunk(number):
            return [7] * size

        processors = [OptimizedDataProcessor(load_chunk=load_chunk) for _ in range(count)]
        lengths = []
        for processor in processors:
            lengths.append(len(processor.get_chunk(0)))
            processor.close()
        return lengths

    think = "These processors were closed. Is there an attribute that still names a chunk?"
    one_chunk = memory.deep_size(list(range(1_000, 6_000)))
    items = check.peak(processors_closed_and_kept, 40, 5_000, at_most=9 * one_chunk, think=think)
    check.equal(items, 40 * 3 * 5_000)
    # Large ones once more, for what is kept is to be seen from outside.
    count, large = 14, 4_300_000
    lengths = check.peak(
        large_chunks_asked_for_and_closed, count, large, at_most=4.1 * 8 * large, think=think
    )
    check.equal(lengths, [large] * count)

with check.part("__del__ closes and is silent, and no cycle keeps the processor", points=1):

    @check.beside
    def a_processor_that_is_forgotten(OptimizedDataProcessor):
        import contextlib
        import gc
        import sys
        import weakref

        class Watched(OptimizedDataProcessor):
            """Can be weakly referenced, whatever the slots of its parent."""

        noise, hook, collecting = [], sys.unraisablehook, gc.isenabled()
        found = {"cache_limit=-1": "nothing raised"}
        gc.disable()
        sys.unraisablehook = lambda told: noise.append(f"{type(told.exc_value).__name__}")
        try:
            try:
                Watched(load_chunk=lambda number: [1], cache_limit=-1)
            except ValueError:
                found["cache_limit=-1"] = "ValueError"
            with contextlib.suppress(TypeError):
                Watched(load_chunk=lambda number: [1], cache_limt=3)
            processor = Watched(load_chunk=lambda number: [1])
            processor.process_large_dataset(3)
            held, gone = processor.get_chunk(1), weakref.ref(processor)
            found["has a __del__"] = hasattr(processor, "__del__")
            if found["has a __del__"]:
                processor.__del__()
            found["entries after __del__"] = processor.get_statistics()["cache_size"]
            found["chunk that is held"] = list(map(int, held))
            del processor
            found["gone with the last reference"] = gone() is None
            gc.collect()
        finally:
            sys.unraisablehook = hook
            if collecting:
                gc.enable()
        return found | {"raised in __del__": noise}

    found = a_processor_that_is_forgotten()
    thoughts = {
        "has a __del__": "The stub has none. Add one that closes the processor.",
        "cache_limit=-1": "The docstring promises a ValueError.",
        "raised in __del__": "`__del__` also runs for an object whose `__init__` raised "
        "(cache_limit=-1), or did not even begin (cache_limt=3). Is there what `close` needs?",
        "entries after __del__": "`__del__` closes the processor.",
        "chunk that is held": "Somebody uses that chunk: it stays as it is.",
        "gone with the last reference": "Something that the processor holds leads back to it: a "
        "bound method in an attribute, for example. Then it waits for the garbage collector.",
    }
    expected = [True, "ValueError", [], 0, [1], True]
    for (what, think), value in zip(thoughts.items(), expected, strict=True):
        check.true(
            found.get(what) == value,
            f"{what}: {found.get(what)!r}, expected {value!r}.",
            think=think,
        )

check.score()

# %% [markdown]
# ## 6. One at a time, and together · 4 min
#
# What is each fix worth? This class has the first two behind switches, and `close` as the third:


# %%
class PartlyMended:
    """DataProcessor with only those fixes that are switched on."""

    def __init__(self, one_at_a_time: bool, weak_cache: bool) -> None:
        self.one_at_a_time, self.total, self.data_store = one_at_a_time, 0, []
        self.cache = weakref.WeakValueDictionary() if weak_cache else {}

    def process_large_dataset(self, iterations: int = 100) -> int:
        for number in range(iterations):
            self.cache[number] = chunk = Chunk(load_chunk(number))
            if self.one_at_a_time:
                self.total += sum(chunk)
            else:
                self.data_store.extend(chunk)
        return self.total + sum(self.data_store)

    def close(self) -> None:
        self.data_store.clear()
        self.cache.clear()


def memory_of(make: Callable) -> dict[str, int]:
    """Peak bytes of 50 chunks, bytes that a living processor holds after them, and once closed."""

    tracemalloc.start()
    try:
        processor = make()
        processor.process_large_dataset(50)
        kept, peak = tracemalloc.get_traced_memory()
        processor.close()
        return {"peak": peak, "kept": kept, "after close": tracemalloc.get_traced_memory()[0]}
    finally:
        tracemalloc.stop()


# %% tags=["nbval-ignore-output"]
makers = {
    "none of them": lambda: PartlyMended(False, False),
    "no data_store": lambda: PartlyMended(True, False),
    "weak cache": lambda: PartlyMended(False, True),
    "both": lambda: PartlyMended(True, True),
    "yours": OptimizedDataProcessor,
}
effects = pd.DataFrame({name: memory_of(make) for name, make in makers.items()}).T
effects.map(memory.format_bytes)

# %% tags=["nbval-ignore-output"]
saved = 100 * (1 - effects["peak"] / effects.loc["none of them", "peak"])
for name, predicted in zip(("no data_store", "weak cache", "both"), predicted_savings, strict=True):
    print(f"{name:14} saves {saved[name]:5.1f} % of the peak, predicted {predicted} %")

plotting.bars(
    (effects["peak"] / MIB).to_dict(),
    unit="MiB",
    quantity="peak memory for 50 chunks",
    title="Neither fix alone is worth much",
)

# %% [markdown]
# **Effects do not add up.** Each fix alone takes away one of two holders, and the other one keeps
# the numbers. A profiler that names one "culprit" would have you mend it, see little gain, and give
# up. Cleanup, the last column, does nothing for the peak: it ends the *keeping*, which is what
# counts in a program that goes on.
#
# Last, verify it yourself: the peaks of the given class and of yours, at 10 and at 40 chunks, in
# bytes as tracemalloc counts them (1 point).

# %% [markdown]
# <details><summary>Hint</summary>
#
# `memory.allocations(func, *args).peak_bytes` is the peak of one call. Make a new processor for
# each: `DataProcessor().process_large_dataset`, with 10 as its argument.
# </details>

# %% nbgrader={"grade_id": "peaks", "solution": true}
# peaks = {10: {"DataProcessor": ..., "OptimizedDataProcessor": ...}, 40: ...}    in bytes
### BEGIN SOLUTION
peaks = {}
for chunks in (10, 40):
    peaks[chunks] = {
        kind.__name__: memory.allocations(kind().process_large_dataset, chunks).peak_bytes
        for kind in (DataProcessor, OptimizedDataProcessor)
    }
### END SOLUTION

# %% nbgrader={"grade_id": "test_peaks", "grade": true, "points": 1}
from helpers import checks

check = checks.Check("peaks")

with check.part("Both are measured at 10 and at 40 chunks", points=1):
    told = check.value("peaks")
    check.true(
        type(told) is dict and all(type(row) is dict for row in told.values()),
        f"peaks is {told!r}; it should be a dict of dicts.",
        think="Plain ones: dict(peaks), if it is a defaultdict.",
    )
    check.equal(sorted(told), [10, 40], think="How many chunks were processed.")
    for chunks, row in told.items():
        check.equal(sorted(row), ["DataProcessor", "OptimizedDataProcessor"])
        given, yours = row["DataProcessor"], row["OptimizedDataProcessor"]
        # A number takes 28 bytes, and the references to it 16 or more.
        check.true(
            380_000 * chunks < given < 1_000_000 * chunks,
            f"At {chunks} chunks, DataProcessor took {checks.measured(given)} bytes: not what "
            f"{chunks * 10_000:,} numbers take that are kept twice.",
            think="In bytes; a new processor for each; the peak of the call.",
        )
        # One chunk, while it is loaded: 28 bytes and a reference of 8 for each of its numbers.
        check.true(
            yours > 300_000,
            f"At {chunks} chunks, OptimizedDataProcessor took {checks.measured(yours)} bytes: less "
            "than the one chunk that load_chunk has just made.",
            think="In bytes; the peak of the call, not what is left after it.",
        )
        check.true(
            yours < 0.95 * given,
            f"At {chunks} chunks, OptimizedDataProcessor took {checks.measured(yours)} bytes, "
            f"DataProcessor {checks.measured(given)}.",
            think="One that mends anything takes clearly less. In bytes; a new processor for each, "
            "of its own class; the peak of the call.",
        )

check.score()

# %% tags=["nbval-ignore-output"]
pd.DataFrame(peaks).T.map(memory.format_bytes).rename_axis("chunks")

# %% [markdown]
# Once more what the *system* sees, with 200 chunks. (On Linux with glibc `timeline` first returns
# what the C library has free; Python's own reserve stays. So yours may hardly rise: a few chunks
# fit into memory that was free before. Elsewhere even the given class may seem to need less than it
# does.)

# %% tags=["nbval-ignore-output"]
runs = [
    memory.timeline(
        lambda k: k().process_large_dataset(200), kind, interval=0.002, name=kind.__name__
    )
    for kind in (DataProcessor, OptimizedDataProcessor)
]
plotting.memory_timeline(runs, title="200 chunks, before and after")

# %% [markdown]
# ## 7. Report · 5 min
#
# A colleague runs `DataProcessor` in a service that is restarted every night "because it leaks".
# Answer in 150 to 200 words, with figures from *your* tables (5 points, read by a person, together
# with the comments in your class):
#
# 1. **Sources:** which attributes grow, what do they hold, and why did neither fix alone help much?
# 2. **Fixes:** what does each of the three do, and where did it show: in the peak, in what is kept,
#    after `close`? Peaks before and after.
# 3. **Trade-offs:** what is given up for it? When does a weak cache never have a hit?
# 4. **Limits:** when would you not do this, or do something else?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Sources.* `data_store` gets a reference to every number, and `cache` keeps every chunk, though
# nobody reads it. Both lead to the same numbers, which are most of the bytes: on my machine 10
# chunks are 3.5 MiB in either, and 4.2 in both together. So either fix alone saves about a sixth of
# the peak, and not the half I had predicted.
#
# *Fixes.* The generator with a running sum replaces `data_store`; the weak cache knows chunks
# without keeping them. Together they bring the peak of 40 chunks from 18 MiB to 0.8, about two and
# a half chunks, and it is the same for 10. What is kept falls to nearly nothing. `close` alone
# leaves the peak as it is and empties the last column, at a known time; `__del__` may run late or
# never.
#
# *Trade-offs.* The numbers are gone after the pass: a median would need another one. A weak cache
# has a hit only while somebody holds the chunk; in one pass through all chunks it never has one.
#
# *Limits.* If chunks are costly to load and asked for again later, I would take a bounded strong
# cache (`lru_cache`) and pay for it in memory. For a script that ends after 50 chunks I would
# change nothing.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ a little from machine to machine:
# take any that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1** for the sources: both attributes, and that both hold *the same* numbers, so that taking
#   one away frees little. ½ for naming the attributes without that.
# - **1** for what each fix does and where it shows, with the peaks before and after: generator and
#   weak cache in the peak and in what is kept, cleanup only in what is kept. ½ without figures, or
#   with one of the three missing.
# - **1** for a trade-off: a weak cache has hits only while somebody else holds the chunk (none in
#   one pass); numbers cannot be visited again; the copy into another class. ½ for "it is slower"
#   without saying what.
# - **1** for a limit with its reason: chunks that are costly to load want a strong bounded cache;
#   results that need all numbers at once; short scripts; `__del__` late or never. ½ without the
#   reason.
# - **1** for the comments in `OptimizedDataProcessor`: at each of the three fixes, what it saves
#   and why it works there. ½ if one is missing or they only say *what* the line does.
#
# The sample answer, with the comments of the worked class, gets 5. "I used a weakref cache and
# generators, so it needs 2.4 chunks instead of 66" gets ½: the second, with one fix missing.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Memory is kept by references.** Ask who *holds* it; the line that allocated it is innocent.
# - **One object, two holders: mend both.** The effects of fixes do not add up.
# - **Measure a call once**, and know what you measure: the system's pages, or Python's bytes.
# - A generator holds one item at a time, a weak cache nothing; **`close` and `with` are for what
#   must go now**. `__del__` is a safety net.
# - A cache that nobody reads, or that has no bound, is a leak with a good name.
