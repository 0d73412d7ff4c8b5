"""Planted submissions: answers whose score is known, kept as readable text.

``tests/planted/<exercise>/<name>.py`` says in its docstring what the answer is, and on lines of
their own:

    scores: full                        what it must get; also: scores: zero
    scores: test_find=0 test_growth=2.5     (checks that are not named get full marks)
    base: release                       what it starts from: worked (as a rule) or release
    sample: ada                         also handed in by ada in examples/submitted/

Then cells in jupytext's percent format: ``# %% <grade_id>`` replaces that cell, ``# %% + after
<grade_id>`` puts a cell of its own behind it. Tags and nbgrader keys in a header go on the cell.
"""

from __future__ import annotations

import ast
import dis
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

import jupytext
import nbformat
from nbformat import NotebookNode

from course import exercise as texts
from course.exercise import ROOT

KEYS = re.compile(r"^\s*(scores|base|sample):\s*(.*?)\s*$", re.MULTILINE)
AFTER = re.compile(r"\+ after (\w+)")


class PlantedError(ValueError):
    """A planted file that cannot be used: says which file, what is wrong and what there is."""


@dataclass(frozen=True)
class Cell:
    """A cell of a planted file: the source that replaces ``target``, or stands after it."""

    target: str
    source: str
    after: bool = False
    cell_type: str = "code"
    metadata: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Planted:
    """An answer and the score each check must give it (points by ``grade_id``, all checks)."""

    exercise: str
    name: str
    summary: str
    base: str
    scores: Mapping[str, float]
    cells: tuple[Cell, ...]
    sample: str | None = None

    @property
    def total(self) -> float:
        """The points of all checks together."""
        return sum(self.scores.values())


def load(exercise: str, root: Path = ROOT) -> list[Planted]:
    """All planted answers of an exercise, by name; an empty list when there are none.

    Raises `PlantedError` for a cell or a check the exercise has not, a score out of range, or a
    docstring without scores.
    """
    files = sorted((root / "tests" / "planted" / exercise).glob("*.py"))
    if not files:
        return []
    source = texts.read(exercise, root)
    return [parse(path.read_text(encoding="utf-8"), path, source) for path in files]


def parse(text: str, path: Path, source: NotebookNode) -> Planted:
    """One planted answer from the text of its file; ``source`` is the instructor's notebook."""
    where = f"{path.parent.name}/{path.name}"
    first, *rest = jupytext.reads(text, fmt="py:percent").cells or [NotebookNode(source="")]
    try:
        said = ast.get_docstring(ast.parse(first.source))
    except SyntaxError as error:
        raise PlantedError(
            f"{where}: what comes before the first cell is not Python: {error}"
        ) from error
    if not said:
        raise PlantedError(f"{where}: starts with a docstring that says what the answer is")
    keys = {}
    for key, value in KEYS.findall(said):
        keys[key] = f"{keys.get(key, '')} {value}".strip()
    base = keys.get("base", "worked")
    if base not in ("worked", "release"):
        raise PlantedError(f"{where}: base is worked or release, not {base!r}")
    ids = [name for cell in source.cells if (name := texts.grade_id(cell))]
    return Planted(
        exercise=path.parent.name,
        name=path.stem,
        summary=" ".join(KEYS.sub("", said).split()),
        base=base,
        scores=_scores(keys.get("scores"), texts.points(source), where),
        cells=_cells(rest, ids, where),
        sample=keys.get("sample"),
    )


