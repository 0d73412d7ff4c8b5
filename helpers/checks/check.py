"""The checks of a notebook: what to call with what, and what must hold.

A check cell makes a `Check`, states its parts, and ends with `score()`:

    check = Check("find_duplicates_optimized")
    with check.part("finds each duplicated value once", points=4):
        check.equal(check.learner.find_duplicates_optimized([1, 3, 1]), [1])
    check.score()

The same cell runs in the learner's notebook, where the learner's names are in the same process,
and in a judge that reaches them in a sandbox. Either way a part sees plain values only.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import math
import os
import reprlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import cloudpickle
import numpy as np

from helpers import timing
from helpers.memory import format_bytes
from helpers.server import LocalServer

from . import watch, wire
from .links import LearnerError, Local, Remote, SandboxLost, Theirs, TookTooLong
from .score import (
    FAILED,
    PASSED,
    RAISED,
    UNDECIDED,
    CheckFailed,
    Part,
    Score,
    measured,
)

_RESERVE_BYTES = 48 * 2**20  # a process may grow by so much without keeping any of it
SESSION = "PERFORMANCE_PRACTICE_SESSION"  # set in the judge: where the sandbox can be reached
EVIDENCE = "PERFORMANCE_PRACTICE_EVIDENCE"  # set in a judge that is to measure every figure


class Failure(AssertionError):
    """A part of a check does not hold."""

    def __init__(self, message: str, think: str = "") -> None:
        super().__init__(message)
        self.think = think


class Undecided(Failure):
    """The machine was too noisy for a verdict."""


class Lacking(Undecided):
    """The machine lacks what a verdict needs."""


class Names:
    """The names of a namespace; each is a function that can be called with plain values."""

    def __init__(self, check: Check, link: Callable[[], Local | Remote]) -> None:
        self._check, self._link = check, link

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._check, self._link, name)

    def __reduce__(self) -> None:
        raise TypeError("a function beside the learner's code takes what it needs as parameters")


class Function:
    """A function somewhere else. Called with plain values, it returns what came back, plain."""

    def __init__(self, check: Check, link: Callable[[], Local | Remote], name: str) -> None:
        self._check, self._link, self.__name__ = check, link, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._link is self._check._given_link:  # what is told is what the learner's code gave
            return self._link().ask("call", name=self.__name__, args=list(args), kwargs=kwargs)
        shown = [_shown(a, 60) for a in args] + [f"{k}={_shown(v, 40)}" for k, v in kwargs.items()]
        self._check._start(f"{self.__name__}({', '.join(shown)})")
        result = self._link().ask("call", name=self.__name__, args=list(args), kwargs=kwargs)
        self._check._result = result
        return result

    __reduce__ = Names.__reduce__


class Scenario(Function):
    """A check's own function that runs next to the learner's code; called with keywords."""

    def __init__(self, check: Check, link: Callable[[], Local | Remote], function: Callable):
        # With spaces it reads well, and is the name of nothing that the learner has.
        super().__init__(check, self._lent, function.__name__.replace("_", " "))
        self._plain_link, self._function = link, cloudpickle.dumps(function)

    def __call__(self, **kwargs: Any) -> Any:
        self._check._start(self.__name__)
        result = self._plain_link().ask("beside", function=self._function, kwargs=kwargs)
        self._check._result = result
        return result

    def _lent(self) -> Local | Remote:
        link = self._plain_link()
        link.ask("lend", name=self.__name__, function=self._function)
        return link


class Check:
    """A check cell on the learner's `names`: those that must be there before it means anything."""

    def __init__(self, *names: str) -> None:
        session = os.environ.get(SESSION)
        frame = inspect.currentframe()
        self._theirs = Theirs(_namespace(frame.f_back.f_globals if frame and frame.f_back else {}))
        self._names = names
        self._parts: list[Part] = []
        self._current: Part | None = None
        self._call, self._result = "", _NOTHING
        self._missed: list[Failure] = []
        self._lacking = 0.0  # points of parts that cannot be had on this machine
        self._learner_link = _links(session, "learner", self._theirs)
        self._given_link = _links(session, "given", self._theirs)
        self.learner = Names(self, self._learner_link)
        self.given = Names(self, self._given_link)

    @contextlib.contextmanager
    def part(self, title: str, points: float) -> Iterator[Part]:
        """A part of the check, worth `points` when nothing in its body fails.

        The part comes with it, so that a later one can ask for its `verdict`.
        """
        part = self._current = Part(title, float(points))
        self._parts.append(part)
        self._call, self._result, self._missed = "", _NOTHING, []
        try:
            yield part
            for failure in self._missed:
                raise failure
            part.verdict = PASSED
        except _Missing as error:
            part.message = str(error)
        except LearnerError as error:
            self._raised(part, error)
        except TookTooLong as error:
            part.verdict, part.message = RAISED, f"{self._call}: {error}."
            part.think = (
                "Does a loop never end? Or does something wait for what never comes: the result of "
                "a worker that has died or was ended, an item in a queue that stays empty?"
            )
        except SandboxLost as error:
            part.verdict, part.message = RAISED, f"{self._call or 'A call'}: {error}."
        except Undecided as error:
            self._lacking += part.points if isinstance(error, Lacking) else 0.0
            part.verdict, part.message, part.think = UNDECIDED, str(error), error.think
        except Failure as error:
            part.verdict, part.message, part.think = FAILED, str(error), error.think
        except AssertionError as error:
            part.verdict, part.message = FAILED, str(error) or f"{self._said()}."
        except Exception as error:
            # The check tripped over what it was given: None where a list should be, for example.
            part.verdict, why = FAILED, str(error).replace("'Opaque'", repr(_kind(self._result)))
            part.message = f"{self._said()}, with which the check cannot go on ({why})."
        finally:
            self._current = None

    def score(self) -> Score:
        """The points earned: the last expression of the check cell.

        Raises `CheckFailed`, which says what is missing, unless a grader is at work. In a notebook
        that goes on, too, where nothing is missing but what this machine has not: see `needs`.
        """
        notes = []
        link = self._learner_link()
        if link.remote:
            with contextlib.suppress(LearnerError, TookTooLong, SandboxLost, TypeError):
                if replaced := [str(name)[:60] for name in link.ask("replaced")[:6]]:
                    notes.append(
                        f"this notebook has replaced {', '.join(replaced)}. Nothing is gained "
                        "by it: what is graded is measured where it does not reach."
                    )
        if not link.remote:
            self._theirs.settle()
        score = Score(self._parts, notes)
        mode = os.environ.get("NBGRADER_EXECUTION", "")
        if score < score.possible and mode != "autograde":
            if mode == "validate":
                raise CheckFailed(score, brief=False)
            if score + self._lacking >= score.possible:
                return score
            from IPython.display import display

            display(score)
            raise CheckFailed(score, brief=True)
        return score

    def value(self, name: str) -> Any:
        """The learner's variable `name`, as a plain value."""
        self._start(name)
        self._result = self._learner_link().ask("value", name=name)
        return self._result

    # What must hold -------------------------------------------------------------------------

    def needs(self, problem: str) -> None:
        """End the part, undecided, if there is a `problem`: what this machine lacks to judge it.

        Let the given code tell it (`check.given`): it runs where the learner's does, and is ours.
        """
        if problem:
            self._start("")
            raise Lacking(problem)

    def equal(self, actual: Any, expected: Any, think: str = "") -> None:
        """`actual` has the type and the value of `expected`, all the way down; NaN equals NaN."""
        if difference := _difference(wire.exact(actual), wire.exact(expected)):
            raise Failure(f"{self._said(actual)}; expected {_shown(expected)}.{difference}", think)

    def close(
        self, actual: Any, expected: Any, *, rel: float = 1e-9, abs: float = 0.0, think: str = ""
    ) -> None:
        """`actual` has the shape of `expected` and its numbers, within a tolerance."""
        want = _numbers(expected)
        try:
            got = _numbers(actual)
        except (TypeError, ValueError, OverflowError):
            raise Failure(f"{self._said(actual)}; expected numbers.", think) from None
        if got.shape != want.shape:
            raise Failure(
                f"{self._said(actual)}: shape {got.shape}; expected shape {want.shape}.", think
            )
        if not np.allclose(got, want, rtol=rel, atol=abs, equal_nan=True):
            raise Failure(f"{self._said(actual)}; expected {_shown(expected)}.", think)

    def true(self, condition: Any, message: str, think: str = "") -> None:
        """`condition` is `True`; `message` says what is the matter when it is not."""
        if condition is not True and not (isinstance(condition, np.bool_) and condition):
            raise Failure(message, think)

    def raises(
        self,
        kind: type[BaseException],
        function: Function,
        *args: Any,
        think: str = "",
        **kwargs: Any,
    ) -> str:
        """Calling `function` raises a `kind`; returns the exception's message."""
        try:
            function(*args, **kwargs)
        except LearnerError as error:
            if kind.__name__ in error.kinds:
                return error.message
            text = f"{self._call} raised {error}; expected {kind.__name__}."
            raise Failure(text, think) from None
        raise Failure(f"{self._said()}; expected {kind.__name__}.", think)

    def at_most(self, amount: float, limit: float, what: str, think: str = "") -> None:
        """`amount`, a number of `what`, is no more than `limit`."""
        self._figure(what, amount, at_most=limit)
        if not _number(amount) or not amount <= limit:
            text = f"{self._call + ': ' if self._call else ''}{_amount(amount)} {what}"
            self._miss(Failure(f"{text}; at most {_amount(limit)} were expected.", think))

    def at_least(self, amount: float, limit: float, what: str, think: str = "") -> None:
        """`amount`, a number of `what`, is no less than `limit`."""
        self._figure(what, amount, at_least=limit)
        if not _number(amount) or not amount >= limit:
            text = f"{self._call + ': ' if self._call else ''}{_amount(amount)} {what}"
            self._miss(Failure(f"{text}; at least {_amount(limit)} were expected.", think))

    def beside(self, function: Callable) -> Scenario:
        """Make `function` run next to the learner's code, and only observe there.

        Its parameters that a call leaves out are filled with the learner's names of that name.
        What it returns comes back plain. `faster`, `grows` and `peak` take it like a function of
        the learner's: the arguments go to its last parameters.
        """
        return Scenario(self, self._learner_link, function)

    @contextlib.contextmanager
    def file(self, content: bytes, name: str = "data.csv") -> Iterator[str]:
        """The path of a file with this content, where the learner's code can read it."""
        path = self._learner_link().ask("write", name=name, content=content)
        try:
            yield path
        finally:
            with contextlib.suppress(LearnerError, TookTooLong, SandboxLost):
                self._learner_link().ask("remove", path=path)

    @contextlib.contextmanager
    def server(self, **options: Any) -> Iterator[LocalServer]:
        """A `LocalServer` that the learner's code can reach and only the check can steer."""
        where = self._learner_link().listen()
        try:
            with LocalServer(port=where, **options) as server:
                yield server
        finally:
            if where:
                where.close()

    def faster(
        self,
        candidate: Function,
        *,
        than: Function,
        on: Callable[[], tuple],
        at_least: float,
        same: Callable[[Any], Any] | None = None,
        rel: float = 0.0,
        think: str = "",
    ) -> timing.Comparison:
        """`candidate` takes at most 1/`at_least` of the CPU time of `than` on inputs made by `on`.

        `on` makes a fresh tuple of arguments; both get the same. What they return is compared
        every time, after `same` where the order, say, is free, and floats to within `rel`, a part
        of the larger one.
        """
        self._start(f"{candidate.__name__} against {than.__name__}")
        pairs = _Pairs(self, candidate, than, on, at_least, same, rel)
        names = (candidate.__name__, than.__name__)
        for seconds in (12.0, 25.0):
            result = timing.collect(
                pairs.sample, at_least=at_least, names=names, max_seconds=seconds
            )
            far = result.verdict == FAILED and 2 * result.ratio < at_least
            if result.verdict == PASSED or far:
                break
            # Before little is held against anybody, or a person is asked: once more, with samples
            # so long that what disturbs each of them by about as much is lost in them.
            pairs.lengthen(4)
        self._figure("speedup", result.ratio, at_least=at_least, low=result.low, high=result.high)
        figure = timing.format_figure
        text = (
            f"{names[0]} is {measured(figure(result.ratio))} times as fast as {names[1]} "
            f"(CPU time, {measured(len(result.pairs))} pairs, 95 % interval "
            f"{measured(f'{figure(result.low)}–{figure(result.high)}')}); "
            f"asked: {at_least:g} times."
        )
        if result.verdict == UNDECIDED:
            self._miss(Undecided(f"{text} Too close to call on this machine: run it again.", think))
        elif result.verdict != PASSED:
            self._miss(Failure(text, think))
        else:
            self._say(text)
        return result

    def grows(
        self,
        function: Function,
        *,
        on: Callable[[int], tuple],
        sizes: list[int],
        below: float | None = None,
        above: float | None = None,
        right: Callable[..., bool],
        think: str = "",
    ) -> timing.Growth:
        """The CPU time of `function` grows as n to the power of less than `below`.

        Or of more than `above`, where code that grows so is what was asked for: pass one of them.

        `on` makes fresh arguments for a size; `right(result, *arguments)` tells whether what came
        back is right, every time. Where the growth is far above `below` after four sizes and two
        seconds, larger sizes are not tried.
        """
        if (below is None) == (above is None):
            raise TypeError("pass grows() either below or above, an exponent")
        limit = below if above is None else above
        self._start(f"{function.__name__} at n = {', '.join(f'{n:,}' for n in sizes)}")
        link = function._link()
        costs, calls, spent = {}, dict.fromkeys(sizes, 1), 0.0
        for rounds in range(1, 13):  # the closer the call, the longer it is measured
            for n in sizes:  # size after size, so that a slow spell does not bend the slope
                inputs = [on(n) for _ in range(calls[n])]
                cost, results = _cost(link, function.__name__, inputs)
                for args, result in zip(inputs, results, strict=False):
                    self._result = result
                    if right(result, *args) is not True:
                        raise Failure(f"{function.__name__} gave a wrong result at n = {n:,}.")
                if len(results) != len(inputs):
                    raise Failure(f"{function.__name__} did not answer for every input.")
                costs[n] = max(1e-7, min(costs.get(n, math.inf), cost / len(inputs)))
                # So many that what asking costs is lost in it: it would flatten the slope.
                calls[n] = min(50, math.ceil(0.005 / costs[n]))
                spent += cost
                hopeless = above is None and spent > 2 and _exponent(costs) > limit + 0.3
                if hopeless:  # nobody waits for larger sizes to hear it
                    break
            fit = timing.fit_growth(list(costs), list(costs.values()))
            if hopeless or (rounds >= 2 and abs(fit.exponent - limit) > 0.8 / rounds):
                break
        sizes = list(costs)
        limits = {"at_most" if above is None else "at_least": limit, "low": fit.low}
        limits |= {"high": fit.high, "over": sizes[-1] / sizes[0]}
        self._figure("growth exponent", fit.exponent, **limits)
        text = (
            f"The time of {function.__name__} grows as n to the power of "
            f"{measured(f'{fit.exponent:.2f}')} from n = {sizes[0]:,} to {sizes[-1]:,}; "
            f"asked: {'less' if above is None else 'more'} than {limit:g}."
        )
        if abs(fit.exponent - limit) < 0.05:
            self._miss(Undecided(f"{text} Too close to call on this machine: run it again.", think))
        elif (fit.exponent > limit) == (above is None):
            self._miss(Failure(text, think))
        else:
            self._say(text)
        return fit

    def _start(self, call: str) -> None:
        """Remember what is about to be called, for messages; the names must be there."""
        missing = self._learner_link().ask("missing", names=list(self._names))
        if lost := [name for name in self._names if isinstance(missing, list) and name in missing]:
            raise _Missing(lost)
        self._call, self._result = call, _NOTHING

    def peak(self, function: Function, *args: Any, at_most: float, think: str = "") -> Any:
        """What `function(*args)` returns, if its memory peaks at no more than `at_most` bytes.

        Python counts the bytes it is asked for. In a sandbox the system's own count must agree,
        give or take what an allocator keeps in reserve; it includes other processes that there are.
        """
        shown = f"({', '.join(_shown(a, 60) for a in args)})"
        # A check's own function gets paths and the like, which are new in every run.
        self._start(function.__name__ + shown * (not isinstance(function, Scenario)))
        link = function._link()
        link.reset_peak()
        with watch.holding(link.pid, link.launched) as held:
            peak, _, result = link.ask("peak", name=function.__name__, args=list(args))
        grown = max(link.peak_growth(), held())
        self._result = result
        text = f"{self._call} needed {measured(format_bytes(peak))} at its peak"
        if grown > max(2 * at_most + _RESERVE_BYTES, peak):
            text = (
                f"While {self._call} ran, the process grew by {measured(format_bytes(grown))}, "
                f"though Python was asked for {measured(format_bytes(peak))} at most (so memory "
                "came from elsewhere, or small things are kept among large ones that are not)"
            )
            peak = grown
        self._figure("peak bytes", peak, at_most=at_most)
        text = f"{text}; asked: at most {format_bytes(at_most)}."
        if not _number(peak) or peak > at_most:
            self._miss(Failure(text, think))
        else:
            self._say(text)
        return result

    def flat(
        self, function: Function, cases: Mapping[str, tuple], *, within: float, think: str = ""
    ) -> list[Any]:
        """What `function` returns in two cases, if its memory peaks no higher in the second.

        `cases` are arguments by what they are called in the message. In the second case the peak
        may be `within` bytes higher than in the first. Python's count alone is taken, which is
        exact: see `peak` for memory that Python is not asked for.
        """
        (first, _), (second, _) = cases.items()
        link, peaks, results = function._link(), [], []
        for name, args in cases.items():
            self._start(f"{function.__name__} with {name}")
            peak, _, result = link.ask("peak", name=function.__name__, args=list(args))
            peaks.append(peak)
            results.append(result)
        risen = max(1, peaks[1] - peaks[0]) if all(map(_number, peaks)) else math.inf
        self._figure(f"bytes more with {second}", risen, at_most=within)
        lower, upper = (measured(format_bytes(peak)) for peak in peaks)
        text = (
            f"{function.__name__} needed {lower} at its peak with {first}, and {upper} with "
            f"{second}; asked: at most {format_bytes(within)} more."
        )
        if risen > within:
            self._miss(Failure(text, think))
        else:
            self._say(text)
        return results

    def threads(self, function: Function, *args: Any, at_least: int = 2, think: str = "") -> Any:
        """What `function(*args)` returns, if `at_least` threads share the work of four calls.

        A thread has its share when its CPU time is 0.4 of the busiest one's or more: one that only
        waits for work may do so by spinning. No idle machine is needed, but work for 0.1 s, for
        some clocks tick 64 times a second; call the function once before, so that it is warm. No
        more threads are asked for than there are cores; those that have ended are not seen.
        """
        self._start(f"{function.__name__}({', '.join(_shown(a, 60) for a in args)})")
        link, wanted = function._link(), min(at_least, _cores())
        link.ask("load", inputs=[[list(args), {}]] * 4)  # apart: reading is one thread's work
        before = link.thread_seconds()
        link.ask("run", name=function.__name__)
        after = link.thread_seconds()
        results = link.ask("fetch")
        result = self._result = results[0] if isinstance(results, list) and results else None
        spent = sorted((after[thread] - before.get(thread, 0.0) for thread in after), reverse=True)
        share = spent[wanted - 1] / max(spent[0], 1e-9) if len(spent) >= wanted else 0.0
        parts = [f"{seconds / max(sum(spent), 1e-9):.0%}" for seconds in spent[: max(wanted, 2)]]
        self._figure(f"share of thread {wanted}", share, at_least=0.4)
        text = (
            f"The busiest threads of {function.__name__} took {measured(' and '.join(parts))} of "
            f"its CPU time; asked: {wanted} that share the work."
        )
        if wanted < at_least:
            text += f" This machine has {_cores()} core, so no more can be seen."
        if share < 0.4:
            self._miss(Failure(text, think))
        else:
            self._say(text)
        return result

    def workers(self, function: Function, *args: Any, **kwargs: Any) -> tuple[Any, watch.Work]:
        """What `function(*args)` returns, and which processes worked for it: see `watch.Work`."""
        with watch.watching(function._link().pid) as work:
            result = function(*args, **kwargs)
        return result, work()

    # How it is told ---------------------------------------------------------------------------

    def _said(self, actual: Any = None) -> str:
        """What was called and what came back, as far as it is known."""
        value = self._result if self._result is not _NOTHING else actual
        text = f"{self._call} gave {_shown(value)}" if self._call else f"Found {_shown(value)}"
        if actual is not None and value is not actual and self._call:
            text += f", from that {_shown(actual)}"
        return text

    def _raised(self, part: Part, error: LearnerError) -> None:
        if error.kinds[0] == "NotImplementedError":
            name = self._call.split("(")[0]
            stub = name if name in self._names or " " not in name else _and(self._names)
            if error.inside.partition(".")[0] in self._names:
                stub = error.inside  # of several names, or of a class, what lacks
            part.message = f"{stub}: nothing here yet. Write it, run its cell, then this one."
            return
        part.verdict = RAISED
        call = self._call or "What is to be called"
        part.message = "\n".join([f"{call} raised {error}", *error.frames])

    def _miss(self, failure: Failure) -> None:
        """A bound is missed, which ends the part: at once, unless all figures are wanted first."""
        if EVIDENCE not in os.environ:
            raise failure
        self._missed.append(failure)

    def _say(self, text: str) -> None:
        if self._current:
            self._current.message = "\n".join(filter(None, [self._current.message, text]))

    def _figure(self, what: str, value: float, **limits: float) -> None:
        if self._current and _number(value):
            # A count stays a whole number: that tells it from what is measured.
            plain = float(value) if isinstance(value, (float, np.floating)) else int(value)
            # JSON has no infinity: a limit that is not known yet is left out.
            known = {key: float(limit) for key, limit in limits.items() if math.isfinite(limit)}
            self._current.figures.append({"what": what, "value": plain, **known})


