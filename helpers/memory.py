"""How much memory a call needs, and which lines ask for it.

Two different things are measured. `allocations` and `top_allocations` follow what Python and NumPy
ask for, byte by byte, with tracemalloc: nearly the same on every run, so a check may bound it.
`timeline` and `line_by_line` read what the operating system has given the process, with
memory_profiler: what the machine feels, but in whole pages and slow to shrink.

Each runs `func(*args, **kwargs)` once and keeps its result as `.result`. A generator function only
makes its generator: measure what draws from it, `lambda: sum(numbers(10))`. All threads share
tracemalloc and the process, so measure one thing at a time.
"""

from __future__ import annotations

import ctypes
import gc
import html
import inspect
import linecache
import sys
import sysconfig
import textwrap
import threading
import time
import tracemalloc
import types
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import memory_profiler
from IPython import get_ipython

if TYPE_CHECKING:
    import pandas as pd


def allocations(func: Callable, /, *args, warm_up: bool = False, **kwargs) -> Allocation:
    """Measure what `func(*args, **kwargs)` allocates at its peak, and what it still holds after.

    `warm_up=True` calls it once before, unmeasured, so that imports and caches do not count. Not
    seen: libraries that do not report to tracemalloc, as NumPy does. Time it elsewhere: tracing
    slows Python several times. Where tracemalloc was running already it goes on running, its own
    peak reset; calls of `allocations` may enclose each other.

    >>> used = allocations(lambda n: len(bytearray(n)), 5 * 2**20)
    >>> used.result, used.peak_bytes // 2**20, used.net_bytes // 2**20
    (5242880, 5, 0)
    """
    with _tracing(func):
        if warm_up:
            func(*args, **kwargs)
        gc.collect()
        before, peak = tracemalloc.get_traced_memory()
        for enclosing in _highest:
            enclosing[0] = max(enclosing[0], peak)
        _highest.append(highest := [before])
        tracemalloc.reset_peak()
        try:
            result = func(*args, **kwargs)
            _require_tracing(func)
            peak = max(highest[0], tracemalloc.get_traced_memory()[1])
        finally:
            _highest.pop()
        gc.collect()  # a cycle that nobody holds is not held
        after = tracemalloc.get_traced_memory()[0]
    return Allocation(_name(func), peak - before, after - before, result)


def top_allocations(func: Callable, /, *args, limit: int = 5, **kwargs) -> Lines:
    """Find the lines that allocated most of what is still held after `func(*args, **kwargs)`.

    What a library allocated counts for the line that called the library. A line has `file` (`In[3]`
    for a cell), `line`, `source` and `held_bytes`, which includes the result.

    >>> top_allocations(lambda: bytes(2**20), limit=1).lines[0]["held_bytes"] // 2**20
    1
    """
    if limit < 1:
        raise ValueError(f"limit, the number of lines to show, must be 1 or more, not {limit}")
    with _tracing(func, frames=20):
        gc.collect()
        before = tracemalloc.take_snapshot()
        result = func(*args, **kwargs)
        _require_tracing(func)
        gc.collect()
        after = tracemalloc.take_snapshot()
    snapshots = tracemalloc.Filter(False, tracemalloc.__file__)  # they take memory themselves
    held = Counter()
    for change in after.filter_traces([snapshots]).compare_to(before, "traceback"):
        calls = list(change.traceback)  # the line that allocated comes last
        own = [call for call in calls if not call.filename.startswith(_LIBRARIES)] or calls
        held[own[-1].filename, own[-1].lineno] += change.size_diff
    lines = [
        {
            "file": _cell(file) or file,
            "line": line,
            "source": linecache.getline(file, line).strip(),
            "held_bytes": size,
        }
        for (file, line), size in held.most_common(limit)
        if size > 0
    ]
    return Lines(_name(func), lines, result)