def compose(planted: Planted, root: Path = ROOT, *, lean: bool = False) -> NotebookNode:
    """The notebook a learner with this answer would hand in: the released one, filled in.

    Its metadata and checksums are those of ``release/``, its cells have not been run. If `lean`,
    our cells that only show something are left out, which is quicker to judge.
    """
    path = root / "release" / planted.exercise / f"{planted.exercise}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there yet: run make build")
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    released = {cell.id for cell in notebook.cells}
    if planted.base == "worked":
        answers = {
            texts.grade_id(cell): texts.answer(cell)
            for cell in texts.read(planted.exercise, root).cells
            if texts.kind(cell) in (texts.TODO, texts.REPORT)
        }
        for cell in notebook.cells:
            cell.source = answers.get(texts.grade_id(cell), cell.source)
    behind = Counter()  # extra cells put after each cell so far: they stay in their order
    for number, planted_cell in enumerate(planted.cells):
        index = next(
            index
            for index, cell in enumerate(notebook.cells)
            if texts.grade_id(cell) == planted_cell.target
        )
        if planted_cell.after:
            made = _extra(planted_cell, number)
            behind[planted_cell.target] += 1
            notebook.cells.insert(index + behind[planted_cell.target], made)
        else:
            made = notebook.cells[index]
            made.source = planted_cell.source
        header = dict(planted_cell.metadata)
        if "nbgrader" in header:
            header["nbgrader"] = made.metadata.get("nbgrader", {}) | header["nbgrader"]
        made.metadata.update(nbformat.from_dict(header))
    if lean:
        own = {cell.id for cell in notebook.cells} - released
        notebook.cells = _needed(notebook.cells, own)
    return notebook


def _scores(said: str | None, points: dict[str, float], where: str) -> dict[str, float]:
    if not said:
        raise PlantedError(f"{where}: the docstring needs a line scores: full, or scores: test_x=0")
    scores = dict(points)
    for word in said.replace(",", " ").split():
        check, _, number = word.partition("=")
        if word == "full":
            continue
        if word == "zero":
            scores = dict.fromkeys(points, 0.0)
            continue
        if check not in points:
            raise PlantedError(f"{where}: no check {check!r}; there are {', '.join(points)}")
        try:
            scores[check] = float(number)
        except ValueError:
            raise PlantedError(
                f"{where}: {word!r} is not a check and points, as in test_x=2"
            ) from None
        if not 0 <= scores[check] <= points[check]:
            raise PlantedError(
                f"{where}: {check} gives 0 to {points[check]:g} points, not {number}"
            )
    return scores


def _cells(cells: list[NotebookNode], ids: list[str], where: str) -> tuple[Cell, ...]:
    made = []
    for cell in cells:
        header = {key: value for key, value in cell.metadata.items() if key in ("tags", "nbgrader")}
        title = cell.metadata.get("title", "").strip()
        after = AFTER.fullmatch(title)
        target = after.group(1) if after else title
        if target not in ids:
            raise PlantedError(f"{where}: no cell {target!r}; there are {', '.join(ids)}")
        if not after and any(target == other.target and not other.after for other in made):
            raise PlantedError(f"{where}: cell {target} is replaced twice")
        made.append(Cell(target, cell.source.strip("\n"), bool(after), cell.cell_type, header))
    return tuple(made)


def _needed(cells: list[NotebookNode], own: set[str]) -> list[NotebookNode]:
    """The learner's cells (ids in `own`), those with a grade_id, and those whose names they use."""
    kept, wanted = [], set()
    for cell in reversed(cells):
        code = cell.cell_type == "code"
        bound, used = _names(cell) if code else (set(), set())
        if not code or texts.grade_id(cell) or cell.id in own or bound & wanted:
            kept.append(cell)
            wanted = wanted - bound | used
    return kept[::-1]


def _names(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """The names that a cell gives a value to, and those it uses that others have given one."""
    bound, used, later = set(), set(), set()
    if not cell.source.startswith("%"):
        code = compile(cell.source, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        for step in dis.get_instructions(code):
            if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                bound.add(step.argval)
            elif step.opname == "LOAD_NAME" and step.argval not in bound:
                used.add(step.argval)
        inside = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for part in inside:
            inside += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
            later |= set(part.co_names)
        if texts.kind(cell) == texts.CHECK:
            # It reaches the learner's names as attributes, as text, and as parameters as well.
            for part in (code, *inside):
                later |= {name for name in part.co_consts if isinstance(name, str)}
                later |= {*part.co_names, *part.co_varnames[: part.co_argcount]}
    return bound, used | later - bound


def _extra(cell: Cell, number: int) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    made = make[cell.cell_type](cell.source)
    made.id = hashlib.sha256(f"{number} {cell.target} {cell.source}".encode()).hexdigest()[:12]
    return made
