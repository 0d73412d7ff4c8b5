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
# # Bonus C: Memory views and the buffer protocol
#
# **Objective:** write an array type whose memory others use without a copy, keep its promises to
# them, and find out by measurement when it pays not to copy.
#
# **Time:** 45–60 minutes · **Points:** 10 (8 checked automatically, 2 read by a person)
#
# **What you need to know:** classes and their special methods, slices, and what `np.asarray` gives.
# In CPython an object goes when the last reference to it does. `__buffer__` in Python code needs
# Python 3.12 or newer.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import array
import io
import struct
import tempfile
import timeit
import tracemalloc
import weakref
from collections.abc import Buffer, Callable
from functools import partial
from inspect import BufferFlags
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import memory, plotting, timing

MIB = 2**20


def seconds_of(function: Callable, *args: Any) -> float:
    """The least seconds of a call of `function(*args)` in five readings of some milliseconds."""
    timer = timeit.Timer(partial(function, *args))
    number = max(1, round(0.004 / max(timer.timeit(1), 1e-7)))
    return min(timer.repeat(repeat=5, number=number)) / number


def bytes_of(function: Callable, *args: Any) -> tuple[int, int]:
    """The bytes held once `function(*args)` is done, its result included, and at its peak."""
    tracemalloc.start()
    try:
        _result, found = function(*args), tracemalloc.get_traced_memory()
        return found
    finally:
        tracemalloc.stop()


# %% [markdown]
# ## 1. Predict · 3 min
#
# A `bytes` object is a block of memory. A **memoryview** is a look at somebody else's block: it
# knows where that begins, how long it is, and of what kind the numbers in it are. It owns none of
# it. Here are twelve expressions on a block of 4 MiB. Run this cell, but nothing else yet.

# %% nbgrader={"grade_id": "given_expressions", "locked": true}
block = bytes(4 * MIB)
view = memoryview(block)
numbers = np.frombuffer(block)  # half a million float64

expressions = {
    "block[1:]": lambda: block[1:],
    "view[1:]": lambda: view[1:],
    "view[::2]": lambda: view[::2],
    "bytes(view)": lambda: bytes(view),
    'view.cast("d")': lambda: view.cast("d"),
    "np.frombuffer(block)": lambda: np.frombuffer(block),
    "np.asarray(view)": lambda: np.asarray(view),
    "np.array(view)": lambda: np.array(view),
    "numbers[::-1]": lambda: numbers[::-1],
    "numbers[numbers >= 0]": lambda: numbers[numbers >= 0],
    "numbers.astype(float)": lambda: numbers.astype(float),
    'memoryview(numbers).cast("B")': lambda: memoryview(numbers).cast("B"),
}

# %% [markdown]
# **Which of them copy?** Put the names into the set. Nobody grades a guess, and a wrong one is what
# you will remember.

# %% nbgrader={"grade_id": "predicted_copies", "solution": true}
# predicted_copies = {"block[1:]", ...}
### BEGIN SOLUTION
predicted_copies = {"block[1:]", "bytes(view)", "np.array(view)", "view[::2]"}
### END SOLUTION

# %% [markdown]
# ## 2. Who copies? · 4 min
#
# A copy needs memory of its own, and tracemalloc counts every byte that Python and NumPy ask for.
# What is still *held* when an expression is done is its result:

# %% tags=["nbval-ignore-output"]
rows = {}
for name, expression in expressions.items():
    held, _ = bytes_of(expression)
    guess = "copies" if name in predicted_copies else "shares"
    found = "copies" if held > MIB else "shares"
    rows[name] = {"holds": memory.format_bytes(held), "so it": found, "you said": guess}
pd.DataFrame(rows).T

# %% [markdown]
# A look at every second byte needs no copy: a view has a **stride**, the number of bytes from one
# element to the next, and it may be 2, or negative. `astype` copies though nothing changes, unless
# told `copy=False`. A boolean mask copies, for no stride leads from one hit to the next.
#
# What does a copy cost? For a few bytes, no more than a view:

# %% tags=["nbval-ignore-output"]
for size in (64, 4096, MIB, 32 * MIB):
    some = bytearray(size)
    copied = seconds_of(lambda some: some[1:], some)
    viewed = seconds_of(lambda view: view[1:], memoryview(some))
    print(
        f"{memory.format_bytes(size):>8}: copied in {timing.format_seconds(copied):>7}, "
        f"viewed in {timing.format_seconds(viewed):>7}"
    )

# %% [markdown]
# A view costs the same whatever its size, and it is **not** cheaper than a copy of a few bytes. So
# two questions decide: *how large*, and *how often is the same byte copied again?*

# %% [markdown]
# ## 3. Who asks, and how · 6 min
#
# All this works because both sides speak the **buffer protocol**. Since Python 3.12 (PEP 688) a
# class written in Python can speak it too: `__buffer__(flags)` returns a memoryview, and when the
# user is done, `__release_buffer__` is called with *that very memoryview*. Let us have a class that
# takes notes:


# %% nbgrader={"grade_id": "given_tracer", "locked": true}
class Tracer:
    """Sixteen bytes that note who asks for them and when they are given back."""

    def __init__(self, readonly: bool = False) -> None:
        self.memory, self.readonly, self.notes = bytearray(16), readonly, []

    def __buffer__(self, flags: int) -> memoryview:
        self.notes.append(f"asked, {BufferFlags(flags).name}")
        self.given = memoryview(self.memory)
        if self.readonly:
            self.given = self.given.toreadonly()
        return self.given

    def __release_buffer__(self, view: memoryview) -> None:
        self.notes.append("given back" if view is self.given else "another one given back")


# %% tags=["nbval-ignore-output"]
def notes_of(use: Callable, tracer: Tracer) -> dict[str, str]:
    """What is noted while the result of use(tracer) is held, and what when it has gone."""
    result = use(tracer)
    held = len(tracer.notes)
    del result
    notes = {"while its result is held": tracer.notes[:held], "then": tracer.notes[held:]}
    return {when: "; ".join(noted) for when, noted in notes.items()}


users = {
    "memoryview(tracer)": memoryview,
    "memoryview(tracer)[4:8]": lambda tracer: memoryview(tracer)[4:8],
    "np.asarray(tracer)": np.asarray,
    "np.asarray(tracer)[::2]": lambda tracer: np.asarray(tracer)[::2],
    "bytes(tracer)": bytes,
    "file.write(tracer)": lambda tracer: io.BytesIO().write(tracer),
    "file.readinto(tracer)": lambda tracer: io.BytesIO(b"abc").readinto(tracer),
    'b"".join([tracer])': lambda tracer: b"".join([tracer]),
}
pd.DataFrame({name: notes_of(use, Tracer()) for name, use in users.items()}).T

# %% [markdown]
# Three things to read from it:
#
# - **The flags say what the user needs.** `SIMPLE` is a row of bytes, `ND` the same with its shape
#   told, `FULL_RO` any layout with its format, and to read is enough; only `readinto` insists on
#   `WRITABLE`. Who asks for `FULL_RO` may write all the same, if the memoryview that you return is
#   writable. A NumPy array is writable for that reason.
# - **One request, one giving back.** What is sliced from a view, or from an array, belongs to the
#   same request: the memory is given back when the *last* of them has gone.
# - `bytes` gives it back at once: it has made its copy.
#
# And nothing was copied to hand it out: `__buffer__` returns a view of `tracer.memory`.
#
# What if a request cannot be met? Here is memory that must not be written to. CPython sees that
# the view returned is read-only and refuses for us:

# %% tags=["nbval-ignore-output"]
tracer = Tracer(readonly=True)
try:
    io.BytesIO(b"abc").readinto(tracer)
except TypeError as error:
    print("TypeError:", error)
print(tracer.notes)

