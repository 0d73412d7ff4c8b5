"""Evidence that verdicts can be trusted, gathered in the real judge on planted answers.

`calibrate` measures how far each threshold stands from the answers on either side of it;
`flakiness` how often a verdict comes out wrong when a check is run again and again, on a machine
that is idle and on one that is kept busy. Both print a table and keep it in ``docs/evidence.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from nbformat import NotebookNode
from nbgrader import utils

from course import exercise as texts
from course import planted
from course.exercise import ROOT
from course.grading import sandbox
from course.grading.grades import parts
from course.grading.judge import in_session
from course.grading.scrub import scrub
from course.planted import Planted
from helpers.checks.check import EVIDENCE
from helpers.checks.score import PASSED, UNDECIDED

ROOM = 2.0  # the factor that must lie between a threshold and what is measured on either side
WORKED = "worked"  # the name under which the worked notebook's own answer goes
CHECK_SECONDS = 180.0


# What is measured -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """One run of a check cell on an answer: points got and expected, seconds on the wall."""

    check: str
    answer: str
    score: float
    expected: float
    possible: float
    seconds: float
    parts: list[dict] = field(default_factory=list, repr=False)

    @property
    def open(self) -> float:
        """The points of parts that were left undecided."""
        return sum(part["points"] for part in self.parts if part["verdict"] == UNDECIDED)

    @property
    def wrong(self) -> bool:
        """Whether the score is not the expected one, whatever becomes of what is open."""
        return not self.score - 1e-6 <= self.expected <= self.score + self.open + 1e-6


def graded(answer: Planted, root: Path = ROOT) -> tuple[NotebookNode, list[str]]:
    """The notebook as the judge gets it, hidden tests and all, and the given cells' sources."""
    source = texts.read(answer.exercise, root)
    wanted = {name: cell for cell in source.cells if (name := texts.grade_id(cell))}
    notebook = planted.compose(answer, root)
    scrub(notebook, wanted)
    for cell in notebook.cells:
        if texts.kind(cell) in (texts.CHECK, texts.GIVEN):
            cell.source = wanted[texts.grade_id(cell)].source
    given = [
        cell.source
        for name, cell in wanted.items()
        if cell.cell_type == "code" and name.startswith("given_")
    ]
    return notebook, given


def answers(exercise: str, root: Path = ROOT) -> list[Planted]:
    """The worked answer and all planted ones of an exercise."""
    points = texts.points(texts.read(exercise, root))
    worked = Planted(exercise, WORKED, "The worked notebook.", "worked", points, ())
    return [worked, *planted.load(exercise, root)]


async def judge(
    answer: Planted,
    tell: Callable[[Verdict], None],
    *,
    root: Path = ROOT,
    repeats: Mapping[str, int] | None = None,
    afresh: bool = False,
    env: dict[str, str] | None = None,
) -> None:
    """Run the answer's cells in order and `tell` every verdict of its checks.

    `repeats` says how often each check is run: those that are not in it are not; as a rule each
    is, once. `afresh` runs the learner's cells since the check before again for every repeat:
    what they have measured themselves is measured anew.
    """
    notebook, given = graded(answer, root)
    runs = dict.fromkeys(answer.scores, 1) if repeats is None else dict(repeats)
    todo = {name for name in answer.scores if runs.get(name)}
    points = texts.points(texts.read(answer.exercise, root))
    since: list[NotebookNode] = []
    if not todo:
        return
    # An answer that ends its process does so at every repeat.
    async with in_session(given, restarts=3 * sum(runs.values()), env=env) as court:
        for cell in (c for c in notebook.cells if c.cell_type == "code" and c.source.strip()):
            name = texts.grade_id(cell)
            if texts.kind(cell) != texts.CHECK:
                await court.learner_cell(cell)
                since.append(cell)
                continue
            for turn in range(runs.get(name, 0)):
                for earlier in since if turn and afresh else ():
                    await court.learner_cell(earlier)
                begin = time.perf_counter()
                await court.check(cell, CHECK_SECONDS)
                seconds = time.perf_counter() - begin
                score = utils.determine_grade(cell)[0] or 0.0
                expected = answer.scores[name]
                told = (name, answer.name, score, expected, points[name], seconds, parts(cell))
                tell(Verdict(*told))
            todo.discard(name)
            since = []
            if not todo:
                return


