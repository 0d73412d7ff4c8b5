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
    assert {name: found[name] for name in answer.scores} == dict(answer.scores)
    if answer.scores == exercise.points(exercise.read(answer.exercise)):
        graded = course.root / "autograded" / answer.name / answer.exercise
        notebook = nbformat.read(graded / f"{answer.exercise}.ipynb", as_version=4)
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        told = [found for output in outputs if (found := output.get("data", {}).get(MIME))]
        assert len(told) == len(answer.scores)
        assert [one["notes"] for one in told if one["notes"]] == [], "blamed for nothing"