# %% [markdown]
# **Asked, and never given back.** CPython called `__buffer__`, looked at what came, and refused; as
# nobody got a buffer, nobody releases one. A class that counts its users has now counted one for
# ever. So a class that keeps books looks at the flags itself, and raises `BufferError` *before* it
# writes anything down. (Whoever asked may make another error of it: `readinto` a `TypeError`, and
# `np.asarray` none at all, but an array with the object itself as its only element.)
#
# Who keeps whom alive? The view does not hold the tracer itself but a small wrapper of CPython's,
# which holds the tracer. When the last view is dropped, or ended by `view.release()`, the wrapper
# gives the memory back:

# %% tags=["nbval-ignore-output"]
tracer = Tracer()
gone, user = weakref.ref(tracer), memoryview(tracer)[4:8]
print("user.obj:", type(user.obj).__name__)
del tracer
print("the tracer lives, for somebody uses its memory:", gone() is not None)
del user
print("and now:", gone() is not None)

# %% [markdown]
# The last trap. `__release_buffer__` may be left out, and here nothing seems to need it, as a
# bytearray does not move while there is a view of it:


# %% tags=["nbval-ignore-output"]
class Hasty:
    def __init__(self) -> None:
        self.memory = bytearray(16)

    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(self.memory)


for use in (np.asarray, np.frombuffer):
    hasty = Hasty()
    user = use(hasty)
    try:
        hasty.memory.extend(b"more" * 1_000)
        print(f"{use.__name__}: the memory has gone from under the array's feet")
    except BufferError:
        print(f"{use.__name__}: refused, as it should be")
    del user  # not to be looked at: who knows whose memory it is now

# %% [markdown]
# `np.frombuffer` looks whether the class *has* that method. If not, it takes the address and gives
# the buffer back at once. (`np.ndarray(..., buffer=...)` always does.) So **write
# `__release_buffer__` even if it has nothing to do.** What it raises is printed and lost, as with
# `__del__`. And call neither of the two methods yourself: `memoryview(obj)` is how to ask.

# %% [markdown]
# ## 4. An array of your own · 16 min
#
# Now write one: numbers of one type in one block, which NumPy, files and whoever else can use as
# their own. It has promises to keep. **As long as somebody uses the memory it must stay where it
# is**: after a move they would read and write a block that is no longer the array. And **what is
# read-only must not change through a back door.** The built-in types keep such promises already:

# %%
built_in = bytearray(16)
user = memoryview(built_in)[4:8]
try:
    built_in.extend(b"more")
except BufferError as error:
    print("BufferError:", error)
del user
built_in.extend(b"more")
print(f"{len(built_in)} bytes when nobody looks")

# %% [markdown]
# How does it know? It **counts** what it has handed out. So must your class: it may replace its
# block by another, and the old bytearray cannot know that.
#
# | points | for |
# |---|---|
# | 1 | numbers go in and come out, in the right format, also through views |
# | 1 | one memory: whoever writes, all others see it |
# | 1 | no user gets a copy: 48 of them need hardly more memory than none |
# | 1 | `resize` is refused while anybody uses the memory, and works afterwards |
# | 1 | frozen means frozen, and a request that was refused leaves no trace |

# %% [markdown]
# <details><summary>Hint 1: the block</summary>
#
# `memoryview(bytearray(size)).cast(format)` is a block of zeros seen as numbers; it can be indexed,
# assigned to, and has a `len`. `struct.calcsize(format)` tells the bytes of a number. (An
# `array.array` does as well, and it can grow in place: `array.array(format, [0]) * length`.)
# </details>
#
# <details><summary>Hint 2: slices</summary>
#
# A memoryview knows how to be sliced. Ask for one just as everybody else does, and it is counted as
# well: `memoryview(self)[index]`.
# </details>
#
# <details><summary>Hint 3: the books</summary>
#
# ```python
# def __buffer__(self, flags):
#     if self.readonly and flags & BufferFlags.WRITABLE:
#         raise BufferError(...)
#     self.exports += 1
#     return self.numbers.toreadonly() if self.readonly else ...
# ```
#
# `__release_buffer__` has one line, and the three methods below it begin with the same question.
# </details>
#
# <details><summary>Hint 4: resize</summary>
#
# A bytearray does not grow while a memoryview looks at it, not even your own. So make a new block,
# copy (here it is right to) with `new[:kept] = self.numbers[:kept]`, where `kept` is the smaller of
# the two lengths, and put it in the place of the old one.
# </details>


# %% nbgrader={"grade_id": "TypedArray", "solution": true}
FORMATS = tuple("bBhHiIqQfd")  # as in struct and array: int8, uint8, … int64, uint64, float, double


class TypedArray:
    """`length` numbers of one type, all 0 at first, in one block of memory that others can use.

    format: how a number is stored, one of FORMATS; ValueError for any other.
    Attributes: `exports`, how many buffers have been handed out and not given back so far, and
    `readonly`, whether the array is frozen.

    >>> numbers = TypedArray("h", 3)
    >>> numbers[0] = 7
    >>> np.asarray(numbers)
    array([7, 0, 0], dtype=int16)
    """

    def __init__(self, format: str, length: int) -> None:
        ### BEGIN SOLUTION
        if format not in FORMATS:
            raise ValueError(f"format must be one of {' '.join(FORMATS)}, not {format!r}")
        self.exports, self.readonly, self.format = 0, False, format
        self.numbers = self._zeros(length)
        ### END SOLUTION

    def __len__(self) -> int:
        """Return how many numbers there are."""
        ### BEGIN SOLUTION
        return len(self.numbers)
        ### END SOLUTION

    def __getitem__(self, index: int | slice) -> int | float | memoryview:
        """Return the number at `index`, or for a slice a memoryview of these very numbers.

        Negative indices and steps are as for a list. IndexError for what is out of range.
        """
        ### BEGIN SOLUTION
        if isinstance(index, slice):
            return memoryview(self)[index]  # asked for like anybody's, and so it is counted
        return self.numbers[index]
        ### END SOLUTION

    def __setitem__(self, index: int, value: int | float) -> None:
        """Store one number; `index` is as above. TypeError if the array is frozen."""
        ### BEGIN SOLUTION
        if self.readonly:
            raise TypeError("this array is frozen: thaw() it first")
        self.numbers[index] = value
        ### END SOLUTION

    def __buffer__(self, flags: int) -> memoryview:
        """Hand out the memory, not a copy: all of it, with its format; read-only if it is frozen.

        flags: what is asked for, see `inspect.BufferFlags`. BufferError if that is WRITABLE and the
        array is frozen.
        """
        ### BEGIN SOLUTION
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("this array is frozen, so its memory cannot be written to")
        self.exports += 1  # not before: what is refused is never given back
        return self.numbers.toreadonly() if self.readonly else self.numbers
        ### END SOLUTION

    def __release_buffer__(self, view: memoryview) -> None:
        """Take note that `view`, which `__buffer__` has returned, is no longer used."""
        ### BEGIN SOLUTION
        self.exports -= 1
        ### END SOLUTION

    def resize(self, length: int) -> None:
        """Have so many numbers from now on: the first ones stay, new ones are 0.

        BufferError while anybody uses the memory, a slice included. TypeError if it is frozen.
        """
        ### BEGIN SOLUTION
        self._require_unused("resized")
        if self.readonly:
            raise TypeError("this array is frozen: thaw() it first")
        numbers, kept = self._zeros(length), min(length, len(self))
        numbers[:kept] = self.numbers[:kept]
        self.numbers = numbers
        ### END SOLUTION

    def freeze(self) -> None:
        """Let nobody write to it any more, not even through views. Frozen already, it stays so.

        BufferError while anybody uses the memory: they could go on writing.
        """
        ### BEGIN SOLUTION
        self._require_unused("frozen")
        self.readonly = True
        ### END SOLUTION

    def thaw(self) -> None:
        """Make it writable again.

        BufferError while anybody uses the memory: they were promised that it would not change.
        """
        ### BEGIN SOLUTION
        self._require_unused("thawed")
        self.readonly = False

    def _require_unused(self, done: str) -> None:
        if self.exports:
            raise BufferError(f"in use (exports: {self.exports}), so it cannot be {done} now")

    def _zeros(self, length: int) -> memoryview:
        return memoryview(bytearray(length * struct.calcsize(self.format))).cast(self.format)
        ### END SOLUTION