class _Missing(Exception):
    def __init__(self, names: list[str]) -> None:
        one = len(names) == 1
        super().__init__(
            f"{_and(names)} {'is' if one else 'are'} not defined: "
            f"{'its cell has' if one else 'their cells have'} not been run, or raised."
        )


class _Pairs:
    """Samples of candidate and baseline on equal fresh inputs, outputs compared."""

    def __init__(
        self,
        check: Check,
        candidate: Function,
        baseline: Function,
        on: Callable[[], tuple],
        at_least: float,
        same: Callable[[Any], Any] | None,
        rel: float,
    ) -> None:
        self._check, self._candidate, self._baseline = check, candidate, baseline
        self._on, self._same, self._rel = on, same or (lambda value: value), rel
        self._inputs, self._enough = 1, 0.002 * at_least  # of a sample; seconds of the baseline

    def lengthen(self, factor: int) -> None:
        """Make samples so many times as long, from the next but one on."""
        self._enough *= factor

    def sample(self, candidate_first: bool) -> tuple[float, float]:
        """CPU seconds of the candidate and of the baseline."""
        inputs = [self._on() for _ in range(self._inputs)]
        taken = {}
        sides = {"candidate": self._candidate, "baseline": self._baseline}
        for side in ("candidate", "baseline") if candidate_first else ("baseline", "candidate"):
            function = sides[side]
            taken[side] = _cost(function._link(), function.__name__, inputs)
        (candidate, got), (baseline, want) = taken["candidate"], taken["baseline"]
        for args, one, other in zip(inputs, got, want, strict=False):
            self._check._result = one
            if difference := _difference(self._same(one), self._same(other), self._rel):
                shown = ", ".join(_shown(a, 40) for a in args)
                raise Failure(
                    f"{self._candidate.__name__}({shown}) gave {_shown(one, 80)}, "
                    f"but {self._baseline.__name__} gave {_shown(other, 80)}.{difference}".rstrip()
                )
        if len(got) != len(want):
            raise Failure(f"{self._candidate.__name__} did not answer for every input.")
        # So many inputs a sample that a candidate just fast enough takes well over a clock's step,
        # and over what asking costs. The first sample, of one input, is the one that is dropped.
        enough = math.ceil(self._enough * len(inputs) / max(baseline, 1e-7))
        self._inputs = max(self._inputs, min(1000, 100 * len(inputs), enough))
        return candidate, baseline


