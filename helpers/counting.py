"""Doubles that stand in for what a learner's code is given, and count what it does with them.

Each behaves as the thing it stands for and only observes: elements that count how often they are
compared and hashed, iterators that count what is drawn, files that count what is read, functions
that count their calls, and a clock that moves only when told to. Counts are exact and the same on
every machine, so they show growth and laziness where seconds can only hint at them. From several
threads at once, only `counted` misses nothing.
"""

import _pyio
import builtins
import functools
import gc
import io
import operator
import os
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Python looks up this module's builtins here: a notebook that replaces `len` changes no count.
__builtins__ = vars(builtins).copy()


class Tally:
    """Named counts: attributes to read, all at once with `dict(tally)`.

    >>> tally = Tally("calls")
    >>> tally.calls += 2
    >>> tally, dict(tally)
    (Tally(calls=2), {'calls': 2})
    """

    def __init__(self, *names: str) -> None:
        self.__dict__.update(dict.fromkeys(names, 0))

    def reset(self) -> None:
        """Start again at 0."""
        self.__init__(*self.__dict__)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self.__dict__.items())

    def __repr__(self) -> str:
        return f"Tally({', '.join(f'{name}={count}' for name, count in self)})"


def integers(values: Iterable[int]) -> tuple[list[int], Tally]:
    """Make whole numbers that count what is done with them, all on one tally.

    Counted: `comparisons` (==, !=, <, <=, >, >=), `hashes`, `arithmetic` (whose results count on)
    and `conversions` (`int`, `float`, `round`); sets, dicts, `in`, `.count`, `sorted`, `min` and
    `sum` have no way around them. Not counted: that an object is equal to itself (each number is an
    object of its own, even where values repeat), hashes that a set or dict has stored, and C code
    that reads the value itself, as NumPy does. `plain` turns them back.

    >>> numbers, tally = integers([3, 1, 2])
    >>> 2 in numbers, len(set(numbers))
    (True, 3)
    >>> tally.comparisons, tally.hashes
    (3, 3)
    """
    tally = Tally(*_COUNTED)
    element = type("CountingInt", (CountingInt,), {"tally": tally, "__slots__": ()})
    numbers = []
    for at, value in enumerate(values):
        try:
            numbers.append(int.__new__(element, operator.index(value)))
        except TypeError:
            raise TypeError(f"integers() takes whole numbers, not {value!r} at [{at}]") from None
    return numbers, tally


class CountingInt(int):
    """An int that counts on the `tally` of its class; `integers` makes a class for each tally.

    It is a subclass, so that it indexes, prints, passes `isinstance` and fills NumPy arrays as an
    int does; Python's short cuts for ints are for exact ints only. Copies are the number itself,
    as with ints; a pickle holds a plain int, so what another process does is not counted.
    """

    __slots__ = ()
    tally: Tally

    def __deepcopy__(self, memo: object = None) -> int:
        return self

    __copy__ = __deepcopy__

    def __reduce__(self) -> tuple:
        return int, (plain(self),)


_COUNTED = {
    "comparisons": "eq ne lt le gt ge",
    "hashes": "hash",
    "arithmetic": "add radd sub rsub mul rmul floordiv rfloordiv truediv rtruediv mod rmod divmod "
    "rdivmod pow rpow neg pos abs invert and rand or ror xor rxor lshift rlshift rshift rrshift",
    "conversions": "int float trunc floor ceil round",
}


def _counting(count: str, method: Callable) -> Callable:
    @functools.wraps(method)
    def counted(self, *others):
        self.tally.__dict__[count] += 1
        result = method(self, *others)
        if count == "arithmetic" and type(result) is int:
            return int.__new__(type(self), result)
        return result

    return counted


for _count, _names in _COUNTED.items():
    for _name in _names.split():
        setattr(CountingInt, f"__{_name}__", _counting(_count, getattr(int, f"__{_name}__")))


def plain(obj: object) -> object:
    """Turn counting numbers into ints, also inside lists, tuples, sets and dicts; count nothing.

    >>> numbers, _ = integers([1, 2])
    >>> type(plain({"found": [numbers[0]]})["found"][0])
    <class 'int'>
    """
    kind = type(obj)
    if issubclass(kind, CountingInt):
        return int.__int__(obj)
    if kind in (list, tuple, set, frozenset):
        return kind([plain(item) for item in obj])
    if kind is dict:
        return {plain(key): plain(value) for key, value in obj.items()}
    return obj


def drawn(iterable: Iterable) -> tuple[Iterator, Tally]:
    """Make an iterator over `iterable` whose tally counts the `items` drawn from it.

    >>> numbers, tally = drawn(range(10**9))
    >>> next(numbers), tally.items
    (0, 1)
    """
    source, tally = iter(iterable), Tally("items")

    def draw() -> Iterator:
        for item in source:
            tally.items += 1
            yield item

    return draw(), tally