# %% nbgrader={"grade_id": "test_typed_array", "grade": true, "points": 3}
import random

import numpy as np

from helpers import checks

check = checks.Check("TypedArray")
MIB = 2**20

with check.part("Numbers go in and come out, in the right format", points=1):

    @check.beside
    def an_array_filled_one_by_one(TypedArray, format, numbers):
        import numpy as np

        array = TypedArray(format, len(numbers))
        zeros = [array[k] for k in range(len(array))]
        for k, number in enumerate(numbers):
            array[k - len(numbers) if k % 2 else k] = number  # array[0], array[1 - n], array[2], …
        view = memoryview(array)
        return {
            "len(array)": len(array),
            "its numbers at first": zeros,
            "its numbers": [array[k] for k in range(len(array))],
            "array[-1]": array[-1],
            "memoryview(array).tolist()": view.tolist(),
            "shape, strides and itemsize of memoryview(array)": [
                list(view.shape),
                list(view.strides),
                view.itemsize,
            ],
            "dtype of np.asarray(array)": np.asarray(array).dtype.str,
            "np.asarray(array)": np.asarray(array).tolist(),
            "bytes(array)": bytes(array),
            "array[1::2]": list(array[1::2]),
            "array[::-1]": list(array[::-1]),
            "array[2:1]": None if array[2:1] is None else list(array[2:1]),
        }

    def check_filled(format, numbers):
        found, dtype = an_array_filled_one_by_one(format=format, numbers=numbers), np.dtype(format)
        size = dtype.itemsize
        cast = "A block of bytes becomes numbers by memoryview(block).cast(format)."
        expected = {
            "len(array)": (len(numbers), "Numbers, not bytes."),
            "its numbers at first": ([0] * len(numbers), "bytearray(size) is all zeros."),
            "its numbers": (numbers, "array[k] is what was stored by array[k] = number."),
            "array[-1]": (numbers[-1], "Negative indices count from the end."),
            "shape, strides and itemsize of memoryview(array)": (
                [[len(numbers)], [size], size],
                cast,
            ),
            "memoryview(array).tolist()": (numbers, cast),
            "dtype of np.asarray(array)": (dtype.str, cast),
            "np.asarray(array)": (numbers, cast),
            "bytes(array)": (np.array(numbers, dtype).tobytes(), "Eight bytes for a double."),
            "array[1::2]": (numbers[1::2], "A memoryview knows how to be sliced."),
            "array[::-1]": (numbers[::-1], "A memoryview knows how to be sliced."),
            "array[2:1]": ([], "A memoryview knows how to be sliced."),
        }
        for what, (value, think) in expected.items():
            got = found[what]
            same = got == value and (type(got) is type(value) or type(value) in (int, float))
            check.true(
                bool(same),
                f'With TypedArray("{format}", {len(numbers)}) and {numbers} stored: '
                f"{what} is {got!r}, expected {value!r}.",
                think,
            )

    check_filled("d", [0.5, -2.0, 1e300, 7.25])
    check_filled("B", [0, 255, 7, 128])
    ### BEGIN HIDDEN TESTS
    for format in "bhiqBHIQ":
        limits = np.iinfo(format)
        drawn = [random.randint(int(limits.min), int(limits.max)) for _ in range(6)]
        check_filled(format, [int(limits.min), int(limits.max), *drawn])
    check_filled("f", [0.5 * random.randrange(-999, 999) for _ in range(7)])
    check_filled("d", [random.gauss(0, 1) for _ in range(random.randint(4, 9))])
    ### END HIDDEN TESTS

    @check.beside
    def what_is_raised(TypedArray):
        def put(index):
            array = TypedArray("d", 3)
            array[index] = 1.0

        found = {}
        for what, attempt in {
            'TypedArray("x", 3)': lambda: TypedArray("x", 3),
            'TypedArray("l", 3)': lambda: TypedArray("l", 3),
            'TypedArray("bB", 3)': lambda: TypedArray("bB", 3),
            'TypedArray("d", 0)': lambda: TypedArray("d", 0),
            'TypedArray("d", 3)[3]': lambda: TypedArray("d", 3)[3],
            'TypedArray("d", 3)[-4]': lambda: TypedArray("d", 3)[-4],
            'TypedArray("d", 3)[3] = 1.0': lambda: put(3),
            'TypedArray("d", 3)[-4] = 1.0': lambda: put(-4),
        }.items():
            try:
                got = attempt()
                found[what] = f"{len(got)} numbers" if hasattr(got, "__len__") else "no error"
            except Exception as error:
                found[what] = type(error).__name__
        return found

    raised = what_is_raised()
    formats = {'TypedArray("x", 3)': "ValueError", 'TypedArray("l", 3)': "ValueError"}
    formats |= {'TypedArray("bB", 3)': "ValueError", 'TypedArray("d", 0)': "0 numbers"}
    for what, wanted in formats.items():
        check.true(
            raised[what] == wanted,
            f"{what} gave {raised[what]}, expected {wanted}.",
            think="ValueError for what is not one of FORMATS, even if struct or cast know it. "
            "`format in FORMATS` is a good question: FORMATS is a tuple. In a text, 'bB' would be "
            "found as well.",
        )
    for what in (what for what in raised if "[" in what):
        check.true(
            raised[what] == "IndexError",
            f"{what} gave {raised[what]}, expected an IndexError.",
            think="Of three numbers the first is [0] or [-3], the last [2] or [-1].",
        )

with check.part("One memory: whoever writes, all others see it", points=1):

    @check.beside
    def one_array_and_its_users(TypedArray, numbers, written):
        import io

        import numpy as np

        def shown(values):
            return [float(values[k]) for k in range(len(values))]

        array = TypedArray("d", len(numbers))
        users = {
            "array": array,
            "memoryview(array)": memoryview(array),
            "np.asarray(array)": np.asarray(array),
            "np.frombuffer(array)": np.frombuffer(array),
            "array[0:]": array[0:],
        }
        refused = []
        try:
            count = io.BytesIO(np.array(numbers, float).tobytes()).readinto(array)
        except TypeError as error:
            return 0, {}, [str(error)], {}
        read = {name: shown(user) for name, user in users.items()}
        for k, (name, user) in enumerate(users.items()):
            try:
                user[k] = written[k]
            except (TypeError, ValueError) as error:
                refused.append(f"writing to {name}: {error}")
        return count, read, refused, {name: shown(user) for name, user in users.items()}

    numbers, written = [3.0, 1.0, 4.0, 1.5, 9.0, 2.0], [-1.0, -2.0, -3.0, -4.0, -5.0]
    ### BEGIN HIDDEN TESTS
    numbers, written = ([random.gauss(0, 1) for _ in range(k)] for k in (8, 5))
    ### END HIDDEN TESTS
    count, read, refused, now = one_array_and_its_users(numbers=numbers, written=written)
    check.true(
        not refused,
        f"Nothing is frozen here, and yet: {'; '.join(map(str, refused))}.",
        think="bytes cannot be written to, and a view of bytes cannot either. Hand out a view of "
        "your own block that is writable.",
    )
    check.equal(count, 8 * len(numbers), think="readinto fills the memory that __buffer__ returns.")
    for name, seen in read.items():
        check.true(
            seen == numbers,
            f"file.readinto(array) has read {numbers}, but {name} starts with {seen[:8]}.",
            think="__buffer__ must return a view of the array's own memory: bytes(...), "
            "bytearray(...), tobytes() and list slices all are copies.",
        )
    for name, seen in now.items():
        check.true(
            seen == [*written, *numbers[5:]],
            f"Each user has written one number, {written}, but {name} starts with {seen[:8]}.",
            think="Is it the same memory for all of them, slices too?",
        )

    @check.beside
    def strides_of_slices(TypedArray, format):
        return [memoryview(TypedArray(format, 9)[::step]).strides[0] for step in (1, 2, -3)]

    for format in "dh":
        size = np.dtype(format).itemsize
        check.equal(
            strides_of_slices(format=format),
            [size, 2 * size, -3 * size],
            think=f'(the strides of array[::1], [::2] and [::-3] for "{format}"). The numbers stay '
            "where they are, so from one to the next it is two places, or three back.",
        )