def _cost(link: Local | Remote, name: str, inputs: list[tuple]) -> tuple[float, list]:
    """CPU seconds of the calls, and their results."""
    _, taking, here = link.timed("load", inputs=[[list(args), {}] for args in inputs])
    _, seconds, _ = link.timed("run", name=name)
    results, giving, and_here = link.timed("fetch")
    # To take inputs in and give results out is about as much work there as here. Where it is much
    # more, work was moved out of the call that is timed, and is counted all the same.
    seconds += max(0.0, taking + giving - 2 * (here + and_here) - 0.001)
    return seconds, results if isinstance(results, list) else []


def _exponent(costs: dict[int, float]) -> float:
    """The growth exponent of what has been measured so far, once that is four sizes; or -inf."""
    if len(costs) < 4:
        return -math.inf
    return timing.fit_growth(list(costs), list(costs.values())).exponent


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_NOTHING = object()
_remotes: dict[str, Remote] = {}


def _links(session: str | None, side: str, theirs: Theirs) -> Callable[[], Local | Remote]:
    """How to reach one side, connected when it is first needed."""
    if session is None:
        local = Local(theirs)
        return lambda: local

    def remote() -> Remote:
        if side not in _remotes:
            with open(session, encoding="utf-8") as file:
                _remotes[side] = Remote(**json.load(file)[side])
        return _remotes[side]

    return remote


