"""Notebooks that try to be graded better than they are, or to do harm: judged as when grading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from course.grading.judge import Judge
from helpers.checks.score import MIME


@dataclass
class Judged:
    """What became of a notebook: outputs as text by cell, and what each check found."""

    said: list[str] = field(default_factory=list)
    checks: list[dict] = field(default_factory=list)

    @property
    def verdicts(self) -> list[list[str]]:
        """The verdicts of each check's parts; none for a check that came to no score."""
        return [[part["verdict"] for part in check.get("parts", [])] for check in self.checks]

    @property
    def messages(self) -> str:
        """All that the checks say."""
        return "\n".join(part["message"] for check in self.checks for part in check["parts"])


class Check(str):
    """The source of a check cell."""


def _judge(*sources: str, given: str = "", **settings: float) -> Judged:
    role = {"grade": False, "solution": True, "locked": False, "task": False, "schema_version": 3}
    test = role | {"grade": True, "solution": False, "locked": True, "points": 9}
    cells = []
    for number, source in enumerate((given, *sources)):
        cell = new_code_cell(source)
        kind = test if isinstance(source, Check) else role
        cell.metadata.nbgrader = NotebookNode(kind | {"grade_id": f"cell_{number}"})
        cells.append(cell)
    nb = new_notebook(cells=cells)
    judge = Judge()
    for name, value in settings.items():
        setattr(judge, name, value)
    asyncio.run(judge.judge(nb, [given]))

    result = Judged()
    for cell, source in zip(nb.cells[1:], sources, strict=True):
        if isinstance(source, Check):
            result.checks.append(next((o.data[MIME] for o in cell.outputs if "data" in o), {}))
        else:
            result.said.append("".join(o.get("text", o.get("evalue", "")) for o in cell.outputs))
    return result


@pytest.fixture
def judged() -> Callable[..., Judged]:
    """Judges cells in order: texts are the learner's, `check(...)` makes one a check."""
    return _judge


@pytest.fixture
def check() -> Callable[[str], Check]:
    """Makes a check cell of the text of its parts; calls that do not end are soon given up."""

    def make(parts: str, names: str = "'answer'") -> Check:
        return Check(
            "import itertools, random\nfrom helpers import checks, data\n"
            "from helpers.checks import links\nlinks.CALL_SECONDS = 0.5\n"
            f"check = checks.Check({names})\nlearner, given = check.learner, check.given\n"
            f"{parts}\ncheck.score()"
        )

    return make