with check.part("No user gets a copy", points=1):

    @check.beside
    def an_array_with_48_users(TypedArray, length, first):
        import numpy as np

        array, users = TypedArray("d", length), []
        for k in range(12):
            users += [memoryview(array), np.asarray(array), np.frombuffer(array), array[k:]]
            array[k] = first + k
            if k > 6 and float(users[-1][0]) != first + k:
                break  # a copy: more of them would only take long
        return [float(user[0]) for user in users]

    first = random.randrange(10**6)
    found = check.peak(
        an_array_with_48_users,
        MIB,
        first,
        at_most=34 * MIB,
        think="A million doubles take 8 MiB; none of the 48 users should need more than its view.",
    )
    check.equal(
        found,
        [float(first + j) for k in range(12) for j in (0, 0, 0, k)],
        think="(the first number of each user, after the array itself was written to)",
    )

check.score()

# %% [markdown]
# Now the promises. The check uses your array in many ways, and it does not always let go at once:

# %% nbgrader={"grade_id": "test_promises", "grade": true, "points": 2}
import random

import numpy as np

from helpers import checks

check = checks.Check("TypedArray")

with check.part("No resize while anybody uses the memory", points=1):

    @check.beside
    def resizing_with_users(TypedArray, format, numbers, length):
        import numpy as np

        def resize(array, length):
            try:
                array.resize(length)
            except Exception as error:
                return type(error).__name__
            return "resized"

        def numbers_of(array):
            try:
                return [float(array[k]) for k in range(len(array))]
            except IndexError:
                return f"fewer than len(array), which is {len(array)}"

        users = {
            "memoryview(array)": lambda array: memoryview(array),
            "memoryview(array)[1:], the whole released": lambda array: memoryview(array)[1:],
            "np.asarray(array)": lambda array: np.asarray(array),
            "np.asarray(array)[::2], the whole gone": lambda array: np.asarray(array)[::2],
            "np.frombuffer(array)": lambda array: np.frombuffer(array, format),
            "array[1:]": lambda array: array[1:],
            "two memoryviews": lambda array: [memoryview(array), memoryview(array)],
        }
        found = {}
        for name, use in users.items():
            array = TypedArray(format, len(numbers))
            for k, number in enumerate(numbers):
                array[k] = number
            used = use(array)
            told = {"exports": array.exports, "shares": True}
            if name == "array[1:]":
                array[1] = numbers[1] + 1
                told["shares"] = float(used[0]) == numbers[1] + 1
                array[1] = numbers[1]
            told["resize"] = resize(array, length)
            if name.startswith("two"):
                used.pop().release()
                told["resize with one of two released"] = resize(array, length)
            kept = numbers_of(array)
            del used
            told |= {"numbers": kept, "exports afterwards": array.exports}
            told["resize afterwards"] = resize(array, length)
            told["numbers afterwards"] = numbers_of(array)
            found[name] = told
            if told["resize afterwards"] != "resized" or len(array) != length:
                continue
            told["resize twice"] = [resize(array, 1), resize(array, length)]
            told["numbers of both"] = numbers_of(array)
            told["resize to none"] = [resize(array, 0), len(array), resize(array, length)]
            if len(array) == length:
                many = np.asarray(array)
                array[length - 1] = 5
                told["one memory still"] = many.tolist()[length - 1 :] == [5]
                told["dtype"] = many.dtype.str  # many lives on: another array's exports are its own
        return found

    cases = [("d", [1.0, 2.0, 3.0], 5), ("h", [1, 2, 3], 5)]
    ### BEGIN HIDDEN TESTS
    cases += [("d", [random.random() for _ in range(9)], random.randint(2, 7))]
    cases += [("d", [1.5, -2.5], 40), (random.choice("bBHiIqQ"), [7, 1, 9, 4], 2)]
    ### END HIDDEN TESTS
    for format, numbers, length in cases:
        after = (numbers + [0.0] * length)[:length]
        users = resizing_with_users(format=format, numbers=numbers, length=length)
        for user, told in users.items():
            if not told["shares"]:
                continue  # a copy, which was to be none, but a copy needs no promise
            where = f'TypedArray("{format}", {len(numbers)}), in use by {user}: '
            if "[1:]" not in user or "memoryview" in user:  # how you slice is your affair
                check.true(
                    told["exports"] == 1 + user.startswith("two"),
                    f"{where}exports is {told['exports']!r}.",
                    think="One up in __buffer__, one down in __release_buffer__. Without that "
                    "method np.frombuffer does not even hold what it got.",
                )
            for what in ("resize", "resize with one of two released"):
                check.true(
                    told.get(what, "BufferError") == "BufferError",
                    f"{where}{what} gave {told.get(what)!r}, expected a BufferError.",
                    think="Whoever has the old block would from now on write to memory that the "
                    "array no longer looks at. Count who has it, in slices too.",
                )
            check.true(
                told["numbers"] == numbers,
                f"{where}resize was refused, but the numbers are {told['numbers']} now, "
                f"no longer {numbers}.",
                think="Refuse first, before anything is changed.",
            )
            check.true(
                told["exports afterwards"] == 0,
                f"{where}when it had gone, exports was {told['exports afterwards']!r}.",
                think="What is given back has to be taken off the books. Does something of yours "
                "still hold a view?",
            )
            check.true(
                told["resize afterwards"] == "resized" and told["numbers afterwards"] == after,
                f"{where}when it had gone, resize({length}) gave {told['resize afterwards']!r} and "
                f"the numbers {told['numbers afterwards']}; expected 'resized' and {after}.",
                think="Nobody uses the memory any more: the first numbers stay, new ones are 0.",
            )
            first = after[:1] + [0.0] * (length - 1)
            check.true(
                told["resize twice"] == ["resized"] * 2 and told["numbers of both"] == first,
                f"resize(1), then resize({length}), gave {told['resize twice']} and the numbers "
                f"{told['numbers of both']}; expected {first}.",
                think="What was cut off is gone: new numbers are 0, also where others have been.",
            )
            check.true(
                told["resize to none"] == ["resized", 0, "resized"],
                f"resize(0), len, resize({length}) gave {told['resize to none']}.",
                think="No numbers at all is a length like any other.",
            )
            check.true(
                told["one memory still"],
                f"After resize({length}) the array and np.asarray(array) are not the same memory.",
                think="What does __buffer__ hand out: the new block?",
            )
            check.true(
                told["dtype"] == np.dtype(format).str,
                f"{where}after resize({length}) np.asarray(array) has dtype {told['dtype']}.",
                think="The new block is of the same format as the old one.",
            )

    @check.beside
    def resizing_32_times(TypedArray, length):
        array = TypedArray("d", length)
        for k in range(32):
            array.resize(length + k % 2)
        return len(array)

    size = 2**16
    ### BEGIN HIDDEN TESTS
    size += random.randrange(2**10)
    ### END HIDDEN TESTS
    found = check.peak(
        resizing_32_times,
        size,
        at_most=4 * 2**20,
        think="An array of 0.5 MiB, resized again and again, never needs more than its old block, "
        "its new one and a copy in between. What becomes of the old one?",
    )
    check.equal(found, size + 1)