def counted(func: Callable) -> Callable:
    """Wrap `func` to count its calls: `.tally.calls`, and `.arguments`, a list of (args, kwargs).

    A wrapper around it that uses `functools.wraps`, as `lru_cache` does, has both as well.

    >>> double = counted(lambda x: 2 * x)
    >>> double(4), double.tally.calls, double.arguments
    (8, 1, [((4,), {})])
    """
    lock = threading.Lock()

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        with lock:
            wrapper.tally.calls += 1
            wrapper.arguments.append((args, kwargs))
        return func(*args, **kwargs)

    wrapper.tally, wrapper.arguments = Tally("calls"), []
    return wrapper


class Clock:
    """A clock to call for the time in seconds; it stands still until it is told to move.

    >>> clock = Clock()
    >>> start = clock()
    >>> clock.advance(2.5); clock.sleep(1)
    >>> clock() - start, clock.slept
    (3.5, [1])
    """

    def __init__(self, start: float = 1000.0) -> None:
        self.now, self.slept = start, []

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass; ValueError if it would not go forward."""
        if not seconds >= 0:
            raise ValueError(f"time only goes forward: pass 0 seconds or more, not {seconds}")
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        """Stand in for `time.sleep`: advance, and note the seconds in `slept`."""
        self.advance(seconds)
        self.slept.append(seconds)


def alive(kind: type) -> int:
    """Count the instances of a class that the garbage collector cannot free.

    >>> clock = Clock()
    >>> alive(Clock)
    1
    """
    gc.collect()
    return sum(issubclass(type(obj), kind) for obj in gc.get_objects())


@dataclass
class OpenedFile:
    """What has become of a file so far."""

    path: str
    bytes_read: int = 0  # from the system: Python reads ahead, a buffer at a time
    closed: bool = False  # by `with` or close()
    abandoned: bool = False  # left open, and closed by the garbage collector
    encoding: str | None = None  # of a text file: "locale", the system's own, if none was said


@contextmanager
def opens() -> Iterator[list[OpenedFile]]:
    """Record every file that is opened by `open`, or by what calls it, in this block.

    Seen: files that other threads open, and an `io.FileIO`. Not seen: files opened in C (pyarrow,
    `os.open`), what is read through `mmap`, and an `open` taken under another name before.

    >>> from pathlib import Path
    >>> with opens() as files:
    ...     size = len(Path(__file__).read_bytes())
    >>> files[0].bytes_read == size, files[0].closed
    (True, True)
    """
    places = [
        (sys.modules[module], name, getattr(sys.modules[module], name))
        for module, name in _OPENERS
        if hasattr(sys.modules.get(module), name)
    ]
    _watching.append(files := [])
    try:
        for module, name, _ in places:
            setattr(module, name, _CountingRaw if name == "FileIO" else _counting_open)
        yield files
    finally:
        for module, name, found in places:
            setattr(module, name, found)
        _watching[:] = [others for others in _watching if others is not files]


class _CountingRaw(io.FileIO):
    def __init__(self, file, mode="r", closefd=True, opener=None) -> None:
        # First the record: close() is called even if the file cannot be opened.
        self._record = OpenedFile(str(file) if isinstance(file, int) else os.fsdecode(file))
        super().__init__(file, mode, closefd, opener)
        for files in _watching:
            files.append(self._record)

    def readinto(self, buffer) -> int | None:
        size = super().readinto(buffer)
        self._record.bytes_read += size or 0
        return size

    def read(self, size: int = -1) -> bytes | None:
        data = super().read(size)
        self._record.bytes_read += len(data or b"")
        return data

    def readall(self) -> bytes | None:
        data = super().readall()
        self._record.bytes_read += len(data or b"")
        return data

    def close(self) -> None:
        if self._finalizing:  # Python says so when the collector closes this object itself
            self._record.abandoned = True
        self._record.closed = not self._record.abandoned
        super().close()

    def _dealloc_warn(self, source) -> None:  # and so when it closes the file built on this one
        self._record.abandoned = True
        super()._dealloc_warn(source)


_watching: list[list[OpenedFile]] = []  # the records of each `opens` under way
_OPENERS = [
    ("builtins", "open"),
    ("io", "open"),
    ("io", "FileIO"),
    ("IPython.core.interactiveshell", "io_open"),
]


def _text(buffer, encoding, *args) -> io.TextIOWrapper:
    """A text file as `open` makes it; its encoding is recorded."""
    text = io.TextIOWrapper(buffer, encoding, *args)
    buffer.raw._record.encoding = encoding
    return text


# The standard library's own `open` in Python, which builds on the raw file that it is given here.
_counting_open = types.FunctionType(
    _pyio.open.__wrapped__.__code__,
    vars(_pyio)
    | vars(io)
    | {"FileIO": _CountingRaw, "TextIOWrapper": _text, "__builtins__": __builtins__},
    "open",
    _pyio.open.__wrapped__.__defaults__,
)
