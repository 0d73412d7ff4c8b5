"""A class is graded to the end, whatever is handed in, and every oddity is told in a clear line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from course import workspace
from course.grading import runs, sandbox
from course.grading.runs import Course

pytestmark = pytest.mark.needs("bubblewrap")

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {
    "doubled": "def doubled(number):\n    return 2 * number",
    "name": 'name = "Ada"',
    "report_why": "Because.",
}
LOOK = """
import os
print([path for path in os.listdir("/") if path in ("home", "var", "mnt", "srv", "opt")])
print(os.path.exists(__ROOT__))
"""


def answered(root):
    """The released notebook with right answers."""
    nb = nbformat.read(root / "release" / "small" / "small.ipynb", as_version=4)
    for cell in nb.cells:
        cell.source = ANSWERS.get(name_of(cell), cell.source)
    return nb


def name_of(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def index(nb, name):
    return next(i for i, cell in enumerate(nb.cells) if name_of(cell) == name)


def hand_in(root, student, nb, exercise="small", name="small.ipynb"):
    folder = root / "submitted" / student / exercise
    folder.mkdir(parents=True, exist_ok=True)
    text = nb if isinstance(nb, str) else json.dumps(nb)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


# What may be wrong with a notebook: a function that makes it so, the score, what is said. -------


def lost(name):
    return lambda nb: nb.cells.pop(index(nb, name))


def doubled(name):
    def change(nb):
        cell = nb.cells[index(nb, name)]
        again = new_code_cell(cell.source, metadata=cell.metadata)
        nb.cells.insert(index(nb, name), again)

    return change


def retyped(name, make):
    def change(nb):
        at = index(nb, name)
        nb.cells[at] = make(nb.cells[at].source, metadata=nb.cells[at].metadata)

    return change


def split_answer(nb):
    at = index(nb, "doubled")
    nb.cells[at].source = "def twice(number):\n    return number + number"
    nb.cells.insert(at + 1, new_code_cell("doubled = twice"))


def in_r(nb):
    nb.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "ir", "display_name": "R 4.5", "language": "R"}}
    )


def kernel_of_a_name_of_its_own(nb):
    nb.metadata.kernelspec.name = "julia-1.11"
    nb.metadata.kernelspec.language = "julia"


def skipped(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution"]


def told(name, **said):
    return lambda nb: nb.cells[index(nb, name)].metadata.nbgrader.update(said)


def roles_that_are_none(nb):
    nb.cells[0].metadata["nbgrader"] = "yes"
    nb.cells.append(new_code_cell("1", metadata={"nbgrader": {"grade_id": 5}}))
    nb.cells.append(new_markdown_cell("x", metadata={"nbgrader": {"schema_version": 1}}))


def rewritten_check(nb):
    nb.cells[index(nb, "test_name")].source = "1.0"
    nb.cells[index(nb, "name")].source = "name = 'nobody'"


def stub_left_behind(nb):
    cell = nb.cells[index(nb, "name")]
    nb.cells.insert(index(nb, "name"), new_code_cell("raise NotImplementedError"))
    nb.cells.insert(index(nb, "name"), new_code_cell(cell.source, metadata=cell.metadata))


def points_of_its_own(nb):
    made = {"grade": True, "points": 100, "grade_id": "test_mine", "locked": True}
    made |= {"solution": False, "schema_version": 3, "task": False, "cell_type": "code"}
    nb.cells.append(new_code_cell("100.0", metadata={"nbgrader": made}))


def as_version_3(nb):
    """As an old IPython would have saved it."""
    cells = []
    for cell in nb.cells:
        one = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        if cell.cell_type == "code":
            one |= {"input": cell.source, "language": "python", "outputs": [], "collapsed": False}
        else:
            one["source"] = cell.source
        cells.append(one)
    worksheet = {"cells": cells, "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [worksheet]}
    return json.dumps(old)


GRADED = {
    "right": (lambda nb: None, 4, []),
    "lost_a_check": (lost("test_doubled"), 4, ["cell test_doubled was missing"]),
    "lost_given_code": (lost("given_half"), 4, ["cell given_half was missing"]),
    "lost_a_report": (lost("report_why"), 4, ["cell report_why was missing"]),
    "lost_an_answer": (lost("doubled"), 1, []),
    "doubled_a_check": (doubled("test_doubled"), 4, ["cell test_doubled was there 2 times"]),
    "doubled_an_answer": (doubled("doubled"), 4, ["cell doubled was there 2 times"]),
    "stub_left_behind": (stub_left_behind, 4, ["cell name was there 2 times"]),
    "split_an_answer": (split_answer, 4, []),
    "check_as_prose": (
        retyped("test_doubled", new_markdown_cell),
        *(4, ["cell test_doubled had become a markdown cell"]),
    ),
    "answer_as_prose": (
        retyped("doubled", new_markdown_cell),
        *(4, ["cell doubled had become a markdown cell"]),
    ),
    "report_as_code": (
        retyped("report_why", new_code_cell),
        *(4, ["cell report_why had become a code cell"]),
    ),
    "in_r": (in_r, 4, ["made for R; graded with Python"]),
    "julia": (kernel_of_a_name_of_its_own, 4, ["made for julia; graded with Python"]),
    "skipped": (skipped, 4, []),
    "raised_points": (told("test_name", points=100), 4, []),
    "graded_answer": (told("doubled", grade=True, points=50), 4, []),
    "future_schema": (told("doubled", schema_version=99), 4, []),
    "old_schema": (told("test_name", schema_version=1), 4, []),
    "roles_that_are_none": (roles_that_are_none, 4, []),
    "points_of_its_own": (points_of_its_own, 4, []),
    "rewritten_check": (rewritten_check, 3, []),
    "version_3": (as_version_3, 4, []),
}
REFUSED = {
    "not_json": ("{'cells': [", "is not a notebook that can be read .*JSON"),
    "json_of_something": ("[1, 2]", "is not a notebook that can be read"),
    "empty_file": ("", "is not a notebook that can be read"),
    "deep": ("[" * 200_000, "is not a notebook that can be read"),
    "far_too_large": (" " * (runs.NOTEBOOK_BYTES + 1), "it has more than 50 MB"),
    "of_the_future": ('{"nbformat": 9, "nbformat_minor": 0, "cells": []}', "cannot|can be read"),
}


@pytest.fixture(scope="module")
def graded(small):
    """The results by learner of a class with every kind of submission."""
    for student, (change, _, _) in GRADED.items():
        nb = answered(small)
        changed = change(nb)
        hand_in(small, student, changed if isinstance(changed, str) else nb)
    for student, (text, _) in REFUSED.items():
        hand_in(small, student, text)
    hand_in(small, "misnamed", answered(small), name="Kopie von small (1).ipynb")
    hand_in(small, "other_exercise", answered(small), exercise="smal")
    (small / "submitted" / "empty_folder" / "small").mkdir(parents=True)
    hand_in(small, "extra", answered(small))
    hand_in(small, "extra", answered(small), name="draft.ipynb")
    for name in ("a.ipynb", "b.ipynb"):
        hand_in(small, "two_misnamed", answered(small), name=name)
    secret = small / "secret.txt"
    secret.write_text("of the grader alone")
    (hand_in(small, "link_beside", answered(small)) / "data.txt").symlink_to(secret)
    folder = small / "submitted" / "link" / "small"
    folder.mkdir(parents=True)
    (folder / "small.ipynb").symlink_to(small / "source" / "small" / "small.ipynb")
    (small / "submitted" / "folder" / "small" / "small.ipynb").mkdir(parents=True)
    course = Course(small, small / "source")
    return {result.student: result for result in course.grade(course.submissions("*", "*"))}


@pytest.mark.parametrize("student", GRADED)
def test_a_notebook_that_can_be_graded_is_and_says_what_was_put_right(graded, student):
    _, score, remarks = GRADED[student]
    result = graded[student]
    assert (result.score, result.possible, result.remarks) == (score, 5, remarks)


@pytest.mark.parametrize("student", REFUSED)
def test_a_file_that_is_no_notebook_is_said_to_be_none(graded, student):
    (remark,) = graded[student].remarks
    assert graded[student].score is None
    assert re.search(REFUSED[student][1], remark)
    assert len(remark) < 250


@pytest.mark.parametrize(
    ("student", "score", "remarks"),
    [
        ("misnamed", 4, ["was named Kopie von small (1).ipynb; graded as small.ipynb"]),
        ("other_exercise", None, ["there is no exercise smal: is the folder misnamed?"]),
        ("empty_folder", None, ["no small.ipynb was submitted: no notebook there"]),
        ("extra", 4, ["not graded, because it is not small.ipynb: draft.ipynb"]),
        (
            *("two_misnamed", None),
            ["no small.ipynb was submitted: there is a.ipynb, b.ipynb"],
        ),
        ("link_beside", 4, []),
    ],
)
def test_a_folder_that_is_not_as_it_should_be_is_told(graded, student, score, remarks):
    assert (graded[student].score, graded[student].remarks) == (score, remarks)


@pytest.mark.parametrize("student", ["link", "folder"])
def test_a_link_or_a_folder_is_not_taken_for_a_notebook(graded, student):
    assert graded[student].score is None
    assert "a link or a folder" in graded[student].remarks[0]


def test_a_report_waits_for_a_person_unless_it_was_left_as_it_was(graded):
    assert graded["right"].waiting == 1
    assert graded["lost_a_report"].waiting == 0


def test_what_lies_beside_a_notebook_gets_nowhere(graded, small):
    for place in ("autograded", "feedback", "build"):
        assert not list((small / place).rglob("data.txt"))


def test_no_page_shows_a_hidden_test_or_a_mark_scheme(graded, small):
    pages = list((small / "feedback").rglob("*.html"))
    assert len(pages) >= len(GRADED)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for secret in ("the_hidden_number", "HIDDEN TESTS", "secret of the scheme", "MARK SCHEME"):
            assert secret not in text, page


def test_the_grades_of_all_are_exported(graded, small):
    lines = (small / "grades" / "grades.csv").read_text().splitlines()
    assert sum(line.split(",")[0] == "small" for line in lines) >= len(GRADED)


# Again, and again --------------------------------------------------------------------------------


@pytest.fixture
def course(small, tmp_path):
    """An empty class of its own that takes the same exercise."""
    for folder in ("source", "release"):
        (tmp_path / folder).symlink_to(small / folder)
    return Course(tmp_path, small / "source")


def scores(course):
    """All grades in the gradebook: automatic score and what waits, by learner and cell."""
    found = {}
    with Gradebook(course.coursedir.db_url) as gradebook:
        for submission in gradebook.assignment_submissions("small"):
            for grade in submission.notebooks[0].grades:
                key = submission.student.id, grade.name
                found[key] = grade.auto_score, grade.needs_manual_grade
    return found


def test_what_was_changed_is_graded_again_and_what_was_not_is_not(course):
    for student in ("ada", "ben"):
        hand_in(course.root, student, answered(course.root))
    assert [r.score for r in course.grade(course.submissions("*", "*"))] == [4, 4]
    of_ada, of_ben = (
        course.root / "autograded" / student / "small" / "small.ipynb" for student in ("ada", "ben")
    )
    before = of_ada.stat().st_mtime_ns, of_ben.stat().st_mtime_ns

    nb = answered(course.root)
    nb.cells[index(nb, "name")].source = "name = 5"
    changed = hand_in(course.root, "ben", nb) / "small.ipynb"
    os.utime(changed, (0, 0))  # unpacked from an archive, say: older than what was graded
    assert [r.score for r in course.grade(course.submissions("*", "*"))] == [4, 3]
    assert of_ada.stat().st_mtime_ns == before[0]
    assert of_ben.stat().st_mtime_ns != before[1]


GRADE = """
import sys
from pathlib import Path
from course.grading.runs import Course

