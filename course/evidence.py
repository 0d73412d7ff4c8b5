"""Evidence that verdicts can be trusted, gathered in the real judge on planted answers.

`calibrate` measures how far each threshold stands from the answers on either side of it;
`flakiness` how often a verdict comes out wrong when a check is run again and again, on a machine
that is idle and on one that is kept busy. Both print a table and keep it in ``docs/evidence.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
from nbformat import NotebookNode
from nbgrader import utils

from course import exercise as texts
from course import planted
from course.exercise import ROOT
from course.findings import WORKED, Verdict, calibration, keep, reliability, sentences
from course.grading import sandbox
from course.grading.grades import parts
from course.grading.judge import in_session
from course.grading.scrub import scrub
from course.planted import Planted
from helpers.checks.check import EVIDENCE

CHECK_SECONDS = 180.0


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
            text = "\n\n".join(filter(None, [machine(), table, sentences(problems)]))
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
            loads: list[float] = []
            try:
                with _ending_all(), _busy(_cores() if load == "busy" else 0):
                    _run(todo, told, options, root, loads=loads)
            finally:
                table, problems = reliability(told)
                # A machine that is shared is never idle.
                met = f" Median load average {statistics.median(loads):.1f}." if loads else ""
                text = "\n\n".join(filter(None, [machine() + met, table, sentences(problems)]))
                print(f"\n{exercise}, {load}\n\n{text}\n", flush=True)
            wrong = wrong or any(one.wrong for one in told)
            if not options.print_only:
                keep(root / "docs" / "evidence.md", "flakiness", f"{exercise}, {load}", text)
    return int(wrong)


# How answers are judged ----------------------------------------------------------------------


def graded(answer: Planted, root: Path = ROOT) -> tuple[NotebookNode, list[str]]:
    """The notebook as the judge gets it, hidden tests and all, and the given cells' sources."""
    source = texts.read(answer.exercise, root)
    wanted = {name: cell for cell in source.cells if (name := texts.grade_id(cell))}
    notebook = planted.compose(answer, root, lean=True)
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
    async with in_session(notebook, given, restarts=3 * sum(runs.values()), env=env) as court:
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


# What the commands share ---------------------------------------------------------------------


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
    loads: list[float] | None = None,
) -> None:
    """Judge the answers and add every verdict to `told`, saying how far it is.

    `loads` gets the machine's load average, of a minute, at each verdict.
    """
    if sandbox.isolation() == "bubblewrap":
        sandbox.probe()
    watched, begin = sys.stdout.isatty(), time.perf_counter()

    def tell(verdict: Verdict) -> None:
        told.append(verdict)
        if loads is not None:
            loads.append(psutil.getloadavg()[0])
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
