"""A submitted notebook is put in shape before any of it is run, whatever has become of it."""

from __future__ import annotations

import copy

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.grading.scrub import KEY, HideTests, scrub, show_schemes

KINDS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def role(name, points=None, solution=False, locked=True, cell_type="code"):
    found = {"grade_id": name, "grade": points is not None, "solution": solution}
    found |= {"locked": locked, "task": False, "schema_version": 3, "cell_type": cell_type}
    return NotebookNode(found if points is None else found | {"points": points})


def cell(name, source, kind="code", **told):
    made = KINDS[kind](source)
    made.metadata.nbgrader = role(name, cell_type=kind, **told)
    return made


def models():
    """The cells of an exercise by name, as the gradebook remembers them."""
    cells = [
        cell("given_data", "numbers = [1]"),
        cell("answer", "# YOUR CODE HERE", solution=True, locked=False),
        cell("test_answer", "check.score()", points=3),
        cell("report", "YOUR ANSWER HERE", "markdown", points=2, solution=True, locked=False),
    ]
    return {each.metadata.nbgrader.grade_id: each for each in cells}


def submitted(**sources):
    """A notebook as handed in, with prose between its cells; `sources` are the answers."""
    cells = []
    for name, model in models().items():
        one = copy.deepcopy(model)
        one.source = sources.get(name, one.source)
        cells += [new_markdown_cell(f"About {name}."), one]
    return new_notebook(cells=cells)


def again(one):
    """The same cell once more, as JupyterLab pastes it: with an id of its own."""
    return KINDS[one.cell_type](one.source, metadata=copy.deepcopy(one.metadata))


def named(nb, name):
    found = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
    assert len(found) == 1, f"{len(found)} cells are {name}"
    return found[0]


def assert_in_shape(nb):
    """Every cell that counts is there once, in its role; no other one has any."""
    for name, model in models().items():
        found = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
        assert len(found) == 1 or (name == "answer" and not found), name
        for one in found:
            assert one.metadata == {"nbgrader": model.metadata.nbgrader}
            assert one.cell_type == model.cell_type
    extra = [c for c in nb.cells if c.metadata and c.metadata.nbgrader.grade_id not in models()]
    assert not extra
    assert set(nb.metadata) == {KEY}
    nbformat.validate(nb)


def test_a_notebook_that_is_in_shape_stays_as_it_is():
    nb = submitted(answer="x = 1", report="Because.")
    before = [c.source for c in nb.cells]
    assert scrub(nb, models()) == []
    assert [c.source for c in nb.cells] == before
    assert_in_shape(nb)


@pytest.mark.parametrize("name", ["given_data", "test_answer", "report"])
def test_a_cell_that_is_gone_comes_back_behind_those_before_it(name):
    nb = submitted(answer="x = 1")
    nb.cells.remove(named(nb, name))
    assert scrub(nb, models()) == [f"cell {name} was missing"]
    order = [c.metadata.nbgrader.grade_id for c in nb.cells if c.metadata]
    assert order == list(models())
    assert named(nb, name).source == models()[name].source


def test_an_answer_that_is_gone_stays_gone_for_its_check_to_tell():
    nb = submitted()
    nb.cells.remove(named(nb, "answer"))
    assert scrub(nb, models()) == []
    assert_in_shape(nb)


@pytest.mark.parametrize("name", list(models()))
def test_of_a_cell_that_is_there_twice_one_counts_and_the_other_is_plain(name):
    nb = submitted(answer="x = 1")
    nb.cells.append(again(named(nb, name)))
    assert scrub(nb, models()) == [f"cell {name} was there 2 times"]
    assert_in_shape(nb)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_answers_the_one_that_says_something_counts(first):
    nb = submitted(answer="x = 1")
    untouched = copy.deepcopy(models()["answer"])
    nb.cells.insert(0 if first else len(nb.cells), untouched)
    scrub(nb, models())
    assert named(nb, "answer").source == "x = 1"


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
@pytest.mark.parametrize("name", list(models()))
def test_a_cell_that_became_one_of_another_type_is_turned_back(name, kind):
    nb = submitted(answer="x = 1")
    index = nb.cells.index(named(nb, name))
    was = nb.cells[index]
    nb.cells[index] = KINDS[kind](was.source, metadata=was.metadata)
    changed = kind != models()[name].cell_type
    assert scrub(nb, models()) == ([f"cell {name} had become a {kind} cell"] if changed else [])
    assert_in_shape(nb)
    assert named(nb, name).source == was.source


