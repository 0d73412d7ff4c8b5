"""The course's commands: ``python -m course build`` and so on; ``make build`` calls these."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

COMMANDS = """\
  lab [EXERCISE] [--no-browser] [--port N]   work on the exercises in JupyterLab
  demo                                       grade the sample class, from start to table
  grade [OPTIONS]                            grade what lies in submitted/ (grade --help)
  formgrader [--no-browser] [--port N]       give the points that wait for a person
  build [EXERCISE ...] [--force]             make the notebooks from the texts in source/
  test [PYTEST OPTIONS]                      run all tests
  calibrate [EXERCISE ...] [-n N]            measure how far thresholds are from planted answers
  flakiness [EXERCISE ...] [-n N] [--load L] count wrong verdicts, on an idle and on a busy machine
  format                                     format and lint the code and the texts
"""


def main(argv: list[str]) -> int:
    """Run a command; the exit code is 0 when it did what was asked."""
    command, rest = (argv[0], argv[1:]) if argv else ("help", [])
    if command in ("help", "-h", "--help"):
        print(f"usage: python -m course COMMAND …\n\n{COMMANDS}", end="")
        return 0
    if command not in RUN:
        print(f"There is no command {command!r}. There are:\n\n{COMMANDS}", end="", file=sys.stderr)
        return 2
    try:
        return RUN[command](rest) or 0
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130


def lab(argv: list[str]) -> int:
    """Lay the learner's copies and open JupyterLab on them."""
    from course import workspace

    parser = _server_parser("make lab", lab.__doc__)
    parser.add_argument("exercise", nargs="?", help="open this exercise's notebook")
    options, more = parser.parse_known_args(argv)
    return workspace.lab(
        exercise=options.exercise, browser=not options.no_browser, port=options.port, more=more
    )


def formgrader(argv: list[str]) -> int:
    """Open nbgrader's Formgrader: give the points that wait for a person."""
    from course import workspace

    options, more = _server_parser("make formgrader", formgrader.__doc__).parse_known_args(argv)
    return workspace.formgrader(browser=not options.no_browser, port=options.port, more=more)


def _server_parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--no-browser", action="store_true", help="print the address instead")
    parser.add_argument("--port", type=int, help="the port to listen on (8888, or the next free)")
    return parser


def demo(argv: list[str]) -> int:
    """Grade the sample class in examples/submitted."""
    from course.grading import runs

    return runs.demo()


def grade(argv: list[str]) -> int:
    """Grade what has been submitted."""
    from course.grading import runs

    return runs.grade(argv)


def build(argv: list[str]) -> int:
    """Make the notebooks from the texts in source/."""
    from course import build as builder
    from course import exercise, planted

    parser = argparse.ArgumentParser(prog="make build", description=build.__doc__)
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="only these")
    parser.add_argument("--force", action="store_true", help="run worked notebooks again")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    options = parser.parse_args(argv)
    if options.check:
        problems = builder.check()
        print("\n".join(problems) or "Everything is built.")
        return int(bool(problems))
    try:
        builder.build(options.exercises, force=options.force)
    except (
        builder.BuildError,
        exercise.ExerciseError,
        planted.PlantedError,
        FileNotFoundError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def test(argv: list[str]) -> int:
    """Run all tests, the worked notebooks too; with arguments, pytest with those."""
    pytest = [sys.executable, "-m", "pytest"]
    if argv:
        return subprocess.call([*pytest, *argv], cwd=ROOT)
    runs = [["tests", "helpers", "course"]]
    if importlib.util.find_spec("nbval") and list((ROOT / "notebooks").glob("*.ipynb")):
        runs.append(["--nbval", "notebooks"])
    if importlib.util.find_spec("xdist"):
        # Each process grades with a few of its own: more than four would starve one another.
        processes = max(1, min(4, os.cpu_count() or 1))
        runs = [[*run, "--numprocesses", str(processes)] for run in runs]
    return max([abs(subprocess.call([*pytest, *run], cwd=ROOT)) for run in runs])


def calibrate(argv: list[str]) -> int:
    """Measure how far thresholds are from the planted answers on either side."""
    from course import evidence

    return evidence.calibrate(argv)


def flakiness(argv: list[str]) -> int:
    """Run checks again and again on planted answers and count wrong verdicts."""
    from course import evidence

    return evidence.flakiness(argv)


def tidy(argv: list[str]) -> int:
    """Format and lint the code and the exercises' texts."""
    ruff = [sys.executable, "-m", "ruff"]
    formatted = subprocess.call([*ruff, "format", "."], cwd=ROOT)
    return subprocess.call([*ruff, "check", "--fix", "."], cwd=ROOT) or formatted


RUN = {
    "lab": lab,
    "demo": demo,
    "grade": grade,
    "formgrader": formgrader,
    "build": build,
    "test": test,
    "calibrate": calibrate,
    "flakiness": flakiness,
    "format": tidy,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
