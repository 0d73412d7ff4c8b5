"""Grades all that has been submitted, and tells who scored what and where the feedback lies."""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from . import sandbox
from .scrub import KEY

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK_BYTES = 50_000_000


@dataclass
class Result:
    """What became of one submission."""

    student: str
    exercise: str
    score: float | None = None
    possible: float | None = None
    waiting: float = 0.0  # points that a person has yet to give
    seconds: float = 0.0
    feedback: Path | None = None
    remarks: list[str] = field(default_factory=list)


def grade(argv: list[str]) -> int:
    """`make grade`: grade what lies in submitted/<learner>/<exercise>/<exercise>.ipynb."""
    parser = argparse.ArgumentParser(prog="make grade", description=grade.__doc__)
    parser.add_argument("--student", default="*", help="only this learner")
    parser.add_argument("--exercise", default="*", help="only this exercise")
    parser.add_argument("--force", action="store_true", help="also what is graded already")
    options = parser.parse_args(argv)
    try:
        if sandbox.isolation() == "bubblewrap":
            sandbox.probe()
    except sandbox.NoSandbox as error:
        print(f"{error}\nNothing was graded.", file=sys.stderr)
        return 2
    course = Course(ROOT)
    found = course.submissions(options.student, options.exercise)
    if not found:
        print(
            "Nothing to grade. Put notebooks where nbgrader looks for them:\n"
            "    submitted/<learner>/<exercise>/<exercise>.ipynb\n"
            "for example submitted/ada/ex02_algorithm_optimization/"
            "ex02_algorithm_optimization.ipynb,\nor collect them with `nbgrader collect`; "
            "then run this again. `make demo` shows it on a sample class."
        )
        return 0
    return _report(course, course.grade(found, force=options.force))


def demo() -> int:
    """`make demo`: grade the sample class in examples/submitted, in a folder of its own."""
    folder = ROOT / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "submitted", folder / "submitted")
    try:
        if sandbox.isolation() == "bubblewrap":
            sandbox.probe()
    except sandbox.NoSandbox as error:
        # The sample class is part of the project: its code may be trusted.
        print(f"{error}\nThe sample class is graded without a sandbox.\n")
        os.environ["PERFORMANCE_PRACTICE_ISOLATION"] = "process"
    course = Course(folder)
    return _report(course, course.grade(course.submissions("*", "*"), force=True))