course = Course(Path(sys.argv[1]), Path(sys.argv[1]) / "source")
course.grade(course.submissions("*", "*"))
"""


def test_a_run_that_was_killed_ends_with_the_same_gradebook_when_run_again(course):
    for student in ("ada", "ben", "cleo"):
        hand_in(course.root, student, answered(course.root))
    nb = answered(course.root)
    nb.cells.insert(0, new_code_cell("print('here', flush=True); import time; time.sleep(2)"))
    hand_in(course.root, "ben", nb)
    command = [sys.executable, "-c", GRADE, str(course.root)]
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    sanitised = course.root / "autograded" / "ben" / "small" / "small.ipynb"
    for line in run.stdout:
        if line.startswith("[1/3] ada"):
            break
    while not sanitised.exists():  # from here on its cells are run
        assert run.poll() is None
    family = psutil.Process(run.pid).children(recursive=True)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive

    results = course.grade(course.submissions("*", "*"))
    assert [r.score for r in results] == [4, 4, 4]
    again = scores(course)
    course.grade(course.submissions("*", "*"), force=True)
    assert scores(course) == again
    assert {student for student, _ in again} == {"ada", "ben", "cleo"}
    assert again["ben", "test_doubled"] == (3, False)


CONFIG = """
from pathlib import Path
load_subconfig("nbgrader_config.py", path={project!r})
here = Path(__file__).resolve().parent
c.CourseDirectory.root = str(here)
c.CourseDirectory.db_url = f"sqlite:///{{here / 'gradebook.db'}}"
"""


def test_plain_nbgrader_commands_grade_in_the_same_sandbox(course):
    root = course.root
    (root / "nbgrader_config.py").write_text(CONFIG.format(project=str(ROOT)))
    nb = answered(root)
    nb.cells.insert(0, new_code_cell(LOOK.replace("__ROOT__", repr(str(root)))))
    hand_in(root, "ada", nb)
    course.grade([], force=True)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        student = [] if command == "generate_assignment" else ["--student", "ada"]
        arguments = [sys.executable, "-m", "nbgrader", command, "small", *student, "--force"]
        outcome = subprocess.run(arguments, cwd=root, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, outcome.stderr[-2000:]
    seen = nbformat.read(root / "autograded" / "ada" / "small" / "small.ipynb", as_version=4)
    assert seen.cells[0].outputs[0].text == "[]\nFalse\n"
    assert (root / "feedback" / "ada" / "small" / "small.html").exists()
    assert scores(course)["ada", "test_doubled"] == (3, False)


def test_formgrader_shows_each_answer_above_its_mark_scheme(course, serving):
    root = course.root
    (root / "nbgrader_config.py").write_text(CONFIG.format(project=str(ROOT)))
    hand_in(root, "ada", answered(root))
    course.grade(course.submissions("*", "*"))
    with Gradebook(course.coursedir.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook("small", "small", "ada").id
    arguments, env = workspace.grading_command(browser=False, root=root)
    env["PYTHONPATH"] = str(ROOT)
    with serving(arguments, env, root) as ask:
        status, page = ask("/formgrader/gradebook")
        assert (status, "Manual Grading" in page) == (200, True)
        status, page = ask(f"/formgrader/submissions/{notebook}/")
    assert status == 200
    assert 0 < page.index("Because.") < page.index("secret of the scheme")


def test_a_check_that_was_stopped_is_handed_to_a_person(course):
    nb = answered(course.root)
    nb.cells[
        index(nb, "doubled")
    ].source = "import time\ndef doubled(number):\n    time.sleep(60)\n    return 2 * number"
    hand_in(course.root, "ada", nb)
    course.config.Judge.check_seconds = 3.0
    (result,) = course.grade(course.submissions("*", "*"))
    assert scores(course)["ada", "test_doubled"] == (0, True)
    assert (result.score, result.waiting) == (1, 4)


def test_what_a_check_has_given_already_does_not_wait(course):
    hand_in(course.root, "ada", answered(course.root))
    course.grade(course.submissions("*", "*"))
    with Gradebook(course.coursedir.db_url) as gradebook:
        grade = gradebook.find_grade("test_doubled", "small", "small", "ada")
        grade.auto_score, grade.needs_manual_grade = 2, True  # as of three, one undecided
        gradebook.db.commit()
    (result,) = course.grade(course.submissions("*", "*"))
    assert (result.score, result.waiting) == (3, 2)


def test_without_a_sandbox_nothing_is_graded(capsys, monkeypatch):
    def probe():
        raise sandbox.NoSandbox("bubblewrap is not installed")

    monkeypatch.delenv("PERFORMANCE_PRACTICE_ISOLATION", raising=False)
    monkeypatch.setattr(sandbox, "probe", probe)
    monkeypatch.setattr(runs, "Course", None)
    assert runs.grade([]) == 2
    assert "bubblewrap is not installed\nNothing was graded." in capsys.readouterr().err


def test_where_nothing_was_submitted_it_says_what_to_do(capsys, monkeypatch, tmp_path):
    course = Course(tmp_path)
    monkeypatch.setattr(runs, "Course", lambda root: course)
    assert runs.grade([]) == 0
    said = capsys.readouterr().out
    assert "Nothing to grade" in said
    assert "submitted/<learner>/<exercise>/<exercise>.ipynb" in said
    assert "nbgrader collect" in said
    assert "make demo" in said
