"""Timing that can be trusted: one function, a candidate against a baseline, a family of sizes.

`measure` times one function, `compare` two in turn on equal fresh data until their ratio is known
well enough, `growth` fits the exponent of time over size. Results print, show in a notebook, and
become a pandas table (`to_frame`) or a picture (`plot`). No garbage is collected in a timing.
Clock "wall" is time on the wall; "cpu" is processor time of all threads of this process, which
other programs hardly disturb, and in which waiting costs nothing.
"""

import copy
import functools
import gc
import html
import inspect
import math
import pickle
import random
import reprlib
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from helpers import evidence
from helpers.evidence import FAILED, PASSED, UNDECIDED  # noqa: F401  the verdicts

_random = random.Random()  # our own: the learner's seeds stay as they are


class _Clock(NamedTuple):
    read: Callable[[], float]
    label: str
    step: float  # seconds, where it matters: Windows counts CPU time 64 times a second


# Bound now: code that replaces time.perf_counter later changes nothing here.
_perf_counter = time.perf_counter
_CLOCKS = {
    "wall": _Clock(time.perf_counter, "wall time", 0.0),
    "cpu": _Clock(time.process_time, "CPU time", 1 / 64 if sys.platform == "win32" else 0.0),
}


class OutputsDiffer(AssertionError):
    """Candidate and baseline gave different results for equal input: their times mean nothing."""


class _Result:
    """Shows itself as a sentence, in a notebook below a table; `_cells` has that table's rows.

    The table has no colours of its own, so it suits light and dark themes. Figures that the next
    run may change are marked: in HTML they are `<span class="measured">`.
    """

    def __repr__(self) -> str:
        return self._sentence().replace(_MARK[0], "").replace(_MARK[1], "")

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in row)}</tr>"
            for tag, row in zip(["th"] + ["td"] * 100, self._cells(), strict=False)
        )
        shown = f"<table>{rows}</table><p>{html.escape(self._sentence())}</p>"
        opening = shown.replace(_MARK[0], '<span class="measured">')
        return opening.replace(_MARK[1], "</span>")


