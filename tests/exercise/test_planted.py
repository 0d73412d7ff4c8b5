"""Every planted answer gets exactly the score its file says, through nbgrader's own autograder.

The first of each exercise is handed in whole and gets its page of feedback, the others come without
cells that only show something, and nobody reads a page of theirs.
"""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.api import Gradebook

from course import exercise, planted
from course.grading.runs import Course
from helpers.checks.score import MIME

OF_EACH = [planted.load(name) for name in exercise.names()]
PLANTED = [answer for answers in OF_EACH for answer in answers]
WHOLE = [answers[0] for answers in OF_EACH if answers]


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A class of its own, with a gradebook of its own."""
    return Course(tmp_path_factory.mktemp("class"))


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("answer", [pytest.param(p, id=f"{p.exercise}-{p.name}") for p in PLANTED])
def test_a_planted_answer_gets_the_score_its_file_says(course, answer):
    folder = course.root / "submitted" / answer.name / answer.exercise
    folder.mkdir(parents=True)
    whole = answer in WHOLE
    handed_in = planted.compose(answer, lean=not whole)
    nbformat.write(handed_in, folder / f"{answer.exercise}.ipynb")
    (result,) = course.grade([(answer.name, answer.exercise)], force=True, publish=whole)
    assert result.score is not None, result.remarks
    assert (result.feedback is not None) == whole
    with Gradebook(course.coursedir.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(answer.exercise, answer.exercise, answer.name)
        found = {grade.name: grade.auto_score for grade in notebook.grades}
    graded = course.root / "autograded" / answer.name / answer.exercise
    notebook = nbformat.read(graded / f"{answer.exercise}.ipynb", as_version=4)
    told = {exercise.grade_id(cell): _told(cell) for cell in notebook.cells if _told(cell)}
    wrong = [name for name, score in answer.scores.items() if found[name] != score]
    assert {name: found[name] for name in answer.scores} == dict(answer.scores), "\n".join(
        f"{name}: {part['title']}: {part['verdict']}. {part['message']}"
        for name in wrong
        for part in told.get(name, {"parts": []})["parts"]
    )
    if answer.scores == exercise.points(exercise.read(answer.exercise)):
        assert set(told) == set(answer.scores)
        assert [one["notes"] for one in told.values() if one["notes"]] == [], "blamed for nothing"


def _told(cell: nbformat.NotebookNode) -> dict:
    """What a check cell has said, all its parts."""
    outputs = cell.get("outputs", [])
    return next((told for o in outputs if (told := o.get("data", {}).get(MIME))), {})