# How thresholds lie ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A figure of a check on one answer: medians of what its runs gave.

    `room` is the factor by which the bound is kept, below 1 the one by which it is missed.
    """

    answer: str
    value: float
    room: float
    passed: bool  # the part that the figure belongs to

    @property
    def miss(self) -> float:
        """The factor by which the bound is missed."""
        return 1 / self.room if self.room else math.inf


@dataclass(frozen=True)
class Threshold:
    """A bound in a check, with the nearest answers on both sides of it.

    `elsewhere` has those that are on the good side, or near it, and are not good: each with the
    reading by which another bound of the same part catches it.
    """

    check: str
    what: str
    limit: float
    sign: str  # ≥ or ≤
    exact: bool  # a count, which comes out the same every time, and needs no room
    worked: Reading | None
    slowest: Reading | None  # of the acceptable answers
    fastest: Reading | None  # of the unacceptable answers
    elsewhere: tuple[tuple[Reading, str, float], ...] = ()

    def problems(self) -> list[str]:
        """What falls short, a sentence each."""
        if self.exact:
            return []
        where = f"{self.check}: {self.what} {self.sign} {_figure(self.limit)}"
        good, bad = self.slowest, self.fastest
        found = []
        if good is None:
            found.append(f"{where}: no planted answer keeps this bound")
        elif good.room < ROOM:
            found.append(f"{where}: only {_times(good.room)} of room above it ({good.answer})")
        if bad is None:
            found.append(f"{where}: no planted answer is caught by this bound")
        elif bad.miss < ROOM:
            found.append(f"{where}: only {_times(bad.miss)} of room below it ({bad.answer})")
        return found


def room(figure: dict) -> float:
    """The factor by which a figure keeps its bound; one below 1 says how far it misses it.

    A growth exponent is turned into what it makes of the time over the sizes that were measured:
    `over` is how many times as large as the smallest the largest is.

    >>> room({"value": 30, "at_least": 15}), room({"value": 30, "at_most": 15})
    (2.0, 0.5)
    >>> round(room({"value": 1.0, "at_most": 1.5, "over": 16}), 6)
    4.0
    """
    at_least = "at_least" in figure
    value, limit = figure["value"], figure["at_least" if at_least else "at_most"]
    if "over" in figure:
        ratio = figure["over"] ** (value - limit)
    elif value == limit:
        ratio = 1.0
    else:
        ratio = max(value, 0.0) / limit if limit > 0 else math.inf
    if at_least:
        return ratio
    return 1 / ratio if ratio else math.inf


def thresholds(verdicts: Iterable[Verdict]) -> list[Threshold]:
    """Every bound in the checks that gave these verdicts, in the order in which they were met.

    An answer is acceptable to a bound when it passed the bound's part, and unacceptable when it
    failed the part and missed this bound. One that misses another bound of the part by `ROOM` or
    more does not depend on this one: it counts here only if it misses this one as clearly.
    """
    seen: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for verdict in verdicts:
        met: dict[str, int] = defaultdict(int)
        for number, part in enumerate(verdict.parts):
            for figure in part["figures"]:
                met[figure["what"]] += 1
                key = (verdict.check, number, figure["what"], met[figure["what"]])
                seen[key][verdict.answer].append((figure, part["verdict"] == PASSED))
    readings = {
        key: [_reading(answer, runs) for answer, runs in by_answer.items()]
        for key, by_answer in seen.items()
    }
    return [
        _threshold(key, readings, [figure for runs in by_answer.values() for figure, _ in runs])
        for key, by_answer in seen.items()
    ]


def _reading(answer: str, runs: list[tuple[dict, bool]]) -> Reading:
    return Reading(
        answer,
        statistics.median(figure["value"] for figure, _ in runs),
        statistics.median(room(figure) for figure, _ in runs),
        2 * sum(passed for _, passed in runs) > len(runs),
    )


def _threshold(key: tuple, readings: dict[tuple, list[Reading]], figures: list[dict]) -> Threshold:
    check, part, what, occurrence = key
    side = "at_least" if "at_least" in figures[0] else "at_most"
    acceptable = [one for one in readings[key] if one.passed]
    missing, elsewhere = [], []
    for one in readings[key]:
        others = [
            (other.miss, k[2])
            for k, found in readings.items()
            for other in found
            if k != key and k[:2] == (check, part) and other.answer == one.answer
        ]
        most, by = max(others, default=(0.0, ""))
        if one.passed:
            continue
        if one.miss < ROOM <= most:
            elsewhere.append((one, by, most))
        elif one.miss > 1:
            missing.append(one)
    return Threshold(
        check=check,
        what=what if occurrence == 1 else f"{what} ({occurrence})",
        limit=statistics.median(figure[side] for figure in figures),
        sign="≥" if side == "at_least" else "≤",
        exact=what != "peak bytes" and all(isinstance(f["value"], int) for f in figures),
        worked=next((one for one in readings[key] if one.answer == WORKED), None),
        slowest=min(acceptable, key=lambda one: one.room, default=None),
        fastest=min(missing, key=lambda one: one.miss, default=None),
        elsewhere=tuple(elsewhere),
    )


# How it is told -------------------------------------------------------------------------------


def calibration(verdicts: list[Verdict]) -> tuple[str, list[str]]:
    """The table of thresholds as Markdown, and all that falls short, a sentence each."""
    found = thresholds(verdicts)
    rows = [
        (
            one.check,
            one.what,
            _shown(one.worked),
            _shown(one.slowest),
            f"{one.sign} {_figure(one.limit)}",
            _shown(one.fastest),
            _times(one.slowest.room) if one.slowest else "—",
            _times(one.fastest.miss) if one.fastest else "—",
            "a count" if one.exact else "short" if one.problems() else "ample",
        )
        for one in found
    ]
    head = (
        *("check", "figure", "worked", "slowest acceptable", "asked", "fastest unacceptable"),
        *("room above", "room below", "room"),
    )
    notes = [
        f"{one.check}, {one.what}: {_shown(reading)} is caught by {by}, {_times(most)} beyond it."
        for one in found
        if not one.exact
        for reading, by, most in one.elsewhere
    ]
    problems = [problem for one in found for problem in one.problems()] + _mistakes(verdicts)
    return "\n\n".join(filter(None, [_table(head, rows), _list(notes)])), problems


def reliability(verdicts: list[Verdict]) -> tuple[str, list[str]]:
    """The table of verdicts as Markdown, and the wrong ones, a sentence for each answer."""
    groups: dict[tuple, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        groups[one.check, "full" if one.expected == one.possible else "less"].append(one)
    rows = [_counted(*key, told) for key, told in groups.items()]
    if verdicts:
        rows.append(_counted("all", "", verdicts))
    head = ("check", "to get", "answers", "verdicts", "wrong", "undecided", "median s", "worst s")
    return _table(head, rows), _mistakes(verdicts)


def _counted(check: str, expected: str, told: list[Verdict]) -> tuple[str, ...]:
    seconds = [one.seconds for one in told]
    return (
        check,
        expected,
        f"{len({one.answer for one in told}):,}",
        f"{len(told):,}",
        f"{sum(one.wrong for one in told):,}",
        f"{sum(one.open > 0 for one in told):,}",
        f"{statistics.median(seconds):.1f}",
        f"{max(seconds):.1f}",
    )


def _mistakes(verdicts: list[Verdict]) -> list[str]:
    runs: dict[tuple, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        runs[one.check, one.answer].append(one)
    found = []
    for (check, answer), told in runs.items():
        if wrong := [one for one in told if one.wrong]:
            first = wrong[0]
            said = next((p["message"] for p in first.parts if p["verdict"] != PASSED), "")
            said = re.sub("[\x02\x03]", "", said).split("\n")[0]
            found.append(
                f"{check} on {answer}: wrong in {len(wrong)} of {len(told)}, "
                f"{first.score:g} points for {first.expected:g}{': ' if said else ''}{said}"
            )
    return found


def _shown(reading: Reading | None) -> str:
    if reading is None:
        return "—"
    return _figure(reading.value) + ("" if reading.answer == WORKED else f" ({reading.answer})")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


def _times(factor: float) -> str:
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.2g}×"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table that reads well as it stands."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [head, tuple("-" * width for width in widths), *rows]
    padded = [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


# Where it is kept -----------------------------------------------------------------------------

PAGE = """\
# Evidence

