"""The Cython notebook on a machine that has no C compiler: whole, clear, and fair."""

from __future__ import annotations

from nbclient import NotebookClient

from course import evidence, exercise, planted
from helpers.checks.score import MIME


def test_without_a_compiler_nothing_breaks_and_the_rest_of_the_points_can_be_had(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    notebook = planted.compose(evidence.answers("bonus_b_cython")[0])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = {exercise.grade_id(cell): cell.get("outputs", []) for cell in notebook.cells}
    said = "".join(output.get("text", "") for output in outputs["given_compiler"])
    assert "This machine has no C compiler" in said
    found = {
        name: output.data[MIME]["score"]
        for name, shown in outputs.items()
        for output in shown
        if MIME in output.get("data", {})
    }
    # What Cython says of a mistake needs no compiler, and no module to be timed.
    assert found == {"test_build": 1.0, "test_local_score_typed": 0.0, "test_seconds": 1.0}