with check.part("Frozen means frozen, and a refused request leaves no trace", points=1):

    @check.beside
    def writing_to_a_frozen_array(TypedArray, numbers):
        import io
        import struct

        import numpy as np

        array = TypedArray("d", len(numbers))
        for k, number in enumerate(numbers):
            array[k] = number

        def tried(attempt):
            try:
                attempt()
            except Exception as error:
                return type(error).__name__
            return "nothing"

        def put(memory):
            memory[0] = 99.0

        found, number = {}, struct.pack("d", 99.0)
        used = np.asarray(array)
        found["freeze() in use"] = tried(array.freeze)
        told = {"readonly when freeze() had been refused": array.readonly}
        del used
        part = array[0:]
        # If not, it is a copy, which needs no promise, or has cost the point above.
        counted = tried(lambda: array.resize(len(numbers))) == "BufferError"
        if counted:
            found["freeze() with a slice in use"] = tried(array.freeze)
        del part
        told["freeze()"] = tried(array.freeze)
        tried(array.freeze)  # once more: it stays frozen
        told["reading"] = tried(lambda: memoryview(array))
        if told["reading"] != "nothing":
            return found, told
        found |= {
            "array[0] = 99.0": tried(lambda: put(array)),
            "array[0:][0] = 99.0": tried(lambda: put(array[0:])),
            "memoryview(array)[0] = 99.0": tried(lambda: put(memoryview(array))),
            "np.asarray(array)[0] = 99.0": tried(lambda: put(np.asarray(array))),
            "file.readinto(array)": tried(lambda: io.BytesIO(bytes(8)).readinto(array)),
            "struct.pack_into": tried(lambda: struct.pack_into("d", array, 0, 99.0)),
            "np.ndarray(1, buffer=array)[0] = 99.0": tried(
                lambda: put(np.ndarray(1, buffer=array))
            ),
            "resize": tried(lambda: array.resize(9)),
        }
        one_memory = bool(np.shares_memory(np.asarray(array), np.asarray(array)))
        told |= {
            "readonly": array.readonly,
            "numbers": [float(array[k]) for k in range(len(array))],
            "np.asarray(array)": np.asarray(array).tolist(),
            "bytes": bytes(array),
            "exports": array.exports,
        }
        used = memoryview(array)
        found["thaw() in use"] = tried(array.thaw)
        told["readonly when thaw() had been refused"] = array.readonly
        used.release()
        if counted:
            part = array[0:]
            found["thaw() with a slice in use"] = tried(array.thaw)
            del part
        told["thaw()"] = tried(array.thaw)
        told["readinto after thaw()"] = tried(lambda: io.BytesIO(number).readinto(array))
        told["array[0] after that"] = float(array[0])
        told["two np.asarray(array) share their memory"] = one_memory
        return found, told

    numbers = [6.0, 2.0, 8.0]
    ### BEGIN HIDDEN TESTS
    numbers = [random.random() for _ in range(random.randint(2, 6))]
    ### END HIDDEN TESTS
    refused, told = writing_to_a_frozen_array(numbers=numbers)
    check.true(
        told["freeze()"] == "nothing" or told["readonly when freeze() had been refused"],
        f"freeze(), when nobody used the memory any more, gave {told['freeze()']}.",
        think="Has all been taken off the books that was given back?",
    )
    check.true(
        told["reading"] == "nothing",
        f"memoryview(array), when it was frozen, raised {told['reading']}.",
        think="To read a frozen array is allowed. Which flag tells that somebody wants to write? "
        "Some names of flags stand for several at once.",
    )
    by_name = {"array[0] = 99.0": "TypeError", "resize": "TypeError"}
    by_name |= {what: "BufferError" for what in refused if " in use" in what}
    promise = "As long as somebody uses the memory, what they were promised must stay true."
    thoughts = dict.fromkeys((what for what in refused if " in use" in what), promise)
    thoughts["resize"] = "Ask whether it is frozen: that is a TypeError, as for array[0] = 99.0."
    for what, raised in refused.items():
        if what == "array[0:][0] = 99.0":
            continue  # who writes to a copy changes nothing
        wanted = by_name.get(what)
        check.true(
            raised != "nothing" and wanted in (None, raised),
            f"{what}: {raised} was raised, expected {wanted or 'an error'}.",
            think=thoughts.get(what, "A memoryview has a method toreadonly()."),
        )
    thoughts = {
        "readonly when freeze() had been refused": (False, "Refuse first, before you freeze."),
        "readonly": (True, "freeze() was called."),
        "numbers": (numbers, "None of the attempts may have changed them."),
        "np.asarray(array)": (numbers, "To read a frozen array is allowed."),
        "bytes": (np.array(numbers).tobytes(), "To read a frozen array is allowed."),
        "exports": (
            0,
            "Nobody has a buffer now. Some requests were refused, as they wanted to write "
            "(WRITABLE alone, or with other flags); __release_buffer__ is not called for those. "
            "Look at flags before you count.",
        ),
        "readonly when thaw() had been refused": (True, "Refuse first, before you thaw."),
        "thaw()": ("nothing", "Nobody uses the memory, so thaw() has nothing to raise."),
        "readinto after thaw()": ("nothing", "After thaw() it can be written to."),
        "array[0] after that": (99.0, "After thaw() it can be written to."),
        "two np.asarray(array) share their memory": (
            True,
            "Frozen or not, what is handed out is the array's own memory: toreadonly() copies "
            "nothing, bytes(...) does.",
        ),
    }
    for what, (value, think) in thoughts.items():
        check.true(
            told[what] == value,
            f"An array, frozen and later thawed; {what}: {told[what]!r}, expected {value!r}.",
            think,
        )

check.score()

# %% [markdown]
# See it at work. One request by NumPy, any number of views on it, and the array waits for the last:

# %%
readings = TypedArray("d", 8)
many = np.asarray(readings)
many[:] = np.arange(8) ** 2
evens = many[::2]
del many
try:
    readings.resize(100)
except BufferError as error:
    print("BufferError:", error)
del evens
readings.resize(100)
print(f"{len(readings)} numbers, the first: {readings[:8].tolist()}")

# %% [markdown]
# (Do not end a cell with such an array or view while you try this out: what a cell shows, the
# notebook keeps, in `Out`. That is a user, too.)

# %% [markdown]
# ## 5. Messages without a copy · 8 min
#
# A sensor sends a stream of messages: 8 bytes that say how many samples follow, then the samples,
# float64. This is how such a stream is often taken apart:


# %% nbgrader={"grade_id": "given_messages", "locked": true}
def make_stream(messages: int, length: int) -> bytes:
    """`messages` messages of `length` random samples each."""
    words = np.random.default_rng(3).normal(size=(messages, 1 + length))
    words.view(np.int64)[:, 0] = length
    return words.tobytes()


def messages_copying(stream: bytes) -> list[np.ndarray]:
    """The samples of each message: take the first one off, go on with the rest."""
    found = []
    while stream:
        (length,) = struct.unpack("q", stream[:8])
        payload, stream = stream[8 : 8 + 8 * length], stream[8 + 8 * length :]
        found.append(np.frombuffer(payload))
    return found


def messages_by_offset(stream: bytes) -> list[np.ndarray]:
    """The same, but the stream stays whole: each sample is copied once."""
    found, start = [], 0
    while start < len(stream):
        (length,) = struct.unpack_from("q", stream, start)
        end = start + 8 + 8 * length
        found.append(np.frombuffer(stream[start + 8 : end]))
        start = end
    return found


[samples.shape for samples in messages_copying(make_stream(3, 5))]

# %% [markdown]
# Predict again: in `messages_copying`, how often is the *last* sample of the stream copied? What
# does that make of the time when there are twice as many messages? And how much faster than
# `messages_by_offset` will it be not to copy at all?
#
# Write a third one, which copies nothing: the arrays it returns are views of the buffer.
#
# | points | for |
# |---|---|
# | 1 | every message is found, in any kind of buffer: `bytes`, arrays, views of any format |
# | 1 | the arrays share and hold the buffer's memory · no copy · 4 times as fast as the first one |

# %% [markdown]
# <details><summary>Hint 1: one line</summary>
#
# `messages_copying` is nearly right. What if `stream` were a memoryview?
# </details>
#
# <details><summary>Hint 2: any kind of buffer</summary>
#
# Indices of a memoryview count *elements*. Of doubles, `view[8:]` leaves out 64 bytes. `.cast("B")`
# makes bytes of any C-contiguous view, and copies nothing. `struct.unpack` and `np.frombuffer` take
# views as well.
# </details>


