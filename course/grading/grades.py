"""Records scores in the gradebook: nbgrader's own way, and what it has no word for."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from helpers.checks.score import MIME, UNDECIDED

from .kernels import STOPPED


class SaveGrades(SaveAutoGrades):
    """Saves scores. A check that could not decide, or was stopped, is handed to a person."""

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_score(cell, resources)
        stopped = any(output.get("ename") == STOPPED for output in cell.get("outputs", []))
        if stopped or undecided(cell):
            grade = self.gradebook.find_grade(
                cell.metadata["nbgrader"]["grade_id"],
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            )
            grade.needs_manual_grade = True
            self.gradebook.db.commit()


def undecided(cell: NotebookNode) -> bool:
    """Whether a part of a check cell was left undecided."""
    return any(part["verdict"] == UNDECIDED for part in parts(cell))


def parts(cell: NotebookNode) -> list[dict]:
    """The parts of a check cell with their verdicts and figures, as they stand in its output."""
    for output in cell.get("outputs", []):
        if output.output_type == "execute_result" and MIME in output.data:
            return list(output.data[MIME]["parts"])
    return []
