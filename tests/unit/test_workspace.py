"""The learner's own copies, and JupyterLab on them."""

import json
import os
import re

import nbformat
import pytest

from course import workspace

NOTEBOOK = "learn/tiny/tiny.ipynb"


def states(root):
    return {one.path.relative_to(root).as_posix(): one.state for one in workspace.lay(root)}


def release_anew(root):
    path = root / "release" / "tiny" / "tiny.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("smallest", "least"), "utf-8")


def test_the_first_time_every_released_file_is_laid(built):
    assert states(built) == {NOTEBOOK: workspace.NEW}
    assert (built / NOTEBOOK).read_bytes() == (built / "release/tiny/tiny.ipynb").read_bytes()


def test_laying_twice_changes_nothing(built):
    states(built)
    before = {path: path.read_bytes() for path in (built / "learn").rglob("*") if path.is_file()}
    assert states(built) == {NOTEBOOK: workspace.SAME}
    assert before == {path: path.read_bytes() for path in before}


def test_work_is_never_touched_and_a_newer_release_is_mentioned(built):
    states(built)
    (built / NOTEBOOK).write_text("mine")
    release_anew(built)
    (laid,) = workspace.lay(built)
    assert (laid.state, laid.newer_release) == (workspace.YOURS, True)
    assert (built / NOTEBOOK).read_text() == "mine"
    assert "left as it is (release/ has a newer version)" in workspace.describe([laid], built)[0]


def test_an_untouched_copy_is_brought_up_to_date(built):
    states(built)
    release_anew(built)
    assert states(built) == {NOTEBOOK: workspace.UPDATED}
    assert "least" in (built / NOTEBOOK).read_text(encoding="utf-8")
    assert states(built) == {NOTEBOOK: workspace.SAME}


def test_a_file_that_was_there_before_anything_was_laid_is_the_learners(built):
    (built / NOTEBOOK).parent.mkdir(parents=True)
    (built / NOTEBOOK).write_text("mine")
    assert states(built) == {NOTEBOOK: workspace.YOURS}
    assert (built / NOTEBOOK).read_text() == "mine"


def test_a_lost_record_never_costs_work(built):
    states(built)
    (built / "learn" / workspace.RECORD).write_text("{broken")
    release_anew(built)
    before = (built / NOTEBOOK).read_bytes()
    assert states(built) == {NOTEBOOK: workspace.YOURS}
    assert (built / NOTEBOOK).read_bytes() == before


def test_a_copy_that_was_deleted_is_laid_again(built):
    states(built)
    (built / NOTEBOOK).unlink()
    assert states(built) == {NOTEBOOK: workspace.NEW}


def test_before_anything_is_released_the_command_says_what_to_do(tiny, capsys):
    assert workspace.lab(root=tiny) == 1
    assert "run make build" in capsys.readouterr().err


def test_an_exercise_that_is_not_there_is_answered_with_those_that_are(built):
    workspace.lay(built)
    with pytest.raises(FileNotFoundError, match="no exercise 'ex99'; there are: tiny"):
        workspace.command("ex99", root=built)


def test_nothing_is_written_outside_the_course(built, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    workspace.lay(built)
    _, env = workspace.command(browser=False, root=built)
    assert not list(home.iterdir())
    assert env["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(built / "build" / "lab")


@pytest.fixture
def server(built, tmp_path, serving):
    """JupyterLab as `make lab` starts it: a function that asks it for a path."""
    workspace.lay(built)
    arguments, env = workspace.command(browser=False, root=built)
    with serving(arguments, env, built) as ask:
        yield ask


def test_the_server_validates_notebooks_and_shows_only_what_a_learner_needs(server, built):
    status, said = server("/assignments/validate", {"path": "tiny/tiny.ipynb"})
    assert (status, json.loads(said)["success"]) == (200, True)
    failed = json.loads(said)["value"]["failed"]
    assert any("NotImplementedError" in one["error"] for one in failed)

    path = built / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "NotImplementedError" in cell.source:
            cell.source = "largest = 3\ndef in_order(values):\n    return sorted(values)"
        elif cell.source == "YOUR ANSWER HERE":
            cell.source = "It makes a new list."
    nbformat.write(notebook, path)
    _, said = server("/assignments/validate", {"path": "tiny/tiny.ipynb"})
    assert json.loads(said) == {"success": True, "value": {}}

    status, page = server("/lab")
    config = json.loads(re.search(r'id="jupyter-config-data".*?>(.*?)</script>', page, re.S)[1])
    assert set(workspace.DISABLED_IN_LAB) <= set(config["disabledExtensions"])
    assert "@jupyter/nbgrader:validate-assignment" not in config["disabledExtensions"]
    assert server("/formgrader")[0] == 404
    assert [one["name"] for one in json.loads(server("/api/contents")[1])["content"]] == ["tiny"]