# %% nbgrader={"grade_id": "messages", "solution": true}
def messages(buffer: Buffer) -> list[np.ndarray]:
    """Return the samples of each message, as float64 arrays that share the buffer's memory.

    buffer: C-contiguous, of any format and shape, and holding whole messages: bytes, bytearray,
    memoryview, array.array, a NumPy array, a TypedArray. The arrays can be written to if it can,
    and it is in use as long as one of them lives.

    >>> stream = bytearray(make_stream(2, 3))
    >>> messages(stream)[1][0] = 7.5
    >>> struct.unpack_from("d", stream, 40)
    (7.5,)
    """
    ### BEGIN SOLUTION
    found, rest = [], memoryview(buffer).cast("B")
    while rest:
        (length,) = struct.unpack_from("q", rest)
        end = 8 + 8 * length
        found.append(np.frombuffer(rest[8:end]))
        rest = rest[end:]
    return found
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_messages", "grade": true, "points": 2}
import random

import numpy as np

from helpers import checks

check = checks.Check("messages")
learner, given = check.learner, check.given
MIB = 2**20


def stream_of(*parts):
    """A stream of messages with these samples."""
    return b"".join(np.int64(len(p)).tobytes() + np.array(p, float).tobytes() for p in parts)


def drawn(count, length):
    words = np.random.default_rng().normal(size=(count, 1 + length))
    words.view(np.int64)[:, 0] = length
    return words.tobytes()


with check.part("Every message is found, in any kind of buffer", points=1):
    cases = [[[1.0, -2.0, 0.5], [4.0]], [[], [3.0, 3.5], []], []]
    ### BEGIN HIDDEN TESTS
    cases.append([[random.gauss(0, 1)] * random.randrange(9) for _ in range(30)])
    ### END HIDDEN TESTS
    for parts in cases:
        think = "The samples of each message, and an empty array for one without samples."
        found = learner.messages(stream_of(*parts))
        check.equal(found, [np.array(part, float) for part in parts], think=think)

    @check.beside
    def messages_in_many_buffers(messages, stream):
        import array

        import numpy as np

        words = np.frombuffer(stream, np.int64).copy()
        buffers = {
            "a bytearray": bytearray(stream),
            "a memoryview": memoryview(stream),
            "a part of a memoryview": memoryview(b"12345678" + stream + b"9")[8:-1],
            "a float64 array": words.view(np.float64),
            "an int16 array": words.view(np.int16),
            'array.array("q")': array.array("q", words.tobytes()),
        }
        return {name: messages(buffer) for name, buffer in buffers.items()}

    parts = [[1.0, 2.0], [-3.0]]
    ### BEGIN HIDDEN TESTS
    # Not negative: taken for a length, such a number would have some go on for ever.
    parts = [[abs(random.gauss(0, 1)) for _ in range(random.randint(1, 5))] for _ in range(4)]
    ### END HIDDEN TESTS
    expected = [np.array(part, float) for part in parts]
    for name, found in messages_in_many_buffers(stream=stream_of(*parts)).items():
        check.true(
            type(found) is list
            and [getattr(one, "tolist", list)() for one in found] == [p.tolist() for p in expected],
            f"The stream was {name}: {found!r} was found, expected {expected!r}.",
            think='Indices count elements, whatever their size. memoryview(buffer).cast("B") is '
            "a view in which they count bytes.",
        )

    @check.beside
    def messages_in_an_array_of_two_dimensions(messages, stream):
        import numpy as np

        return messages(np.frombuffer(stream, np.int16).copy().reshape(4, -1))

    check.equal(
        messages_in_an_array_of_two_dimensions(stream=stream_of(*parts)),
        expected,
        think='memoryview(buffer).cast("B") has one dimension, however many the buffer has.',
    )

with check.part("The arrays are views, no bytes are copied, and it is fast", points=1):

    @check.beside
    def shared_with_the_buffer(messages, stream, parts):
        import array

        import numpy as np

        def finds_all(buffer):
            try:
                return [one.tolist() for one in messages(buffer)] == parts
            except Exception:
                return False

        def shared_with(writable):
            found = messages(writable)
            memory = np.frombuffer(writable, np.uint8)
            shared = [bool(np.shares_memory(one, memory)) for one in found]
            try:
                found[-1][-1] = 7.5
            except ValueError as error:
                return shared, str(error), 7.5, True
            seen = np.frombuffer(writable)[-1].item()
            memory[-8:] = np.frombuffer(np.float64(2.5).tobytes(), np.uint8)
            read = found[-1][-1].item()
            del memory
            held = not hasattr(writable, "append")  # no way to move it
            if not held:
                try:
                    writable.append(0)
                except BufferError:
                    held = True
            return shared, seen, read, held

        words = np.frombuffer(stream)
        buffers = {
            "a bytearray": bytearray(stream),
            "a float64 array": words.copy(),
            "an int16 array": words.view(np.int16).copy(),
            'array.array("q")': array.array("q", stream),
        }
        # What is not found has cost the point above.
        buffers = {k: v for k, v in buffers.items() if k == "a bytearray" or finds_all(v)}
        return {name: shared_with(writable) for name, writable in buffers.items()}

    parts = [[1.0, 2.0], [3.0]]
    told = shared_with_the_buffer(stream=stream_of(*parts), parts=parts)
    for name, (shared, seen, read, held) in told.items():
        check.true(
            (shared, seen, read) == ([True, True], 7.5, 2.5),
            f"The stream was {name}. Whether each array shares its memory: {shared}. 7.5 was "
            f"written to the last array, in the buffer is {seen!r}; 2.5 was written to the buffer, "
            f"in the array is {read!r}.",
            think="Slices of bytes and of bytearray are copies, and so is tobytes(). Slices of "
            "views are not.",
        )
        check.true(
            held,
            f"The stream was {name}, which could be made longer while the arrays were still there.",
            think="The memory has gone from under their feet. np.frombuffer and np.asarray hold "
            "the buffer as long as their array lives. np.ndarray(..., buffer=...) takes the "
            "address and gives the buffer back.",
        )

    @check.beside
    def messages_of_8_MiB_found_32_times(messages, count, length, first):
        import numpy as np

        words = np.zeros((count, 1 + length))
        words.view(np.int64)[:, 0] = length
        words[:, 1] = range(first, first + count)
        view = memoryview(words).cast("B")
        found = [messages(view.toreadonly() if k % 2 else view) for k in range(32)]
        words[-1, -1] = 0.5
        return [[float(one[0]) for one in found[k]] for k in (0, 31)], float(found[9][-1][-1])

    check.faster(
        learner.messages,
        than=given.messages_copying,
        on=lambda: (drawn(4_000, 64),),
        at_least=4,
        think="Nothing is copied to the arrays, and yet it is slow. Is the rest copied for each "
        "message, to read its first 8 bytes perhaps?",
    )
    first = random.randrange(10**6)
    found = check.peak(
        messages_of_8_MiB_found_32_times,
        16,
        65_535,
        first,
        at_most=24 * MIB,
        think="The stream takes 8 MiB, and all that was found in it 32 times could share that.",
    )
    check.equal(found, ([[float(first + k) for k in range(16)]] * 2, 0.5))

check.score()

# %% [markdown]
# Now all three, over more and more messages of 64 samples:

# %% tags=["nbval-ignore-output"]
axes = plotting.growth(
    [
        timing.growth(
            function, lambda n: (make_stream(n, 64),), (200, 400, 800, 1_600, 3_200), repeats=3
        )
        for function in (messages_copying, messages_by_offset, messages)
    ],
    title="Copy the rest each time, each sample once, or nothing",
)
axes.set_xlabel("messages in the stream")
axes

# %% [markdown]
# And two streams, of many small messages and of a few large ones: the time, and the memory that is
# held as long as the arrays are.

# %% tags=["nbval-ignore-output"]
rows = {}
for shape in ((2_000, 64), (16, 65_535)):
    stream = make_stream(*shape)
    for function in (messages_copying, messages_by_offset, messages):
        row = rows.setdefault(function.__name__, {})
        name = f"{shape[0]:,} × {memory.format_bytes(8 + 8 * shape[1])}"
        row[f"{name}: time"] = timing.format_seconds(seconds_of(function, stream))
        row[f"{name}: holds"] = memory.format_bytes(bytes_of(function, stream)[0])
