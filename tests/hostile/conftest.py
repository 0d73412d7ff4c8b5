"""Notebooks that try to be graded better than they are, or to do harm: judged as when grading."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from course.grading.judge import Court, Judge
from helpers.checks.links import family
from helpers.checks.score import MIME


@dataclass
class Judged:
    """What became of a notebook: outputs as text by cell, and what each check found."""

    said: list[str] = field(default_factory=list)
    checks: list[dict] = field(default_factory=list)
    cells: list[NotebookNode] = field(default_factory=list)

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

    result = Judged(cells=nb.cells[1:])
    for cell, source in zip(nb.cells[1:], sources, strict=True):
        if isinstance(source, Check):
            result.checks.append(next((o.data[MIME] for o in cell.outputs if "data" in o), {}))
        else:
            result.said.append("".join(o.get("text", o.get("evalue", "")) for o in cell.outputs))
    return result


def _world(pid: int | str) -> int:
    """Which process namespace a process is in; 0 when it is gone."""
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino
    except OSError:
        return 0


@pytest.fixture
def judged(monkeypatch) -> Callable[..., Judged]:
    """Judges cells in order: texts are the learner's, `check(...)` makes one a check.

    Fails when a process of a sandbox, whatever has become of it, is still there afterwards.
    """
    held = contextlib.ExitStack()  # worlds that are held open: their numbers are not used again
    worlds: set[int] = set()
    start = Court._sandboxed

    async def noted(self: Court, name: str) -> object:
        kernel = await start(self, name)
        for pid in family(kernel.pid):
            if _world(pid) not in worlds:
                held.callback(os.close, os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY))
                worlds.add(_world(pid))
        return kernel

    def judge(*sources: str, given: str = "", **settings: float) -> Judged:
        with held:
            return seen_to_its_end(*sources, given=given, **settings)

    def seen_to_its_end(*sources: str, given: str, **settings: float) -> Judged:
        result = _judge(*sources, given=given, **settings)
        ours = worlds - {_world("self"), 0}
        assert ours
        left = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess):
                left += [process] * (_world(process.pid) in ours)
        assert psutil.wait_procs(left, timeout=10)[1] == []
        return result

    monkeypatch.setattr(Court, "_sandboxed", noted)
    return judge


@pytest.fixture
def check() -> Callable[[str], Check]:
    """Makes a check cell of the text of its parts; calls that do not end are soon given up."""

    def make(parts: str, names: str = "'answer'") -> Check:
        return Check(
            "import itertools, random\nfrom helpers import checks, data\n"
            "from helpers.checks import links\nlinks.CALL_SECONDS = 1\n"
            f"check = checks.Check({names})\nlearner, given = check.learner, check.given\n"
            f"{parts}\ncheck.score()"
        )

    return make