def close() -> None:
    """End the judge's connections, so that the learner's next cell can run."""
    while _remotes:
        _remotes.popitem()[1].close()


def _namespace(caller: dict) -> dict:
    with contextlib.suppress(ImportError):
        from IPython import get_ipython

        if shell := get_ipython():
            return shell.user_ns
    return caller


def _difference(actual: Any, expected: Any, rel: float = 0.0) -> str:
    """'' when equal, else a sentence on where they differ, or ' ' when the values say it all.

    Floats are equal when they differ by no more than `rel`, a part of the larger one.
    """
    if isinstance(expected, np.ndarray) and isinstance(actual, np.ndarray):
        if actual.dtype != expected.dtype or actual.shape != expected.shape:
            return (
                f" It is a {actual.dtype} array of shape {actual.shape}, "
                f"not a {expected.dtype} array of shape {expected.shape}."
            )
        kind = expected.dtype.kind
        if rel and kind in "fc":
            same = np.allclose(actual, expected, rtol=rel, atol=0.0, equal_nan=True)
        else:
            same = np.array_equal(actual, expected, equal_nan=kind in "fcmM")
        return "" if same else " Their elements differ."
    if type(actual) is not type(expected):
        return f" It is of type {_kind(actual)}, not {_kind(expected)}."
    if isinstance(expected, (list, tuple)):
        if len(actual) != len(expected):
            return f" It has {len(actual):,} elements, not {len(expected):,}."
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            if told := _difference(one, other, rel):
                return f" They differ from position {index} on{_there(one, other, told)}"
        return ""
    if isinstance(expected, dict):
        if set(map(_typed, actual)) != set(map(_typed, expected)):
            return " Their keys differ."
        for key in expected:
            if told := _difference(actual[key], expected[key], rel):
                return f" They differ at {_shown(key)}{_there(actual[key], expected[key], told)}"
        return ""
    if isinstance(expected, (set, frozenset)):
        return "" if set(map(_typed, actual)) == set(map(_typed, expected)) else " "
    if isinstance(expected, wire.Opaque):
        return " It is not a plain value."
    if rel and isinstance(expected, (float, np.floating)):
        near = math.isclose(actual, expected, rel_tol=rel)
    else:
        near = actual == expected
    return "" if bool(near or (actual != actual and expected != expected)) else " "