pd.DataFrame(rows).T

# %% [markdown]
# Here is the honest finding. `messages_copying` is quadratic, and **the same code on a view** is
# linear: that is the large gain. But to copy each sample *once* costs little while messages are
# small: making an array takes longer than filling it. (To slice an array that is there is quicker
# than `np.frombuffer`; if yours does so, it is ahead for that reason.) Not to copy at all pays in
# time when messages are large. In memory it saves the samples in either case, if the stream is kept
# anyway: the views keep it.

# %% [markdown]
# ## 6. A pipeline · 6 min
#
# Read a stream, scale every message so that its loudest sample is 1 or −1, write it out. Count the
# copies:


# %% nbgrader={"grade_id": "given_pipeline", "locked": true} tags=["nbval-ignore-output"]
def normalise_copying(source: Any, sink: Any) -> int:
    """Read messages, scale each by its loudest sample, write them, return how many there were."""
    found = messages_by_offset(source.read())
    for samples in found:
        loudest = np.abs(samples).max(initial=0.0)
        scaled = samples / loudest if loudest else samples
        sink.write(struct.pack("q", len(scaled)) + scaled.tobytes())
    return len(found)


sink = io.BytesIO()
normalise_copying(io.BytesIO(make_stream(2, 3)), sink)
messages_by_offset(sink.getvalue())

# %% [markdown]
# Every sample is copied four times after it is read: the slice, `samples / loudest`, `tobytes` and
# `+`. (`np.abs` makes one more, of absolute values.)
#
# Now with one block of memory, the `workspace`, into which the source is read, in which samples are
# scaled, and from which the sink is written. The caller makes it, and can use it again for the next
# stream. It may be larger than the stream.
#
# What the check looks at (1 point): the same bytes come out, `source` is asked to `readinto`,
# the samples are written from the workspace, which nobody uses afterwards, and 16 streams need no
# more memory than one.

# %% [markdown]
# <details><summary>Hint 1: the beginning and the end</summary>
#
# `source.readinto(workspace)` returns how many bytes have been read, and
# `memoryview(workspace).cast("B")[:size]` is a view of these. When the work is done in place, it is
# also what is to be written.
# </details>
#
# <details><summary>Hint 2: in place</summary>
#
# `samples / loudest` makes a new array, `samples /= loudest` does not. (To compute `loudest` you
# may take a temporary array of one message, as above; or none, with `max` and `min`.)
# </details>


# %% nbgrader={"grade_id": "normalise_zero_copy", "solution": true}
def normalise_zero_copy(source: Any, sink: Any, workspace: Buffer) -> int:
    """Do what normalise_copying does, in `workspace`, without a copy of the stream.

    source: has `readinto(memory)`, which reads all there is, as far as it fits, and returns how
    many bytes that was. sink: has `write(data)`, which takes any buffer.
    workspace: a C-contiguous writable buffer, at least as large as the stream, of any format. It
    is not in use any more when the call is over.
    Returns the number of messages. A message whose samples are all 0 stays as it is.

    >>> sink, workspace = io.BytesIO(), TypedArray("B", 1_000)
    >>> normalise_zero_copy(io.BytesIO(make_stream(2, 3)), sink, workspace)
    2
    >>> len(sink.getvalue()), workspace.exports
    (64, 0)
    """
    ### BEGIN SOLUTION
    size = source.readinto(workspace)
    stream = memoryview(workspace).cast("B")[:size]
    found = messages(stream)
    for samples in found:
        loudest = max(samples.max(initial=0.0), -samples.min(initial=0.0))
        if loudest:
            samples /= loudest
    sink.write(stream)
    return len(found)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_pipeline", "grade": true, "points": 1}
import random
import sys

import numpy as np

from helpers import checks

check = checks.Check("normalise_zero_copy")
MIB = 2**20


def stream_of(*parts):
    """A stream of messages with these samples."""
    return b"".join(np.int64(len(p)).tobytes() + np.array(p, float).tobytes() for p in parts)


def parts_of(stream):
    """The samples of each message, as far as there are any."""
    parts, start = [], 0
    while start < len(stream):
        length = max(0, int.from_bytes(stream[start : start + 8], sys.byteorder, signed=True))
        parts.append(np.frombuffer(stream[start + 8 : start + 8 + 8 * length]).tolist())
        start += 8 + 8 * length
    return parts


with check.part("One block of memory, from the source to the sink", points=1):

    @check.beside
    def your_pipeline(normalise_zero_copy, stream, spare, format):
        import gc
        import io

        import numpy as np

        calls, written, elsewhere = [], [], {"read": 0, "written": 0}
        workspace = bytearray(len(stream) + spare)
        words = np.frombuffer(workspace, np.uint8)

        def note(what, size, memory):
            if size and not np.shares_memory(np.asarray(memoryview(memory)), words):
                elsewhere[what] += size

        class Source(io.BytesIO):
            def read(self, *size):
                calls.append("read")
                return super().read(*size)

            def readinto(self, memory):
                size = super().readinto(memory)
                note("read", size, memory)
                return size

        class Sink:
            def write(self, data):
                written.append(bytes(memoryview(data)))  # now: its memory may be used again
                note("written", len(written[-1]), data)
                return len(written[-1])

        count = normalise_zero_copy(Source(stream), Sink(), memoryview(workspace).cast(format))
        words = None

        def in_use():
            try:
                workspace.append(0)
            except BufferError:
                return True
            return False

        held = in_use()
        if held:  # by a cycle, perhaps
            gc.collect()
            held = in_use()
        return count, calls, elsewhere, b"".join(written), held

    cases = [([[1.0, -4.0, 2.0], [49.0]], 0), ([[0.0, 0.0], [], [-0.5]], 7), ([], 2)]
    ### BEGIN HIDDEN TESTS
    for k in range(3):
        lengths = [random.randrange(20) for _ in range(random.randint(1, 9))]
        cases.append(([[random.gauss(0, 9) for _ in range(n)] for n in lengths], 5 * k))
    ### END HIDDEN TESTS
    for parts, spare in cases:
        stream = stream_of(*parts)
        for format, more in {"B": 8 * spare + min(spare, 3), "d": 8 * spare}.items():
            count, calls, elsewhere, written, held = your_pipeline(
                stream=stream, spare=more, format=format
            )
            where = f"A stream with the samples {parts}, in a workspace of {more} bytes more: "
            check.true(
                "read" not in calls,
                f"{where}source.read() was called.",
                think="read() makes new bytes; readinto(workspace) fills memory that is there.",
            )
            check.true(
                len(written) == len(stream),
                f"{where}{len(written)} bytes were written, expected {len(stream)}.",
                think="The workspace may be larger than the stream: readinto says how much it "
                "has read. And its indices count elements, which need not be bytes.",
            )
            scaled = [[x / (max(map(abs, p)) or 1) for x in p] for p in parts]
            got = parts_of(written)
            check.true(
                got == scaled,
                f"{where}the samples that were written are {got}, expected {scaled}.",
                think="Each message is divided by its own loudest sample, whatever its sign, and "
                "before it is written. Divided, for to multiply by 1 / loudest rounds twice.",
            )
            check.true(count == len(parts), f"{where}{count!r} was returned.")
            headers = 8 * len(parts)  # these may have memory of their own
            check.true(
                elsewhere["read"] <= headers,
                f"{where}{elsewhere['read']} bytes were read into memory that is not the "
                "workspace's.",
                think="source.readinto(workspace) fills the workspace itself: to read elsewhere, "
                "and then to copy, takes memory for the stream twice.",
            )
            check.true(
                elsewhere["written"] <= headers,
                f"{where}{elsewhere['written']} bytes that sink.write was given are not the "
                "workspace's memory.",
                think="tobytes(), bytes(...) and + make copies. A view can be written as it is.",
            )
            check.true(
                not held,
                f"{where}the workspace was still in use when the call was over.",
                think="Its owner may want to resize it, or to freeze it. Keep no view of it.",
            )

    @check.beside
    def sixteen_streams_in_one_workspace(normalise_zero_copy, length, loudest):
        import mmap

        import numpy as np

        kept, counts = [], []
        words = np.full(1 + length, loudest / 2)
        words.view(np.int64)[0] = length
        words[-1] = -loudest
        message = memoryview(words).cast("B")

        class Source:
            """Sixteen times the same message; one is all that it needs memory for."""

            def __init__(self):
                self.rest = 16 * len(message)

            def readinto(self, memory):
                place = memoryview(memory).cast("B")[: self.rest]
                size = len(place)
                while place:
                    part = message[-self.rest % len(message) :][: len(place)]
                    place[: len(part)], place = part, place[len(part) :]
                    self.rest -= len(part)
                return size

            def read(self, size=-1):
                kept.append(memoryview(bytearray(self.rest if size is None or size < 0 else size)))
                return bytes(kept[-1][: self.readinto(kept[-1])])

        class Sink:
            def write(self, data):
                kept.append(memoryview(data))
                return kept[-1].nbytes

        workspace = mmap.mmap(-1, 16 * len(message) + 64)  # not among the bytes that are counted
        for _ in range(16):
            counts.append(normalise_zero_copy(Source(), Sink(), workspace))
        last = np.frombuffer(kept[-1])
        return counts, sum(view.nbytes for view in kept), float(last[-1]), float(last[-2])

    size, loudest = 131_071, random.uniform(1, 9)
    found = check.peak(
        sixteen_streams_in_one_workspace,
        size,
        loudest,
        at_most=6 * MIB,
        think="Beside the workspace, that is: a stream of 16 MiB, in messages of one. There is "
        "room for a message or two, and not for the stream. This sink keeps what it is given, as "
        "read() keeps what it returns: a view takes nothing, a copy is never freed.",
    )
    check.true(
        found[:2] == ([16] * 16, 16 * 16 * 8 * (size + 1)),
        f"16 streams of 16 messages: {found[0]} messages, {found[1]:,} bytes.",
    )
    check.close(found[2:], [-1.0, 0.5], rel=1e-12)