@dataclass(frozen=True, repr=False)
class Measurement(_Result):
    """Seconds per call of one function: a figure for each repeat, which is of `loops` calls."""

    name: str
    seconds: tuple[float, ...]
    loops: int
    clock: str
    result: Any = field(default=None, compare=False)  # of the last call

    @property
    def best(self) -> float:
        """The least seconds per call: what the code costs when nothing disturbs it."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle of the seconds per call: what the code usually costs."""
        return statistics.median(self.seconds)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the median in seconds; of fewer than 6 repeats, all that was seen."""
        return evidence.median_interval(self.seconds)

    def to_frame(self) -> Any:
        """A pandas table, a row for each repeat: name, seconds."""
        return _frame(name=self.name, seconds=self.seconds)

    def _sentence(self) -> str:
        return (
            f"{self.name}: {_time(self.median)} a call, best {_time(self.best)} "
            f"({len(self.seconds)} × {_mark(f'{self.loops:,}')} calls, {_label(self)})"
        )

    def _cells(self) -> list[list[str]]:
        figures = [_time(seconds) for seconds in (self.median, *self.interval, self.best)]
        return [["", "median", "from", "to", "best"], [self.name, *figures]]


@dataclass(frozen=True, repr=False)
class Comparison(_Result):
    """How many times as fast as the baseline the candidate is, and whether that is enough.

    `pairs` has (candidate, baseline) seconds per call. `ratio` is baseline / candidate, `low` to
    `high` its 95 % interval, 0 to infinity while there are too few pairs to say. `verdict` asks for
    more certainty than that (see `evidence`); it is "" if nothing was asked (`at_least` is None).
    """

    names: tuple[str, str]
    pairs: tuple[tuple[float, float], ...]
    clock: str
    at_least: float | None
    ratio: float
    low: float
    high: float
    verdict: str

    def to_frame(self) -> Any:
        """A pandas table, a row for each pair: candidate_seconds, baseline_seconds, ratio."""
        candidate, baseline = zip(*self.pairs, strict=True)
        ratios = [evidence.ratio([pair]) for pair in self.pairs]
        return _frame(candidate_seconds=candidate, baseline_seconds=baseline, ratio=ratios)

    def plot(self, ax: Any = None) -> Any:
        """The speedup as a bar with its interval; returns the Axes."""
        from helpers import plotting

        return plotting.speedups([self], threshold=self.at_least or 0, ax=ax)

    def _sentence(self) -> str:
        asked = f"; asked: at least {self.at_least:g}×: {self.verdict}" if self.verdict else ""
        interval = _mark(f"{format_figure(self.low)}–{format_figure(self.high)}")
        return (
            f"{self.names[0]} is {_mark(format_figure(self.ratio))}× as fast as {self.names[1]} "
            f"(95 % interval {interval}, {_mark(len(self.pairs))} pairs, {_label(self)}){asked}"
        )

    def _cells(self) -> list[list[str]]:
        times = [_time(statistics.median(side)) for side in zip(*self.pairs, strict=True)]
        speeds = [_mark(f"{format_figure(self.ratio)}×"), "1×"]
        rows = zip(self.names, times, speeds, strict=True)
        return [["", f"{_label(self)} a call", "speed"], *map(list, rows)]


@dataclass(frozen=True, repr=False)
class Growth(_Result):
    """Time over size, and the exponent of the power law seconds = factor * size**exponent.

    `low` to `high` is the exponent's 95 % interval, infinite for two sizes. `points` has a
    `Measurement` for each size if `growth` made it.
    """

    name: str
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    exponent: float
    low: float
    high: float
    clock: str = "cpu"
    points: tuple[Measurement, ...] = ()

    def predict(self, size: float) -> float:
        """Seconds at another size, if growth goes on like this.

        >>> round(fit_growth([10, 20, 40], [1, 4, 16]).predict(80), 6)
        64.0
        """
        middle = statistics.geometric_mean(self.sizes)
        return statistics.geometric_mean(self.seconds) * (size / middle) ** self.exponent

    def to_frame(self) -> Any:
        """A pandas table, a row for each size: name, size, seconds."""
        return _frame(name=self.name, size=self.sizes, seconds=self.seconds)

    def plot(self, ax: Any = None) -> Any:
        """Time over size on log scales with the fitted slope; returns the Axes."""
        from helpers import plotting

        return plotting.growth([self], ax=ax)

    def _sentence(self) -> str:
        return (
            f"{self.name} grows as n to the power of {_mark(f'{self.exponent:.2f}')} (95 % "
            f"interval {_mark(f'{self.low:.2f} to {self.high:.2f}')}, {len(self.sizes)} sizes "
            f"from {self.sizes[0]:,} to {self.sizes[-1]:,}, {_label(self)})"
        )

    def _cells(self) -> list[list[str]]:
        cells = zip(self.sizes, self.seconds, strict=True)
        rows = [[f"{size:,}", _time(seconds)] for size, seconds in cells]
        return [["size n", f"{_label(self)} a call"], *rows]


def measure(func: Callable, *args: Any, name: str | None = None, clock: str = "wall",
            setup: Callable[[], tuple] | None = None, repeats: int = 7, min_seconds: float = 0.01,
            max_seconds: float = 10.0, progress: bool | None = None) -> Measurement:  # fmt: skip
    """Time `func(*args)`: `repeats` times as many calls as fill `min_seconds`; a first is dropped.

    For a function that changes its arguments give `setup` in place of them: it makes a tuple of
    fresh ones for every call, and is not timed. No repeat is begun that would end after
    `max_seconds`. `progress`: say how far it is; None does if somebody is there to see it.

    >>> measure(sorted, [3, 1, 2]).result
    [1, 2, 3]
    """
    if (setup and args) or repeats < 1:
        raise TypeError("give arguments or a setup that makes them, and repeats of 1 or more")
    side = _Side(func, clock, min_seconds, name)
    fresh = functools.partial(_made, setup) if setup else lambda: args
    gc.collect()
    with _Run(f"timing {side.name}", max_seconds, progress) as run:
        taken = [side.sample(fresh)]
        while len(taken) <= repeats and run.has_time(f"repeat {len(taken)} of {repeats}"):
            taken.append(side.sample(fresh))
    return Measurement(side.name, tuple(taken[1:] or taken), side.calls, clock, side.result)


def compare(candidate: Callable, baseline: Callable, make_args: Callable[[], tuple], *,
            at_least: float | None = None, clock: str = "cpu",
            same: Callable[[Any], Any] | None = None, names: tuple[str, str] | None = None,
            min_seconds: float = 1.0, **limits: Any) -> Comparison:  # fmt: skip
    """How many times as fast as `baseline` is `candidate`? Is it `at_least` so many times?

    For every pair of timings `make_args()` makes a tuple of arguments, and each call gets a copy
    of its own. What the two return must be equal in type and value, after the key function `same`
    (`same=sorted`: the order is free), or `OutputsDiffer` is raised. How it is decided, when it
    ends, and the `limits` (`min_pairs`, `max_pairs`, `max_seconds`, `progress`): see `collect`.

    >>> def by_loop(numbers):
    ...     total = 0
    ...     for number in numbers:
    ...         total += number
    ...     return total
    >>> compare(sum, by_loop, lambda: (list(range(5000)),), at_least=1.2).verdict
    'passed'
    """
    sides = [_Side(func, clock, 0.002) for func in (candidate, baseline)]
    names = names or (sides[0].name, sides[1].name)

    def sample_pair(candidate_first: bool) -> tuple[float, float]:
        fresh = _copier(_made(make_args))
        seconds = {side: side.sample(fresh) for side in sides[:: 1 if candidate_first else -1]}
        outputs = [side.result for side in sides]
        for name, output in zip(names, outputs, strict=True):
            if isinstance(output, Iterator):
                raise TypeError(f"{name} returned a {type(output).__name__}, whose work is yet to "
                                "be done when the clock stops: return a whole list")  # fmt: skip
        if not _equal(*(map(same, outputs) if same else outputs)):
            raise OutputsDiffer(f"for equal input {names[0]} gave {reprlib.repr(outputs[0])}, "
                                f"but {names[1]} gave {reprlib.repr(outputs[1])}")  # fmt: skip
        return seconds[sides[0]], seconds[sides[1]]

    gc.collect()
    limits = {"min_seconds": min_seconds, "step": 0.0, **limits}
    return collect(sample_pair, at_least=at_least, names=names, clock=clock, **limits)


def collect(sample_pair: Callable[[bool], tuple[float, float]], *, at_least: float | None = None,
            names: tuple[str, str] = ("candidate", "baseline"), clock: str = "cpu",
            step: float | None = None, min_pairs: int = 4, max_pairs: int = 60,
            min_seconds: float = 0.0, max_seconds: float = 20.0,
            progress: bool | None = None) -> Comparison:  # fmt: skip
    """Take pairs of timings until their ratio is clearly on one side of `at_least`.

    `sample_pair(candidate_first)` returns (candidate, baseline) seconds per call, taken in that
    order in any way. The first pair warms up and is dropped. Without `at_least` it goes on until
    `high` is within 15 % of `low`. It ends at `max_pairs`, and before a pair that would end after
    `max_seconds`: what is not clear by then is "undecided". What is goes on for `min_seconds`.

    How it is judged, and what noise it stands: see `evidence`. A verdict is wrong less than once in
    2000 times; within 3 % of `at_least` there is none. `step`: see `evidence.ratio_interval`; None
    is what is known of `clock`.

    >>> collect(lambda candidate_first: (0.001, 0.03), at_least=10).verdict
    'passed'
    """
    if at_least is not None and not 0 < at_least < math.inf:
        raise ValueError(f"at_least must be a ratio such as 20, not {at_least!r}")
    if max_pairs < 1:
        raise ValueError(f"max_pairs must be 1 or more, not {max_pairs}")
    step = _clock(clock).step if step is None else step
    order = _orders()
    with _Run(f"{names[0]} against {names[1]}", max_seconds, progress) as run:
        pairs = [_valid(*sample_pair(next(order)))]
        if run.has_time():
            pairs = []
        verdict, known = UNDECIDED if at_least else "", False
        while len(pairs) < max_pairs and run.has_time(f"pair {len(pairs) + 1}"):
            pairs.append(_valid(*sample_pair(next(order))))
            if at_least:
                verdict = evidence.verdict(pairs, at_least, step=step)
                known = verdict != UNDECIDED
            else:
                low, high = evidence.ratio_interval(pairs, step=step)
                known = high < 1.15 * low
            if known and len(pairs) >= min_pairs and run.spent() >= min_seconds:
                break
    interval = evidence.ratio_interval(pairs, step=step)
    found = (evidence.ratio(pairs), *interval, verdict)
    return Comparison(tuple(names), tuple(pairs), clock, at_least, *found)


def growth(func: Callable, make_args: Callable[[int], tuple], sizes: Collection[int], *,
           name: str | None = None, clock: str = "cpu", repeats: int = 5,
           min_seconds: float = 0.002, max_seconds: float = 30.0,
           progress: bool | None = None) -> Growth:  # fmt: skip
    """Time `func(*make_args(size))` over rising `sizes`, and fit how time grows with size.

    `make_args(size)` makes a tuple of fresh arguments for every call. `repeats` rounds go through
    all sizes, so that a slow spell does not bend the slope; the best of each size counts. No round
    is begun that would end after `max_seconds`.

    >>> linear = growth(sum, lambda n: (range(n),), [1000, 2000, 4000, 8000, 16000])
    >>> 0.5 < linear.exponent < 1.5
    True
    """
    sizes = _rising(sizes)
    sides = {size: _Side(func, clock, min_seconds, name) for size in sizes}
    title = f"timing {sides[sizes[0]].name}"

    def sample(size: int) -> float:
        try:
            return sides[size].sample(functools.partial(_made, make_args, size))
        except Exception as error:
            error.add_note(f"This happened at size {size:,}.")
            raise

    gc.collect()
    with _Run(title, max_seconds, progress) as run:
        sample(sizes[0])  # so that what only the first call does is part of no size
        rounds = [list(map(sample, sizes))]
        while len(rounds) <= repeats and run.has_time(f"round {len(rounds)} of {repeats}"):
            rounds.append(list(map(sample, sizes)))
    columns = zip(sides.values(), zip(*rounds[1:] or rounds, strict=True), strict=True)
    points = [Measurement(side.name, taken, side.calls, clock) for side, taken in columns]
    best = [point.best for point in points]
    return fit_growth(sizes, best, name=points[0].name, clock=clock, points=tuple(points))


def fit_growth(sizes: Collection[float], seconds: Collection[float], *, name: str = "time",
               clock: str = "cpu", points: tuple[Measurement, ...] = ()) -> Growth:  # fmt: skip
    """Fit seconds = factor * size**exponent: least squares of logarithms, Student's t interval.

    ValueError for sizes that do not rise from above 0, and for seconds that are not above 0.

    >>> round(fit_growth([100, 200, 400], [0.01, 0.04, 0.16]).exponent, 6)
    2.0
    """
    sizes, seconds = _rising(sizes), tuple(map(float, seconds))
    if len(sizes) != len(seconds):
        raise ValueError(f"{len(sizes)} sizes, but {len(seconds)} timings: give one for each size")
    for size, taken in zip(sizes, seconds, strict=True):
        if not 0 < taken < math.inf:
            raise ValueError(f"size {size:,} took {taken} s, which no power law fits: time more "
                             "calls at once, or begin with larger sizes")  # fmt: skip
    return Growth(name, sizes, seconds, *evidence.exponent(sizes, seconds), clock, points)


def format_seconds(seconds: float) -> str:
    """Seconds to three significant digits, in the unit that reads best.

    >>> format_seconds(0.0012345), format_seconds(83.21), format_seconds(0.0000009999)
    ('1.23 ms', '83.2 s', '1.00 µs')
    """
    units = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    fitting = (unit for unit in units if float(f"{abs(seconds) / units[unit]:.3g}") >= 1)
    unit = next(fitting, "ns" if seconds else "s")
    return f"{format_figure(seconds / units[unit])} {unit}"


# How a sample is taken ------------------------------------------------------------------------


class _Side:
    """One function to time, with as many calls a sample as its clock needs."""

    def __init__(self, func: Callable, clock: str, min_seconds: float, name: str | None = None):
        if not callable(func):
            raise TypeError(f"pass a function to time, not what it returned: {reprlib.repr(func)}")
        if inspect.iscoroutinefunction(func):
            raise TypeError("an async function only makes a coroutine: pass one that runs it, "
                            "such as lambda: asyncio.run(main())")  # fmt: skip
        self.func, self.clock, self.enough = func, _clock(clock), min_seconds
        self.batch, self.calls, self.result = 1, 0, None
        self.name = name or getattr(func, "__name__", type(func).__name__)

    def sample(self, fresh: Callable[[], tuple]) -> float:
        """Seconds per call, over `calls` calls; `result` is what the last one returned.

        Arguments are made in small batches, so that they are still in the processor's caches when
        they are used: a batch is as long as the clock needs, and no longer. A first one, if it is
        quick, is dropped: after other work it takes up to a fifth longer than those that follow.
        """
        begin, cold, seconds, self.calls = _perf_counter(), True, 0.0, 0
        while True:
            started = _perf_counter()
            inputs = [fresh() for _ in range(self.batch)]
            making = _perf_counter() - started
            taken = self._timed(inputs)
            needed = max(0.0001, 10 * self.clock.step) / (taken or 1e-9)
            larger = int(self.batch * min(10, needed, 0.05 / (making or 1e-9)))
            if needed > 2 and self.batch < larger <= 100_000:
                self.batch, cold, seconds, self.calls = larger, False, 0.0, 0
                continue
            if cold and taken < self.enough and making < 0.05:
                cold = False
                continue
            seconds, self.calls = seconds + taken, self.calls + self.batch
            late = self.calls >= 1_000_000 or _perf_counter() - begin > 0.1
            if seconds >= self.enough or late:
                return seconds / self.calls

    def _timed(self, inputs: list[tuple]) -> float:
        func, clock = self.func, self.clock.read
        self.result = None
        with _gc_off():
            begin = clock()
            results = [func(*args) for args in inputs]  # freeing them is not part of the timing
            (seconds,) = _valid(clock() - begin)
        self.result = results[-1]
        return seconds


@contextmanager
def _gc_off() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        (gc.enable if enabled else gc.disable)()


def _orders() -> Iterator[bool]:
    """Who goes first: by chance, but each of the two once in every two pairs."""
    while True:
        first = _random.random() < 0.5
        yield from (first, not first)


def _made(make_args: Callable[..., tuple], *args: Any) -> tuple:
    if not callable(make_args):
        raise TypeError(f"pass a function that makes the arguments, not {reprlib.repr(make_args)}")
    made = make_args(*args)
    if not isinstance(made, tuple):
        raise TypeError(f"make a tuple of arguments, (x,) for a single x; got {reprlib.repr(made)}")
    return made


def _copier(args: tuple) -> Callable[[], tuple]:
    """A function that makes equal arguments with nothing shared that can change."""
    for value in args:
        if isinstance(value, Iterator):
            raise TypeError(f"a {type(value).__name__} is used up after one call: pass a function "
                            "that makes fresh lists, as lambda: (list(range(1000)),)")  # fmt: skip
    try:
        pickled = pickle.dumps(args)  # copies strings too, which remember their hash
        pickle.loads(pickled)
        return lambda: pickle.loads(pickled)
    except Exception:  # such as lambdas
        return lambda: copy.deepcopy(args)


def _equal(one: Any, other: Any) -> bool:
    """Equal in type and value, all the way down; NaN equals NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if hasattr(one, "equals"):  # pandas, polars
        return bool(one.equals(other))
    if hasattr(one, "dtype"):  # NumPy
        alike = one.shape == other.shape and one.dtype == other.dtype
        return alike and bool(((one == other) | ((one != one) & (other != other))).all())
    return bool(one == other or (one != one and other != other))