Written by `make calibrate` and `make flakiness`, which anyone can run: do not edit it. The answers
are the planted ones in `tests/planted/`, judged as any submission is. How performance is graded:
[grading.md](grading.md).

## Thresholds and what lies on either side of them

`make calibrate` measures on in a part that has failed, so that every bound gets its figure. An
answer is acceptable where it passes the part, and unacceptable where it fails it and misses this
bound. Room above is the factor between the threshold and the slowest acceptable answer, room below
the one between the threshold and the fastest unacceptable one; for a growth exponent, the factor
that the difference makes in time from the smallest size to the largest. It should be 2 or more for
all that is measured. A count comes out the same every time and needs none. Figures are medians.

{calibrate}
## How often a verdict is wrong

`make flakiness` runs every check again and again on every answer: on those that must get full
points, and on those that must get less. A verdict is wrong if its points are not the ones that the
answer must get; one that is undecided is left to a person. Busy: on every core another process
computes and copies memory all the time. Seconds are those on the wall for one check cell.

{flakiness}"""

_BLOCK = re.compile(r"<!-- begin (\S+) (.+?) -->\n(.*?)\n<!-- end -->", re.DOTALL)


def keep(path: Path, command: str, title: str, text: str) -> None:
    """Put what a command has found under a title into the page at `path`, and leave the rest."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    blocks = {(of, name): body for of, name, body in _BLOCK.findall(old)}
    blocks[command, title] = f"### {title}\n\n{text}"
    sections: dict[str, str] = {"calibrate": "", "flakiness": ""}
    for (of, name), body in sorted(blocks.items()):
        sections[of] += f"<!-- begin {of} {name} -->\n{body}\n<!-- end -->\n\n"
    path.parent.mkdir(exist_ok=True)
    page = PAGE.format(**sections).rstrip("\n") + "\n"
    path.write_text(page, encoding="utf-8", newline="\n")


