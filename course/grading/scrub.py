"""Brings a submitted notebook into the shape nbgrader expects, before anything of it is run.

What a learner may have changed by accident or on purpose is put right from the gradebook's own
copy: roles and points of cells, checks and given cells that are missing or doubled, tags that
would keep a cell from being run. What was put right is kept in the notebook for the summary.

Afterwards: what a person who grades is shown besides, and what a learner is not to see.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

KEY = "performance_practice"


class Scrub(NbGraderPreprocessor):
    """First of the sanitising preprocessors."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Put `nb` right, in place."""
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            source = gradebook.find_notebook(course["notebook"], course["assignment"])
            points = {cell.name: cell.max_score for cell in source.grade_cells}
            solutions = {cell.name for cell in source.solution_cells}
            wanted = {cell.name: _wanted(cell, points, solutions) for cell in source.source_cells}
        repairs = scrub(nb, wanted)
        for repair in repairs:
            self.log.warning("%s: %s", course["student"], repair)
        return nb, resources


def scrub(nb: NotebookNode, wanted: dict[str, NotebookNode]) -> list[str]:
    """Put `nb` right by the cells in `wanted`, in order by grade_id; gives what had to be done."""
    repairs: list[str] = []
    if "python" not in (language := _language(nb.metadata)).lower():
        repairs.append(f"made for {language}; graded with Python")
    nb.metadata = NotebookNode({KEY: {"repairs": repairs}})
    for cell in nb.cells:
        cell.metadata = NotebookNode(
            {"nbgrader": cell.metadata["nbgrader"]} if _known(cell, wanted) else {}
        )
    for name, model in wanted.items():
        copies = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
        if len(copies) > 1:
            repairs.append(f"cell {name} was there {len(copies)} times")
        kept = _kept(copies, model)
        for copy in copies:
            if copy is not kept:
                copy.metadata = NotebookNode()
        if kept is not None:
            if kept.cell_type != model.cell_type:
                repairs.append(f"cell {name} had become a {kept.cell_type} cell")
                _retype(kept, model.cell_type)
            kept.metadata.nbgrader = model.metadata.nbgrader
    for name, model in wanted.items():
        role = model.metadata.nbgrader
        there = any(c.metadata.get("nbgrader", {}).get("grade_id") == name for c in nb.cells)
        if there or (role.solution and not role.grade):
            continue  # a missing answer stays missing: its checks will say so
        repairs.append(f"cell {name} was missing")
        nb.cells.insert(_place(nb, name, list(wanted)), model.copy())
    return repairs


def _language(metadata: NotebookNode) -> str:
    """The language that a notebook says it is in; Python if it says nothing."""
    for place, key in (("kernelspec", "language"), ("language_info", "name")):
        said = metadata.get(place)
        if isinstance(said, dict) and isinstance(said.get(key), str):
            return said[key][:40]
    return "Python"


def _wanted(cell: Any, points: dict[str, float], solutions: set[str]) -> NotebookNode:
    """A cell as the gradebook remembers it."""
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    node = make(cell.source)
    node.metadata.nbgrader = NotebookNode(
        grade_id=cell.name,
        grade=cell.name in points,
        solution=cell.name in solutions,
        locked=cell.locked,
        task=False,
        schema_version=3,
        cell_type=cell.cell_type,
        checksum=cell.checksum,
    )
    if cell.name in points:
        node.metadata.nbgrader.points = points[cell.name]
    return node


def _known(cell: NotebookNode, wanted: dict[str, NotebookNode]) -> bool:
    role = cell.metadata.get("nbgrader")
    return (
        isinstance(role, dict)
        and isinstance(role.get("grade_id"), str)
        and (role["grade_id"] in wanted)
    )


def _kept(copies: list[NotebookNode], model: NotebookNode) -> NotebookNode | None:
    """Of several copies the last one that says something of its own."""
    answered = [copy for copy in copies if copy.source != model.source]
    return (answered or copies or [None])[-1]


def _retype(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
    else:
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)


def _place(nb: NotebookNode, name: str, order: list[str]) -> int:
    """Where a missing cell belongs: after the nearest of those that come before it."""
    before = order[: order.index(name)]
    for index in range(len(nb.cells) - 1, -1, -1):
        if nb.cells[index].metadata.get("nbgrader", {}).get("grade_id") in before:
            return index + 1
    return 0


class ShowSchemes(NbGraderPreprocessor):
    """Puts the mark scheme of the instructor's copy below each answer that a person reads."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Insert the cells, in place; none where the instructor's notebook is not there."""
        named = resources["nbgrader"]
        folders = CourseDirectory(parent=self)
        folder = folders.format_path(folders.source_directory, ".", named["assignment"])
        path = Path(folder, f"{named['notebook']}.ipynb")
        if path.is_file():
            show_schemes(nb, nbformat.read(path, as_version=4))
        return nb, resources


def show_schemes(nb: NotebookNode, source: NotebookNode) -> None:
    """Insert, behind each cell of `nb` whose like in `source` has a mark scheme, one with it."""
    schemes = {
        cell.metadata.nbgrader.grade_id: scheme
        for cell in source.cells
        if utils.is_grade(cell) and (scheme := _within(cell.source, "MARK SCHEME"))
    }
    for index in range(len(nb.cells) - 1, -1, -1):
        name = nb.cells[index].metadata.get("nbgrader", {}).get("grade_id")
        if scheme := schemes.get(name):
            shown = new_markdown_cell(f"*This is shown to who grades only.*\n\n{scheme}")
            shown.metadata[KEY] = {"scheme_of": name}
            nb.cells.insert(index + 1, shown)


class HideTests(NbGraderPreprocessor):
    """Takes hidden tests and mark schemes out of what is fed back to the learner."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Cut the marked regions out of the cells that nbgrader has put in itself."""
        nb.cells = [cell for cell in nb.cells if "scheme_of" not in cell.metadata.get(KEY, {})]
        for cell in nb.cells:
            if utils.is_grade(cell):
                cell.source = _without(cell.source, "HIDDEN TESTS")
                cell.source = _without(cell.source, "MARK SCHEME")
        return nb, resources


def _without(source: str, region: str) -> str:
    return _parts(source, region)[0]


def _within(source: str, region: str) -> str:
    return _parts(source, region)[1].strip()


def _parts(source: str, region: str) -> tuple[str, str]:
    """What of a cell is outside of a marked region, and what is inside."""
    outside, within = [], []
    lines = outside
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            lines = within
        elif f"END {region}" in line:
            lines = outside
        else:
            lines.append(line)
    return "\n".join(outside), "\n".join(within)