def _valid(*timings: float) -> tuple[float, ...]:
    if not all(0 <= seconds < math.inf for seconds in timings):
        raise ValueError(f"the clock gave {timings}: seconds must be finite, and 0 or more")
    return timings


def _clock(name: str) -> _Clock:
    if name not in _CLOCKS:
        raise ValueError(f'clock must be "wall" or "cpu", not {name!r}')
    return _CLOCKS[name]


def _label(result: Any) -> str:
    return _clock(result.clock).label


def _rising(sizes: Collection[float]) -> tuple[float, ...]:
    with suppress(TypeError):
        sizes = tuple(sizes)
        if len(sizes) > 1 and all(0 < a < b < math.inf for a, b in pairwise(sizes)):
            return sizes
    raise ValueError("pass two or more sizes above 0 that rise, as [1000, 2000, 4000]; "
                     f"got {reprlib.repr(sizes)}")  # fmt: skip


# How it is shown ------------------------------------------------------------------------------

_MARK = "\x02", "\x03"


class _Run:
    """Keeps a run's time; says on a line of standard output how far it is after 2 seconds."""

    def __init__(self, title: str, max_seconds: float, progress: bool | None) -> None:
        self.title, self.max_seconds, self.steps, self.shown = title, max_seconds, 0, ""
        self.wanted = _is_watched() if progress is None else progress

    def __enter__(self) -> "_Run":
        self.begin = _perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        if self.shown:
            print("\r" + " " * len(self.shown), end="\r", flush=True)

    def spent(self) -> float:
        return _perf_counter() - self.begin

    def has_time(self, stage: str = "") -> bool:
        """Whether another step, as long as those before it, would end in time."""
        spent, self.steps = self.spent(), self.steps + 1
        if self.wanted and stage and spent > 2:
            self.shown = f"{self.title}: {stage}, {spent:.0f} s".ljust(len(self.shown))
            print("\r" + self.shown, end="", flush=True)
        return spent * (1 + 1 / self.steps) <= self.max_seconds


def _is_watched() -> bool:
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    if kernel := getattr(get_ipython(), "kernel", None):
        return getattr(kernel, "_allow_stdin", False)  # a person runs it, not nbclient
    return bool(sys.stdout) and sys.stdout.isatty()


def _frame(**columns: Any) -> Any:
    import pandas

    return pandas.DataFrame(columns)


def format_figure(value: float) -> str:
    """Three significant digits: 1,230, 12.3, 0.0123."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    value = float(f"{value:.3g}")
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def _mark(figure: Any) -> str:
    return f"{_MARK[0]}{figure}{_MARK[1]}"


def _time(seconds: float) -> str:
    return _mark(format_seconds(seconds))
