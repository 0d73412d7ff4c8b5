"""From an exercise's text to its notebooks."""

import json
import re

import nbformat
import pytest

from course import build, exercise
from course.exercise import ROOT, ExerciseError

TOP = "**Time:** 5–10 minutes · **Points:** 8 (6 checked automatically, 2 read by a person)"


def edit(root, old, new, count=1):
    path = exercise.text_path("tiny", root)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def notebook(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def cell(path, name):
    return next(one for one in notebook(path).cells if exercise.grade_id(one) == name)


def every_file(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def quiet(line):
    pass


# --- this course ---------------------------------------------------------------------------------


def test_everything_in_the_course_is_built_from_its_texts():
    assert build.check(ROOT) == []


# --- the text ------------------------------------------------------------------------------------


def test_metadata_is_completed_for_nbgrader(tiny):
    read = {exercise.grade_id(one): one for one in exercise.read("tiny", tiny).cells}
    assert read["test_in_order"].metadata.nbgrader == {
        "cell_type": "code",
        "grade": True,
        "grade_id": "test_in_order",
        "locked": True,
        "points": 4,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert "points" not in read["in_order"].metadata.nbgrader
    assert [exercise.kind(read[name]) for name in ("given_numbers", "in_order", "report_why")] == [
        "given",
        "todo",
        "report",
    ]


def test_cell_ids_are_unique_and_do_not_depend_on_other_cells(tiny):
    before = [one.id for one in exercise.read("tiny", tiny).cells]
    edit(tiny, "# The smallest first.", "# The smallest first.\n\n# %%\n1 + 1\n\n# %%\n1 + 1")
    after = [one.id for one in exercise.read("tiny", tiny).cells]
    assert len(set(after)) == len(after) == len(before) + 2
    assert set(before) < set(after)


def test_points_are_told_by_kind_of_cell(tiny):
    read = exercise.read("tiny", tiny)
    assert exercise.points(read) == {"test_in_order": 4.0, "test_largest": 2.0}
    assert exercise.points(read, exercise.REPORT) == {"report_why": 2.0}


def test_an_exercise_that_is_not_there_is_answered_with_those_that_are(tiny):
    with pytest.raises(FileNotFoundError, match=r"no exercise 'tinny'.*there are: tiny"):
        exercise.read("tinny", tiny)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"solution": true}\n### BEGIN', '"solution": tru}\n### BEGIN', "the header is not JSON"),
        ('"points": 2}\n2.0', '"point": 2}\n2.0', "unknown nbgrader key point"),
        ('"points": 2}\n2.0', '"x": 2}\n2.0', "say how many points"),
        (', "points": 2}\n2.0', "}\n2.0", "cell test_largest: is graded: say how many points"),
        ('"points": 2}\n2.0', '"points": -2}\n2.0', "say how many points"),
        ('"test_largest", "grade": true', '"largest_test", "grade": true', "starts with test_"),
        ('"grade_id": "largest"', '"grade_id": "in_order"', "grade_id in_order is taken by cell 4"),
        ('"grade_id": "largest"', '"grade_id": "larg est"', "letters, digits and _"),
        ('"grade_id": "largest"', '"grade_id": "test_it"', "its grade_id is the name it defines"),
        ('"given_numbers", "locked": true', '"given_numbers"', '"locked": true if it is given'),
        ("### END SOLUTION\n\n\n", "\n\n\n", "BEGIN SOLUTION is never closed"),
        ("### END HIDDEN TESTS", "### END SOLUTION", "END SOLUTION without a BEGIN SOLUTION"),
        ("numbers = [3", "### BEGIN SOLUTION\nnumbers = [3", "BEGIN SOLUTION is never closed"),
        ("2.0 if largest", "### BEGIN SOLUTION\n### END SOLUTION\n2.0 if largest", "cannot stand"),
        (
            "    ### BEGIN SOLUTION\n    return sorted(values)\n    ### END SOLUTION",
            "    1",
            "has no",
        ),
        ("# === BEGIN MARK SCHEME ===\n", "", "END MARK SCHEME without"),
        ("nbval-ignore-output", "nbval-ignore-outputs", "nbval knows"),
        (TOP, "**Time:** an hour", "has no line such as"),
        ("**Points:** 8", "**Points:** 9", "the top says 9 points in all, the cells have 8"),
        ("(6 checked", "(5 checked", "says 5 points checked automatically, the cells have 6"),
        ("5–10 minutes", "7–10 minutes", "headings .* add up to 6"),
        ('"points": 2}\n# ###', '"points": 20}\n# ###', "a quarter of the points"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_with_file_and_cell(tiny, old, new, message):
    edit(tiny, old, new)
    with pytest.raises(ExerciseError, match=message) as caught:
        exercise.read("tiny", tiny)
    assert all("tiny.py: " in line for line in str(caught.value).split("\n"))


def test_all_that_is_wrong_is_said_at_once_with_lines(tiny):
    edit(tiny, "**Points:** 8", "**Points:** 9")
    edit(tiny, ', "points": 4}', "}")
    with pytest.raises(ExerciseError) as caught:
        exercise.read("tiny", tiny)
    lines = exercise.text_path("tiny", tiny).read_text(encoding="utf-8").split("\n")
    number = next(n for n, line in enumerate(lines, 1) if '"test_in_order"' in line)
    assert f"line {number}, cell test_in_order: is graded" in str(caught.value)
    assert "the top says 9 points" in str(caught.value)


# --- what is built -------------------------------------------------------------------------------


def test_building_leaves_nothing_to_complain_about(built):
    assert build.check(built) == []


def test_the_same_text_gives_the_same_bytes(built):
    before = every_file(built)
    build.build(["tiny"], root=built, force=True, say=quiet)
    after = every_file(built)
    worked = build.worked_path("tiny", built).relative_to(built)
    measured = re.compile(rb'"\d+\.\d+\\n"')
    before[worked], after[worked] = (measured.sub(b"", files[worked]) for files in (before, after))
    assert before == after


def test_a_worked_notebook_is_run_again_only_when_its_cells_changed(built):
    path = build.worked_path("tiny", built)
    before = path.read_bytes()
    build.build(["tiny"], root=built, say=quiet)
    assert path.read_bytes() == before
    edit(built, "# The smallest first.", "# The smallest one first.")
    build.build(["tiny"], root=built, say=quiet)
    assert b"smallest one" in path.read_bytes()
    assert build.check(built) == []


@pytest.mark.parametrize(("load", "told"), [(99.0, True), (0.0, False)])
def test_what_was_measured_while_others_worked_is_to_be_built_again(built, monkeypatch, load, told):
    monkeypatch.setattr(build.psutil, "getloadavg", lambda: (load, load, load))
    monkeypatch.setattr(build, "execute", lambda source, name, root: exercise.worked(source))
    said = []
    build.build(["tiny"], root=built, force=True, say=said.append)
    assert any('make build FORCE=1 EXERCISE="tiny"' in line for line in said) == told


def test_the_release_has_stubs_and_no_secrets(built):
    path = build.release_path("tiny", built)
    assert 'NotImplementedError("Replace' in cell(path, "in_order").source
    assert "(9, 8, 9)" not in cell(path, "test_in_order").source
    assert cell(path, "report_why").source == "YOUR ANSWER HERE"
    assert {one.name for one in path.parent.iterdir()} == {"tiny.ipynb"}
    assert not list(built.rglob("gradebook.db"))


def test_the_worked_notebook_shows_everything_without_markers(built):
    path = build.worked_path("tiny", built)
    assert "(9, 8, 9)" in cell(path, "test_in_order").source
    assert "Two points for saying" in cell(path, "report_why").source
    assert not exercise.MARKER.search(path.read_text(encoding="utf-8"))


def test_the_worked_notebook_names_no_folder_of_this_machine(built):
    text = build.worked_path("tiny", built).read_text(encoding="utf-8")
    assert '"in .\\n"' in text
    assert 'execution"' not in text
    assert "iopub" not in text


def test_data_beside_a_text_is_released_and_python_files_are_not(built):
    folder = exercise.text_path("tiny", built).parent
    (folder / "data.csv").write_text("a,b\n")
    (folder / "answers.py").write_text("1\n")
    build.build(["tiny"], root=built, say=quiet)
    release = build.release_path("tiny", built).parent
    assert {one.name for one in release.iterdir()} == {"tiny.ipynb", "data.csv"}
    (folder / "data.csv").unlink()
    build.build(["tiny"], root=built, say=quiet)
    assert {one.name for one in release.iterdir()} == {"tiny.ipynb"}


def test_only_the_exercise_that_is_named_is_built(tiny):
    other = tiny / "source" / "other" / "other.py"
    other.parent.mkdir()
    other.write_text("not even an exercise")
    build.build(["tiny"], root=tiny, say=quiet)
    assert build.worked_path("tiny", tiny).is_file()
    with pytest.raises(ExerciseError, match="other"):
        build.build(root=tiny, say=quiet)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("numbers = [3, 1, 2]", "numbers = 1 / 0", "given_numbers.*ZeroDivisionError"),
        ("2.0 if largest == 3", "2.0 if largest == 4", "gets 0 of 2 points in test_largest"),
        ("2.0 if largest", "import sys; print(1, file=sys.stderr)\n2.0 if largest", "to stderr"),
        ("2.0 if largest == 3 else 0.0", "score = 2.0", "does not end with"),
    ],
)
def test_a_worked_notebook_that_does_not_work_is_an_error_that_names_the_cell(
    tiny, old, new, message
):
    edit(tiny, old, new)
    with pytest.raises(build.BuildError, match=f"(?s){message}"):
        build.build(["tiny"], root=tiny, say=quiet)
    assert not build.worked_path("tiny", tiny).exists()


# --- what is stale or leaks ----------------------------------------------------------------------


def test_a_changed_text_makes_everything_made_from_it_stale(built):
    edit(built, "# The smallest first.", "# The smallest one first.")
    said = "\n".join(build.check(built))
    for path in ("source/tiny/tiny.ipynb", "release/tiny/tiny.ipynb", "notebooks/tiny.ipynb"):
        assert f"{path} is not what its text says any more: run make build" in said


@pytest.mark.parametrize("name", ["source", "release", "notebooks", "examples"])
def test_a_built_file_that_was_edited_by_hand_or_is_missing_is_stale(built, name):
    path = next((built / name).rglob("tiny.ipynb"))
    path.write_text(path.read_text(encoding="utf-8").replace("Sort them", "Sort these"), "utf-8")
    assert [line for line in build.check(built) if path.relative_to(built).as_posix() in line]
    path.unlink()
    assert [line for line in build.check(built) if "is missing" in line]


def test_what_no_text_makes_any_more_is_found_and_removed(built):
    for path in ("release/old/old.ipynb", "notebooks/old.ipynb", "examples/submitted/x/tiny/a"):
        (built / path).parent.mkdir(parents=True, exist_ok=True)
        (built / path).write_text("{}")
    assert len(build.check(built)) == 3
    build.build(root=built, say=quiet)
    assert build.check(built) == []


def test_a_worked_notebook_that_was_not_run_is_stale(built):
    path = build.worked_path("tiny", built)
    document = json.loads(path.read_text(encoding="utf-8"))
    for one in document["cells"]:
        if one["cell_type"] == "code":
            one["execution_count"], one["outputs"] = None, []
    path.write_text(json.dumps(document))
    assert build.check(built) == [
        "notebooks/tiny.ipynb is not what its text says any more: run make build"
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("    return sorted(values)", "solution"),
        ("if in_order((9, 8, 9)) != [8, 9, 9]:", "hidden tests"),
        ("Two points for saying that a new list is made.", "mark scheme"),
        ("### BEGIN SOLUTION", "marker"),
    ],
)
def test_a_secret_that_shows_in_the_release_is_found(built, line, what):
    source = exercise.read("tiny", built)
    release = notebook(build.release_path("tiny", built))
    release.cells[2].source += f"\n{line}"
    found = build.leaks(source, {"tiny.ipynb": build.dumps(release)}, "tiny")
    assert len(found) == 1
    assert f"shows a {what} line: {line.strip()}" in found[0]
    clean = notebook(build.release_path("tiny", built))
    assert build.leaks(source, {"tiny.ipynb": build.dumps(clean)}, "tiny") == []