@pytest.mark.parametrize("name", list(models()))
@pytest.mark.parametrize(
    "told",
    [
        {"points": 100},
        {"grade": False},
        {"grade": True, "points": 50},
        {"solution": True},
        {"locked": False},
        {"task": True, "points": 9},
        {"schema_version": 99},
        {"schema_version": "x", "grade": []},
        {"checksum": None, "cell_type": 7},
    ],
)
def test_what_a_notebook_says_of_its_cells_does_not_count(name, told):
    nb = submitted(answer="x = 1")
    named(nb, name).metadata.nbgrader |= told
    scrub(nb, models())
    assert_in_shape(nb)


@pytest.mark.parametrize("told", ["points", [1], {}, {"grade_id": None}, {"grade_id": ["x"]}, None])
def test_a_role_that_is_none_makes_a_plain_cell(told):
    nb = submitted(answer="x = 1")
    nb.cells[0].metadata["nbgrader"] = told
    scrub(nb, models())
    assert_in_shape(nb)


def test_a_cell_of_no_exercise_cannot_bring_points_of_its_own():
    nb = submitted()
    nb.cells.append(cell("test_mine", "print('full marks')", points=100))
    scrub(nb, models())
    assert nb.cells[-1].metadata == {}


def test_tags_and_other_metadata_go_so_that_every_cell_is_run():
    nb = submitted(answer="x = 1")
    for one in nb.cells:
        one.metadata |= {"tags": ["skip-execution", "raises-exception"], "editable": False}
    nb.metadata = NotebookNode(kernelspec={"name": "x", "language": "python"}, widgets={"a": 1})
    assert scrub(nb, models()) == []
    assert_in_shape(nb)


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {"kernelspec": {"name": "ir", "display_name": "R"}, "language_info": {"name": "R"}},
        {"language_info": {"name": "R"}},
    ],
)
def test_a_notebook_of_another_language_is_said_to_be_one(metadata):
    nb = submitted()
    nb.metadata = nbformat.from_dict(metadata)
    assert scrub(nb, models()) == ["made for R; graded with Python"]


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "conda-env-course-py", "display_name": "Python [conda]"}},
        {"kernelspec": {"name": "x", "display_name": "x", "language": "Python"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": "python3", "language_info": []},
    ],
)
def test_a_python_notebook_is_one_whatever_its_kernel_is_called(metadata):
    nb = submitted()
    nb.metadata = nbformat.from_dict(metadata)
    assert scrub(nb, models()) == []


def test_what_was_put_right_is_kept_in_the_notebook_for_the_summary():
    nb = submitted()
    nb.cells.remove(named(nb, "test_answer"))
    scrub(nb, models())
    assert nb.metadata[KEY]["repairs"] == ["cell test_answer was missing"]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "retype", "role", "move", "split", "empty"]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(CHANGES)
def test_any_sequence_of_accidents_is_put_right(changes):
    nb = submitted(answer="x = 1", report="Because.")
    for what, at, to in changes:
        if not nb.cells:
            break
        index = at % len(nb.cells)
        one = nb.cells[index]
        if what == "drop":
            del nb.cells[index]
        elif what == "double":
            nb.cells.insert(to % len(nb.cells), again(one))
        elif what == "retype":
            made = list(KINDS.values())[to % 3](one.source, metadata=one.metadata)
            nb.cells[index] = made
        elif what == "role":
            other = nb.cells[to % len(nb.cells)]
            one.metadata = copy.deepcopy(other.metadata)
        elif what == "move":
            nb.cells.insert(to % len(nb.cells), nb.cells.pop(index))
        elif what == "split":
            nb.cells.insert(index, KINDS[one.cell_type](one.source[:3], metadata=one.metadata))
            one.source = one.source[3:]
        else:
            one.source = ""
    scrub(nb, models())
    assert_in_shape(nb)


def test_who_grades_is_shown_the_mark_scheme_and_the_learner_is_not():
    nb, source = submitted(report="Because."), submitted()
    named(
        source, "report"
    ).source = "Sample.\n=== BEGIN MARK SCHEME ===\n**2** for why.\n=== END MARK SCHEME ==="
    before = [cell.source for cell in nb.cells]
    show_schemes(nb, source)
    where = nb.cells.index(named(nb, "report"))
    assert nb.cells[where + 1].source.endswith("\n\n**2** for why.")
    assert len(nb.cells) == len(before) + 1
    HideTests().preprocess(nb, {})
    assert [cell.source for cell in nb.cells] == before


def test_hidden_tests_and_mark_schemes_are_cut_out_of_feedback():
    hidden = "a = 1\n    ### BEGIN HIDDEN TESTS\n    secret\n    ### END HIDDEN TESTS\nb = 2"
    scheme = "Why?\n=== BEGIN MARK SCHEME ===\nsecret\n=== END MARK SCHEME ==="
    nb = submitted(test_answer=hidden, report=scheme)
    HideTests().preprocess(nb, {})
    assert named(nb, "test_answer").source == "a = 1\nb = 2"
    assert named(nb, "report").source == "Why?"