def _there(actual: Any, expected: Any, told: str) -> str:
    """The end of a sentence on where two values differ; `told` says it of what stands there."""
    inner = told.removeprefix(" They differ ")
    if inner != told:
        return f", there {inner}"
    return f": {_shown(actual, 60)}, not {_shown(expected, 60)}."


def _typed(value: Any) -> Any:
    """Equal for equal values of the same types only, where 1, 1.0 and True are equal as keys."""
    if isinstance(value, (tuple, frozenset)):
        return type(value), type(value)(map(_typed, value))
    return type(value), value


def _kind(value: Any) -> str:
    return value.kind if isinstance(value, wire.Opaque) else type(value).__name__


def _shown(value: Any, width: int = 120) -> str:
    if value is _NOTHING:
        return "nothing"
    if isinstance(value, np.generic):
        value = value.item()  # a difference of type has a sentence of its own
    text = _brief.repr(value).replace("\n", " ")
    return text if len(text) <= width else f"{text[: width - 1]}…"


class _Brief(reprlib.Repr):
    """Shows a value, however large or deep it is, in little time."""

    maxlist = maxtuple = maxset = maxfrozenset = maxdict = 100
    maxstring = maxother = 1000

    def repr_int(self, number: int, level: int) -> str:
        digits = math.ceil(number.bit_length() * math.log10(2))
        return repr(number) if digits < 1000 else f"<an integer of {digits:,} digits>"


_brief = _Brief()


def _numbers(value: Any) -> np.ndarray:
    """`value` as complex numbers; TypeError for what only looks like them: text, bool, None."""
    array = np.asarray(value)
    if array.dtype.kind == "O" and all(type(item) in (int, float, complex) for item in array.flat):
        array = array.astype(complex)  # integers of any size
    if array.size and array.dtype.kind not in "iufc":
        raise TypeError(f"{array.dtype} holds no numbers")
    return array.astype(complex)


def _and(names: Collection[str]) -> str:
    *first, last = names or ["It"]
    return f"{', '.join(first)} and {last}" if first else last


def _amount(value: Any) -> str:
    if not _number(value):
        return _shown(value)
    return measured(f"{value:,}" if isinstance(value, int) else f"{value:,.4g}")


def _number(value: Any) -> bool:
    plain = type(value) in (int, float) or isinstance(value, (np.integer, np.floating))
    return plain and math.isfinite(value)
