"""Planted submissions: read, checked and composed."""

import nbformat
import pytest
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator

from course import exercise, planted
from course.planted import PlantedError


def load(root):
    return {one.name: one for one in planted.load("tiny", root)}


def plant(root, text, name="new"):
    path = root / "tests" / "planted" / "tiny" / f"{name}.py"
    path.write_text(text, encoding="utf-8")


def sources(notebook):
    return {exercise.grade_id(cell): cell.source for cell in notebook.cells}


def test_a_planted_file_says_what_it_is_and_what_it_must_get(tiny):
    one = load(tiny)["sorts_lists_only"]
    assert one.summary == "Sorts lists only."
    assert one.scores == {"test_in_order": 2.0, "test_largest": 2.0}
    assert one.total == 4.0
    assert (one.exercise, one.base, one.sample) == ("tiny", "worked", None)


def test_scores_full_and_zero_stand_for_all_checks(tiny):
    answers = load(tiny)
    assert answers["full_marks"].total == 6.0
    assert answers["untouched"].total == 0.0
    assert answers["full_marks"].sample == "ada"


def test_an_exercise_without_planted_answers_has_none(tiny):
    assert planted.load("other", tiny) == []


def test_the_worked_base_is_the_release_with_the_solutions_filled_in(built):
    composed = planted.compose(load(built)["full_marks"], built)
    said = sources(composed)
    assert said["largest"] == "largest = max(numbers)"
    assert said["report_why"] == "Because `sorted` makes a new list."
    assert "(9, 8, 9)" not in said["test_in_order"]


def test_the_release_base_is_what_was_handed_out(built):
    composed = planted.compose(load(built)["untouched"], built)
    report = next(cell for cell in composed.cells if exercise.grade_id(cell) == "report_why")
    assert utils.determine_grade(report) == (0, 2.0)


def test_a_lean_notebook_lacks_cells_that_only_show_something(built):
    extra = "# %% + after largest\nprint(1)\n"
    plant(built, f'"""Prints.\n\nscores: full\n"""\n{extra}')
    whole = planted.compose(load(built)["new"], built).cells
    lean = planted.compose(load(built)["new"], built, lean=True).cells
    left_out = [cell.source.split("\n")[0] for cell in whole if cell not in lean]
    assert [line for line in left_out if not line.startswith("#")] == ["import time", "import os"]


def test_a_lean_notebook_has_the_cells_whose_names_others_use(built):
    extra = "# %% + after largest\nasync def when():\n    return os.getcwd(), time\nawait when()\n"
    plant(built, f'"""Uses names.\n\nscores: full\n"""\n{extra}')
    text = built / "release" / "tiny" / "tiny.ipynb"
    notebook = nbformat.read(text, as_version=4)
    shows = [cell for cell in notebook.cells if cell.source.startswith("import ")]
    notebook.cells = shows + [cell for cell in notebook.cells if cell not in shows]
    nbformat.write(notebook, text)
    lean = planted.compose(load(built)["new"], built, lean=True).cells
    assert [cell.source for cell in lean if cell in shows] == [cell.source for cell in shows]


def test_locked_cells_keep_the_checksum_they_were_released_with(built):
    composed = planted.compose(load(built)["sorts_lists_only"], built)
    MetadataValidator().validate_nb(composed)
    for cell in composed.cells:
        if utils.is_locked(cell):
            assert cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)


def test_planted_cells_replace_and_follow_in_their_order(built):
    composed = planted.compose(load(built)["sorts_lists_only"], built)
    names = [exercise.grade_id(cell) for cell in composed.cells]
    at = names.index("in_order")
    assert "isinstance(values, list)" in composed.cells[at].source
    assert [cell.source for cell in composed.cells[at + 1 : at + 3]] == [
        "first_extra = 1",
        "second_extra = 2",
    ]
    assert composed.cells[names.index("largest")].metadata.tags == ["skip-execution"]
    assert sources(composed)["report_why"] == "It is fast."


def test_composing_twice_gives_the_same_notebook(built):
    one = load(built)["sorts_lists_only"]
    assert planted.compose(one, built) == planted.compose(one, built)


def test_composing_before_the_release_is_built_says_so(tiny):
    with pytest.raises(FileNotFoundError, match="run make build"):
        planted.compose(load(tiny)["full_marks"], tiny)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"""No scores."""\n', "needs a line scores:"),
        ("x = 1\n", "starts with a docstring"),
        (
            '"""Bad.\n\nscores: test_x=1\n"""\n',
            "no check 'test_x'; there are test_in_order, test_la",
        ),
        ('"""Bad.\n\nscores: test_largest=3\n"""\n', "gives 0 to 2 points, not 3"),
        ('"""Bad.\n\nscores: test_largest=x\n"""\n', "not a check and points"),
        ('"""Bad.\n\nscores: full\nbase: empty\n"""\n', "worked or release, not 'empty'"),
        ('"""Bad.\n\nscores: full\n"""\n# %% nope\n1\n', "no cell 'nope'; there are given_numbers"),
        ('"""Bad.\n\nscores: full\n"""\n# %% largest\n1\n# %% largest\n2\n', "replaced twice"),
    ],
)
def test_a_planted_file_that_cannot_be_used_says_why(tiny, text, message):
    plant(tiny, text)
    with pytest.raises(PlantedError, match=f"tiny/new.py: .*{message}"):
        planted.load("tiny", tiny)