check.score()

# %% [markdown]
# Both pipelines on files, your own array type as the workspace:


# %% tags=["nbval-ignore-output"]
class Nowhere:
    """A sink that takes everything and keeps nothing."""

    def write(self, data: Buffer) -> int:
        return memoryview(data).nbytes


def copying(path: Path) -> int:
    with open(path, "rb") as source:
        return normalise_copying(source, Nowhere())


def zero_copy(path: Path) -> int:
    with open(path, "rb") as source:
        return normalise_zero_copy(source, Nowhere(), TypedArray("B", path.stat().st_size))


rows, peaks = {}, {}
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "stream"
    for size in (1, 4, 16):
        path.write_bytes(make_stream(256 * size, 511))
        row, peak = rows.setdefault(f"{size} MiB", {}), peaks.setdefault(f"{size} MiB", {})
        for pipeline in (copying, zero_copy):
            name = pipeline.__name__
            taken = seconds_of(pipeline, path)
            peak[name] = bytes_of(pipeline, path)[1] / MIB
            row |= {f"{name}: time": timing.format_seconds(taken)}
            row |= {f"{name}: peak": memory.format_bytes(MIB * peak[name])}
pd.DataFrame(rows).T

# %% tags=["nbval-ignore-output"]
plotting.bars(
    peaks,
    unit="MiB",
    quantity="peak memory, by the size of the stream",
    title="Messages of 4 KiB, scaled: with copies and without",
)

# %% [markdown]
# Memory now holds one copy of the stream, not two. (Is it two with yours? Then look at how
# `TypedArray` makes its zeros: `array.array(format, bytes(size))` copies a block that is as large.)
# In time less is gained: most of the time goes into reading and computing; one copy is quickly
# made.
#
# ## 7. What it costs, and NumPy · 4 min
#
# You have written in Python what NumPy has in C: a block, a format, strides, views that keep their
# owner alive. What is the difference?


# %% tags=["nbval-ignore-output"]
def add_up(numbers: Any) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


kinds = {"list": [0.5] * 100_000, "array.array": array.array("d", [0.5]) * 100_000}
kinds |= {"np.ndarray": np.full(100_000, 0.5), "TypedArray": TypedArray("d", 100_000)}
np.asarray(kinds["TypedArray"])[:] = 0.5
uses = {
    "one number": lambda kind: kind[7],
    "a slice of half": lambda kind: kind[:50_000],
    "a loop over all": add_up,
    "np.asarray": np.asarray,
    "np.asarray, then .sum()": lambda kind: np.asarray(kind).sum(),
}
pd.DataFrame(
    {
        name: {use: timing.format_seconds(seconds_of(uses[use], kind)) for use in uses}
        for name, kind in kinds.items()
    }
)

# %% [markdown]
# Number by number, a class written in Python is slowest, and NumPy is slower than a list: every
# number has to be made an object first. That is not what such a block is for: hand it over *once*
# to code that takes it whole, and the last row is much the same for all that share. (A list cannot
# share: it holds references, so `np.asarray` has to read 100,000 objects.)
#
# Views have a price of their own. How much stays in memory for sixteen bytes?


# %% tags=["nbval-ignore-output"]
def header(as_view: bool) -> Buffer:
    """The first 16 bytes of a large message."""
    message = bytearray(32 * MIB)
    return memoryview(message)[:16] if as_view else bytes(message[:16])


for what, as_view in {"a view": True, "a copy": False}.items():
    held = min(bytes_of(header, as_view)[0] for _ in range(3))  # other threads allocate, too
    print(f"{what} of 16 bytes holds {memory.format_bytes(held)}")

# %% [markdown]
# **A small view keeps the whole block.** What is to be kept for long is better copied, and what is
# shared can be changed by whoever shares it.
#
# ## 8. Report · 4 min
#
# A colleague wants "zero-copy everywhere". Answer in 100 to 150 words, with figures from *your*
# tables (2 points, read by a person):
#
# 1. **Technique and evidence:** which copies did you take out, and what was each worth, in time and
#    in memory? Where was your prediction off?
# 2. **Trade-offs and limits:** what does a shared block demand of its owner and of its users? When
#    would you rather copy?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# *Technique and evidence* (my machine). What paid was to stop copying **the rest** for
# every message: on a view the same code has slope 1 in the plot, not nearly 2. To copy each sample
# once cost little time while messages were small, but some twenty times as much as a view when they
# were large (section 5), and held the stream once more. In the pipeline, `readinto`, `/=` and
# writing the view took the peak from two streams to one, and saved little time. I had predicted
# that `view[::2]` copies (it only has a stride of 2), and that a mask and `astype` do not (they
# do).
#
# *Trade-offs and limits.* The owner may not move the block while anyone looks, so it has to count.
# Users see one another's writes. A view of 16 bytes kept 32 MiB alive: I copy what is small and
# kept for long.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 2 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own tables. A wrong prediction costs nothing.
#
# - **1** for technique and evidence: the copy of the *rest* is told apart from the copy of each
#   sample, with the gain of each in time (slopes, or the table) and in memory. ½ for "no copies, so
#   it is faster" with figures, or for the distinction without them.
# - **1** for a trade-off **and** a limit with its reason: no resize while it is shared, writes are
#   seen by all, a small view keeps a large block, number by number it is slow, small copies are as
#   cheap as views. ½ for one of the two.
#
# The sample answer gets 2. "Zero-copy made it 30 times faster" gets 0: of which copy, and why?
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - `memoryview`, `np.frombuffer` and `np.asarray` of a buffer **share**; slices of `bytes` and
#   `bytearray`, `tobytes` and `np.array` **copy**. `cast("B")` before you count bytes.
# - The large gain is not to copy **the same bytes again and again**. One copy of something small is
#   as cheap as a view of it.
# - **Whoever shares memory must keep it where it is**: `BufferError` until the last user has gone.
# - Look at the request's flags *before* you count it: a refused request is never given back. And
#   write `__release_buffer__`, even an empty one.
# - A small view keeps a large block alive.