class Course:
    """A folder with submissions, a gradebook and all that grading makes of them."""

    def __init__(self, root: Path, source: Path = ROOT / "source") -> None:
        self.root, self._source = root, source
        config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
        config.merge(Config({"CourseDirectory": {"root": str(root)}}))
        config.CourseDirectory.source_directory = str(source)
        # The handed-out notebooks in release/ are made by `make build` alone.
        config.CourseDirectory.release_directory = str(ROOT / "build" / "release")
        if root != ROOT:
            config.CourseDirectory.db_url = f"sqlite:///{(root / 'gradebook.db').as_posix()}"
        config.NbGraderAPI.log_level = "INFO"
        self.config = config
        self.coursedir = CourseDirectory(config=config)
        self._log = root / "build" / "grading.log"
        self._assigned: set[str] = set()

    def submissions(self, student: str, exercise: str) -> list[tuple[str, str]]:
        """(learner, exercise) of all that has been submitted, in order."""
        folders = sorted((self.root / "submitted").glob(f"{student}/{exercise}"))
        return [(path.parent.name, path.name) for path in folders if path.is_dir()]

    def grade(
        self, submissions: list[tuple[str, str]], force: bool = False, publish: bool = True
    ) -> list[Result]:
        """Grade `submissions` one after the other; one that fails does not stop the rest.

        With `force` also what has been graded before; without `publish` there are no pages of
        feedback, and grades.csv stays as it is.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_text("")
        warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own, and harmless
        with _quiet_exchange():
            api = NbGraderAPI(self.coursedir, config=self.config)
        known = {path.parent.name for path in self._source.glob("*/*.ipynb")}
        for exercise in sorted({exercise for _, exercise in submissions} & known - self._assigned):
            self._say(f"{exercise}: putting the assignment into the gradebook")
            outcome = api.generate_assignment(exercise, force=True, create=True)
            self._note(outcome)
            if not outcome["success"]:
                raise RuntimeError(f"{exercise} cannot be put into the gradebook; see {self._log}")
            self._assigned.add(exercise)
        results = []
        for number, (student, exercise) in enumerate(submissions, 1):
            self._say(f"[{number}/{len(submissions)}] {student}: {exercise} ", end="")
            begin = time.perf_counter()
            result = Result(student, exercise)
            if exercise in known:
                self._one(api, result, force, publish)
            else:
                result.remarks.append(f"there is no exercise {exercise}: is the folder misnamed?")
            result.seconds = time.perf_counter() - begin
            self._say(f"{_score(result)}  {result.seconds:.1f} s")
            results.append(result)
        if publish:
            self._export()
        return results

    def _export(self) -> None:
        target = self.root / "grades" / "grades.csv"
        target.parent.mkdir(exist_ok=True)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            CsvExportPlugin(to=str(target), config=self.config).export(gradebook)

    def _one(self, api: NbGraderAPI, result: Result, force: bool, publish: bool) -> None:
        student, exercise = result.student, result.exercise
        staged = self._stage(result)
        if staged is None:
            return
        graded = self.root / "autograded" / student / exercise / f"{exercise}.ipynb"
        # The record is written when all is done: without it a run was killed before it got there.
        record = self.root / "build" / "graded" / student / exercise
        wanted = hashlib.sha256(staged.read_bytes() + self._source_path(exercise).read_bytes())
        known = record.read_text() if record.exists() and graded.exists() else ""
        if force or known != wanted.hexdigest():
            record.unlink(missing_ok=True)
            if not self._autograde(api, result):
                return
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(wanted.hexdigest())
        result.remarks += (
            nbformat.read(graded, as_version=4).metadata.get(KEY, {}).get("repairs", [])
        )
        if publish:
            self._note(api.generate_feedback(exercise, student, force=True))
        page = self.root / "feedback" / student / exercise / f"{exercise}.html"
        result.feedback = page if page.exists() else None
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            found = gradebook.find_submission_notebook(exercise, exercise, student)
            result.score, result.possible = found.score, found.max_score
            result.waiting = sum(
                grade.max_score - grade.score for grade in found.grades if grade.needs_manual_grade
            )

    def _autograde(self, api: NbGraderAPI, result: Result) -> bool:
        usual = self.coursedir.submitted_directory
        self.coursedir.submitted_directory = str(self._staging)
        try:
            outcome = api.autograde(result.exercise, result.student, force=True)
        finally:
            self.coursedir.submitted_directory = usual
        self._note(outcome)
        if not outcome["success"]:
            said = (outcome.get("log") or "").splitlines() + outcome.get("error", "").splitlines()
            reasons = [line for line in said if "Error" in line or "ERROR" in line]
            reason = reasons[-1].strip()[:200] if reasons else "no reason was given"
            result.remarks.append(f"could not be graded ({reason}); see {self.shown(self._log)}")
        return outcome["success"]

    def _stage(self, result: Result) -> Path | None:
        """Put the submitted notebook, if it can be read, where nbgrader is to find it.

        What lies beside it stays where it is: nothing needs it, and nbgrader would follow a link
        in there and hand out what it leads to.
        """
        wanted = f"{result.exercise}.ipynb"
        folder = self.root / "submitted" / result.student / result.exercise
        found = sorted(folder.glob("*.ipynb"))
        path = folder / wanted
        if path not in found and len(found) == 1:
            path = found[0]
            result.remarks.append(f"was named {path.name}; graded as {wanted}")
        if path not in found:
            there = f"there is {', '.join(p.name for p in found)}" if found else "no notebook there"
            result.remarks.append(f"no {wanted} was submitted: {there}")
            return None
        if others := [p.name for p in found if p != path]:
            result.remarks.append(f"not graded, because it is not {wanted}: {', '.join(others)}")
        try:
            _check_readable(path)
        except Exception as error:
            reason = str(error).splitlines()[0][:150] if str(error) else type(error).__name__
            result.remarks.append(f"is not a notebook that can be read ({reason}): ask for another")
            return None
        stage = self._staging / result.student / result.exercise
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        if (folder / "timestamp.txt").is_file():
            shutil.copy(folder / "timestamp.txt", stage)
        return Path(shutil.copy(path, stage / wanted))

    @property
    def _staging(self) -> Path:
        return self.root / "build" / "submitted"

    def _source_path(self, exercise: str) -> Path:
        return self._source / exercise / f"{exercise}.ipynb"

    def _note(self, outcome: dict) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(outcome.get("log") or "")
            file.write(outcome.get("error") or "")

    def shown(self, path: Path) -> str:
        return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)

    def _say(self, text: str, end: str = "\n") -> None:
        print(text, end=end, flush=True)


def _check_readable(path: Path) -> None:
    """Raise an error that says why a file is not a notebook."""
    if path.is_symlink() or not path.is_file():
        raise ValueError("it is a link or a folder")
    if path.stat().st_size > NOTEBOOK_BYTES:
        raise ValueError(f"it has more than {NOTEBOOK_BYTES / 1e6:.0f} MB: were outputs cleared?")
    nbformat.validate(nbformat.read(path, as_version=4))


def _report(course: Course, results: list[Result]) -> int:
    """Print the table; 1 when something could not be graded."""
    rows = [("learner", "exercise", "score", "for a person", "feedback")]
    for r in results:
        page = course.shown(r.feedback) if r.feedback else "—"
        rows.append(
            (r.student, r.exercise, _score(r), f"{r.waiting:g}" if r.waiting else "—", page)
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for index, row in enumerate(rows):
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )
        if index == 0:
            print("  ".join("─" * width for width in widths))
        else:
            for remark in results[index - 1].remarks:
                print(f"    note: {remark}")
    print(
        "\nThe column 'for a person' has the points that wait to be given by hand: "
        "`make formgrader`\nshows each answer above its mark scheme."
        f"\nGrades: {course.shown(course.root / 'grades' / 'grades.csv')}"
    )
    return 0 if all(result.score is not None for result in results) else 1


def _score(result: Result) -> str:
    return "not graded" if result.score is None else f"{result.score:g} of {result.possible:g}"


@contextmanager
def _quiet_exchange() -> Iterator[None]:
    """nbgrader complains about an exchange nobody asked for while its API is made."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