def timeline(
    func: Callable, /, *args, interval: float = 0.01, name: str | None = None, **kwargs
) -> Timeline:
    """Follow the resident memory of the process while `func(*args, **kwargs)` runs.

    A thread asks memory_profiler every `interval` seconds, or each hundredth of the time so far
    when that is longer: reading after reading would slow a long run by a tenth. One is taken before
    and one after, with the result alive. (`memory_usage((func, args))` would start a process, run a
    quick `func` several times, and kill every child process if it raises.) One long call into C
    that keeps the interpreter to itself leaves a gap between the readings.

    What is free is given back to the system first, where the C library can (glibc on Linux).
    Elsewhere it may be used again, so a rise can be smaller than what is allocated.

    >>> seen = timeline(sum, range(1000))
    >>> seen.result, len(seen.seconds) == len(seen.resident_bytes) >= 2
    (499500, True)
    """
    _require_callable(func)
    if not 0 < interval < threading.TIMEOUT_MAX:
        raise ValueError(f"interval must be a number of seconds above 0, not {interval}")
    done = threading.Event()
    _give_back()
    patience = sys.getswitchinterval()
    start = time.perf_counter()
    readings = [(0.0, _resident_bytes())]

    def watch() -> None:
        last = False
        while not last:
            last = done.wait(max(interval, readings[-1][0] / 100))
            readings.append((time.perf_counter() - start, _resident_bytes()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    # A reading asks for the GIL some ten times, and `func` would keep it for 5 ms each time.
    sys.setswitchinterval(min(patience, max(interval / 20, 1e-6)))
    try:
        result = func(*args, **kwargs)
    finally:
        sys.setswitchinterval(patience)
        done.set()
        watcher.join()
    return Timeline(name or _name(func), *zip(*readings, strict=True), result)


def line_by_line(func: Callable, /, *args, **kwargs) -> Lines:
    """Read the process's memory at every line of `func`, which may be defined in a notebook.

    memory_profiler's `@profile` and `%mprun` refuse what is not in a file; here its tracer is given
    the code itself, and Python knows the source of cells. Functions inside `func` are followed,
    functions it calls are not; a reading takes about 0.1 ms. A line has `line`, `source`, `runs`,
    `increment_bytes` (what all runs added) and `resident_bytes` (the most after a run).

    >>> line_by_line(textwrap.dedent, "  a").lines[0]["source"]
    'def dedent(text):'
    """
    _require_callable(func)
    code = getattr(inspect.unwrap(func), "__code__", None)
    try:
        source, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        source = None
    if not source or code.co_flags & _RUNS_LATER:
        raise TypeError(
            f"{_name(func)} cannot be followed line by line: pass a function or method written "
            "with def in a cell or a file, without yield or async"
        )
    tracer = memory_profiler.LineProfiler()
    _give_back()  # before the first reading, or it would be booked on the first line
    tracer.code_map = readings = _Readings(code)
    with tracer:
        result = func(*args, **kwargs)
    lines = [
        {"line": number, "source": text} | readings[code].get(number, _NEVER_RAN)
        for number, text in enumerate(textwrap.dedent("".join(source)).splitlines(), first)
    ]
    return Lines(_name(func), lines, result)


def deep_size(obj: object) -> int:
    """Add up the bytes of an object and of all that it holds, each shared object once.

    Classes, functions and modules are left out. Not known: memory that `sys.getsizeof` does not
    tell, such as the array behind a NumPy view.

    >>> word = "x" * 1000
    >>> deep_size([word, word]) == sys.getsizeof([word, word]) + sys.getsizeof(word)
    True
    """
    found, waiting = {}, [obj]
    while waiting:
        item = waiting.pop()
        if id(item) not in found and not isinstance(item, _CODE):
            found[id(item)] = item
            waiting.extend(gc.get_referents(item))
    return sum(map(sys.getsizeof, found.values()))


def format_bytes(size: float) -> str:
    """Write a number of bytes as a person would.

    >>> format_bytes(512), format_bytes(1_300_000), format_bytes(-2048)
    ('512 B', '1.2 MiB', '-2.0 KiB')
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1023.95:  # more would be written as 1024.0
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


class _Table:
    """A result that shows as a table, in text and in a notebook, figures in bytes made readable."""

    def to_frame(self) -> pd.DataFrame:
        """The figures as a pandas table, memory in bytes."""
        import pandas as pd  # only here: it takes its time

        return pd.DataFrame(self._records())

    def _cells(self) -> list[list[str]]:
        rows = self._shown() or [{"lines": "none"}]
        return [[key.removesuffix("_bytes") for key in rows[0]]] + [
            [_Figure(value) if key.endswith("_bytes") else str(value) for key, value in row.items()]
            for row in rows
        ]

    def _shown(self) -> list[dict]:
        return self._records()

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self._cells(), strict=True)]
        rows = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in self._cells())
        return "\n".join([self.name, *rows])

    def _repr_html_(self) -> str:
        head, *rows = self._cells()
        body = _html_row(head, "th") + "".join(_html_row(row, "td") for row in rows)
        title = f'<caption style="text-align: left">{html.escape(self.name)}</caption>'
        return f"<table>{title}{body}</table>"


@dataclass(frozen=True, repr=False)
class Allocation(_Table):
    """What a call allocated at its peak, and net: still held after it, its result included."""

    name: str
    peak_bytes: int
    net_bytes: int
    result: object = field(compare=False)

    def _records(self) -> list[dict]:
        return [{"peak_bytes": self.peak_bytes, "net_bytes": self.net_bytes}]


@dataclass(frozen=True, repr=False)
class Lines(_Table):
    """Lines of source with their memory: one dict a line."""

    name: str
    lines: list[dict]
    result: object = field(compare=False)

    def _records(self) -> list[dict]:
        return self.lines


@dataclass(frozen=True, repr=False)
class Timeline(_Table):
    """Resident memory of the process during a call; `seconds` count from its start."""

    name: str
    seconds: tuple[float, ...]
    resident_bytes: tuple[int, ...]
    result: object = field(compare=False)

    @property
    def peak_bytes(self) -> int:
        """The highest reading above the first."""
        return max(self.resident_bytes) - self.resident_bytes[0]

    @property
    def net_bytes(self) -> int:
        """The last reading above the first; below 0 if memory went back to the system."""
        return self.resident_bytes[-1] - self.resident_bytes[0]

    def plot(self):
        """Draw it; `helpers.plotting.memory_timeline` draws several together."""
        from . import plotting

        return plotting.memory_timeline([self])

    def _records(self) -> list[dict]:
        readings = zip(self.seconds, self.resident_bytes, strict=True)
        return [{"seconds": seconds, "resident_bytes": resident} for seconds, resident in readings]

    def _shown(self) -> list[dict]:
        start = {"start_bytes": self.resident_bytes[0]}
        return [start | {"peak_bytes": self.peak_bytes, "net_bytes": self.net_bytes}]


_highest: list[list[int]] = []  # the highest traced memory seen by each `allocations` under way
_LIBRARIES = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")})
_CODE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
_NEVER_RAN = {"runs": 0, "increment_bytes": None, "resident_bytes": None}
_RUNS_LATER = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@contextmanager
def _tracing(func: Callable, frames: int = 1) -> Iterator[None]:
    """Have tracemalloc run while `func` is measured, then leave it as it was found."""
    _require_callable(func)
    found = tracemalloc.get_traceback_limit() if tracemalloc.is_tracing() else None
    if not found:
        tracemalloc.start(frames)
    try:
        yield
    finally:
        if not found:
            tracemalloc.stop()
        elif not tracemalloc.is_tracing():
            tracemalloc.start(found)


def _require_tracing(func: Callable) -> None:
    if not tracemalloc.is_tracing():
        raise RuntimeError(f"{_name(func)} stops tracemalloc: measure it without its own use of it")


class _Readings(memory_profiler.CodeMap):
    """Where memory_profiler's tracer puts its readings, by line.

    The parent asks for a file, and takes an increment from the *highest* reading of the line
    before, which goes wrong in loops; here it is taken from the reading just before.
    """

    def __init__(self, code) -> None:
        super().__init__(include_children=False, backend="psutil")
        self[code] = {}
        for inner in filter(inspect.iscode, code.co_consts):
            self.add(inner, toplevel_code=code)
        self.last = _resident_bytes()

    def trace(self, code, lineno, prev_lineno) -> None:
        line = self[code].setdefault(lineno, dict.fromkeys(_NEVER_RAN, 0))
        self.last, before = _resident_bytes(), self.last
        line["runs"] += 1
        line["increment_bytes"] += self.last - before
        line["resident_bytes"] = max(self.last, line["resident_bytes"])


class _Figure(str):
    """A number of bytes that was measured, as text."""

    def __new__(cls, size: int | None) -> _Figure:
        return super().__new__(cls, "" if size is None else format_bytes(size))


def _html_row(cells: list[str], tag: str) -> str:
    row = ""
    for cell in cells:
        text, align = html.escape(cell), "left"
        if isinstance(cell, _Figure):
            text, align = f'<span class="measured">{text}</span>', "right"
        row += f'<{tag} style="text-align: {align}; white-space: pre">{text}</{tag}>'
    return f"<tr>{row}</tr>"


def _give_back() -> None:
    """Collect garbage and return free memory to the system, so that taking it again is seen."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError):  # a C library that has no such function
            ctypes.CDLL(None).malloc_trim(0)


def _resident_bytes() -> int:
    return round(memory_profiler.memory_usage(-1, interval=0)[0] * 2**20)


def _require_callable(func: object) -> None:
    if not callable(func):
        raise TypeError(f"pass the function and then its arguments, (func, x), not {func!r:.60}")


def _name(func: Callable) -> str:
    return getattr(func, "__qualname__", type(func).__qualname__).rpartition("<locals>.")[2]


def _cell(filename: str) -> str | None:
    """The number of the notebook cell that goes by this file name, such as `In[3]`."""
    shell = get_ipython()
    found = shell and shell.compile.format_code_name(filename)
    return found[1] if found else None