def machine() -> str:
    """What was measured on, in a sentence without a date, so that it changes with the machine."""
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"On {_cores()} cores ({_processor()}), {system}, Python {platform.python_version()}."


def _cores() -> int:
    return getattr(os, "process_cpu_count", os.cpu_count)() or 1


def _processor() -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "linux":
            models = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
            return models[0].strip() if models else platform.machine()
        if sys.platform == "darwin":
            ask = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return platform.processor() or platform.machine()


# The commands ---------------------------------------------------------------------------------


def calibrate(argv: list[str], root: Path = ROOT) -> int:
    """Measure how far each threshold is from the answers on either side; 1 if one falls short."""
    parser = _parser("calibrate", calibrate.__doc__, runs=3)
    options = parser.parse_args(argv)
    chosen = _chosen(parser, options, root)
    short = False
    for exercise, todo in chosen.items():
        told: list[Verdict] = []
        try:
            with _ending_all():
                _run(todo, told, options, root, env={EVIDENCE: "1"})
        finally:
            table, problems = calibration(told)
            text = "\n\n".join(filter(None, [machine(), table, _list(problems)]))
            print(f"\n{exercise}\n\n{text}\n", flush=True)
        short = short or bool(problems)
        if not options.print_only:
            keep(root / "docs" / "evidence.md", "calibrate", exercise, text)
    return int(short)


def flakiness(argv: list[str], root: Path = ROOT) -> int:
    """Count wrong verdicts of checks that are run again and again; 1 if there is one."""
    parser = _parser("flakiness", flakiness.__doc__, runs=100)
    parser.add_argument("--load", choices=["idle", "busy", "both"], default="both")
    parser.add_argument("--at-once", type=int, default=1, metavar="J", help="so many answers")
    parser.add_argument(
        "--afresh", action="store_true", help="the learner's cells before a check every time too"
    )
    options = parser.parse_args(argv)
    chosen = _chosen(parser, options, root)
    wrong = False
    for exercise, todo in chosen.items():
        for load in ["idle", "busy"] if options.load == "both" else [options.load]:
            told: list[Verdict] = []
            try:
                with _ending_all(), _busy(_cores() if load == "busy" else 0):
                    _run(todo, told, options, root)
            finally:
                table, problems = reliability(told)
                beside = f" {options.at_once} answers at a time." if options.at_once > 1 else ""
                text = "\n\n".join(filter(None, [machine() + beside, table, _list(problems)]))
                print(f"\n{exercise}, {load}\n\n{text}\n", flush=True)
            wrong = wrong or any(one.wrong for one in told)
            if not options.print_only:
                keep(root / "docs" / "evidence.md", "flakiness", f"{exercise}, {load}", text)
    return int(wrong)


