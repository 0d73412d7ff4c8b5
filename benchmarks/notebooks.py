"""How long does a worked notebook take, for a learner who validates it and for who grades it?

    python benchmarks/notebooks.py                           # all exercises
    python benchmarks/notebooks.py ex06_numpy --rounds 5

Prints a Markdown table; `--keep` puts it into docs/evidence.md. To validate is to run every cell
and every check in one kernel, from its start, as the Validate button does; to grade is to do it in
sandboxes, with hidden tests and nbgrader's books. Nothing else should run meanwhile. On a shared
host the same notebook takes up to half as long again in a slow spell, and a short loop of
arithmetic does not tell which it is: hence rounds, of which the table has the least and the most.
"""

import argparse
import contextlib
import io
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import nbformat  # noqa: E402
from nbgrader.validator import Validator  # noqa: E402

from course import evidence, exercise, findings, planted  # noqa: E402
from course.grading.runs import Course  # noqa: E402


def seconds_to_validate(notebook, folder):
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    begin = time.perf_counter()
    found = Validator().validate(str(path))
    taken = time.perf_counter() - begin
    if wrong := [kind for kind in ("failed", "changed", "error") if found.get(kind)]:
        raise SystemExit(f"the worked notebook is not valid: {', '.join(wrong)}")
    return taken


def seconds_to_grade(notebook, answer, course):
    folder = course.root / "submitted" / answer.name / answer.exercise
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{answer.exercise}.ipynb")
    with contextlib.redirect_stdout(io.StringIO()):
        (result,) = course.grade([(answer.name, answer.exercise)], force=True)
    if result.score != answer.total:
        raise SystemExit(f"the worked notebook got {result.score} of {answer.total}")
    return result.seconds  # its page of feedback included


def least_and_most(seconds):
    least, most = f"{min(seconds):.1f}", f"{max(seconds):.1f}"
    return least if least == most else f"{least}–{most}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="only these")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each (3)")
    parser.add_argument("--keep", action="store_true", help="put the table into docs/evidence.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more, not {options.rounds}")
    if unknown := set(options.exercises) - set(exercise.names()):
        parser.error(f"no exercise {', '.join(unknown)}; there are {', '.join(exercise.names())}")
    say = findings.Told()
    say(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs.\n")
    say("| exercise | s to validate | s to grade |")
    say("|---|---:|---:|")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        course = Course(Path(folder, "class"))
        for name in options.exercises or exercise.names():
            answer = evidence.answers(name)[0]
            notebook = planted.compose(answer)
            validating, grading = [], []
            for _ in range(options.rounds):
                validating.append(seconds_to_validate(notebook, Path(folder)))
                grading.append(seconds_to_grade(notebook, answer, course))
            say(f"| {name} | {least_and_most(validating)} | {least_and_most(grading)} |")
    if options.keep:
        findings.keep(ROOT / "docs" / "evidence.md", "benchmark", "Time taken", say.text)


if __name__ == "__main__":
    main()