def _parser(command: str, description: str | None, runs: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"make {command}", description=description)
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="only these")
    parser.add_argument("-n", type=int, default=runs, metavar="N", help=f"runs of a check ({runs})")
    parser.add_argument(
        "--check", action="append", default=[], metavar="NAME[=N]", help="only this, N times"
    )
    parser.add_argument("--answer", action="append", default=[], metavar="NAME", help="only this")
    parser.add_argument("--print-only", action="store_true", help="do not keep it in docs/")
    return parser


def _chosen(
    parser: argparse.ArgumentParser, options: argparse.Namespace, root: Path
) -> dict[str, list[Planted]]:
    """The answers to run for each exercise; `options.repeats` gets how often for each check."""
    known = texts.names(root)
    for name in options.exercises:
        if name not in known:
            parser.error(f"there is no exercise {name!r}; there are: {', '.join(known) or 'none'}")
    chosen = {name: answers(name, root) for name in options.exercises or known}
    checks = {check for todo in chosen.values() for answer in todo for check in answer.scores}
    there = {answer.name for todo in chosen.values() for answer in todo}
    for kind, asked, names in [
        ("check", [one.partition("=")[0] for one in options.check], checks),
        ("answer", options.answer, there),
    ]:
        for name in asked:
            if name not in names:
                parser.error(f"there is no {kind} {name!r}; there are: {', '.join(sorted(names))}")
    options.repeats = {}
    for one in options.check or checks:
        name, _, runs = one.partition("=")
        try:
            options.repeats[name] = int(runs or options.n)
        except ValueError:
            parser.error(f"{one!r} is not a check and how often to run it, as in {name}=20")
    if min([options.n, *options.repeats.values()]) < 1:
        parser.error("a check is run once or more")
    return {
        exercise: [one for one in todo if one.name in (options.answer or there)]
        for exercise, todo in chosen.items()
    }


def _run(
    todo: list[Planted],
    told: list[Verdict],
    options: argparse.Namespace,
    root: Path,
    env: dict[str, str] | None = None,
) -> None:
    """Judge the answers and add every verdict to `told`, saying how far it is."""
    if sandbox.isolation() == "bubblewrap":
        sandbox.probe()
    watched, begin = sys.stdout.isatty(), time.perf_counter()

    def tell(verdict: Verdict) -> None:
        told.append(verdict)
        if watched:
            wrong = sum(one.wrong for one in told)
            print(f"\r{len(told):,} verdicts, {wrong} wrong: {verdict.answer}\x1b[K", end="")

    async def all_of_them() -> None:
        gate = asyncio.Semaphore(getattr(options, "at_once", 1))

        async def one(number: int, answer: Planted) -> None:
            async with gate:
                before = len(told)
                await judge(
                    answer,
                    tell,
                    root=root,
                    repeats=options.repeats,
                    afresh=getattr(options, "afresh", False),
                    env=env,
                )
                mine = [v for v in told[before:] if v.answer == answer.name]
                wrong = sum(verdict.wrong for verdict in mine)
                print(
                    f"{chr(13) if watched else ''}[{number}/{len(todo)}] {answer.name}: "
                    f"{len(mine)} verdicts, {wrong} wrong, {time.perf_counter() - begin:.0f} s"
                    f"{chr(27) + '[K' if watched else ''}",
                    flush=True,
                )

        async with asyncio.TaskGroup() as group:
            for number, answer in enumerate(todo, 1):
                group.create_task(one(number, answer))

    asyncio.run(all_of_them())


_LOOP = """
import os, sys, threading
# The pipe ends with the command, however that ends.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
numbers = bytearray(32 * 2**20)
while True:
    sum(range(300_000))
    other = bytes(numbers)
"""


@contextlib.contextmanager
def _busy(cores: int) -> Iterator[None]:
    """So many other processes that compute and copy memory all the time."""
    with contextlib.ExitStack() as stack:
        for _ in range(cores):
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            loop = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", _LOOP], stdin=subprocess.PIPE, **silent)
            )
            stack.callback(loop.kill)
        yield


@contextlib.contextmanager
def _ending_all() -> Iterator[None]:
    """Whatever is started inside is ended with it; SIGTERM is taken as Ctrl-C is."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    mine = psutil.Process()
    before = set(mine.children(recursive=True))
    usual = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, usual)
        left = set(mine.children(recursive=True)) - before
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=10)
