"""An exercise's text (``source/<exercise>/<exercise>.py``) read, completed and checked.

The text is jupytext's ``py:percent`` with short nbgrader metadata in the cell headers. What comes
out is a notebook with everything nbgrader wants to know, or one error that lists all that is wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# No version in it: the file must not change with the Python that built it.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}

MARKER = re.compile(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b")
SOLUTION, HIDDEN, SCHEME = "SOLUTION", "HIDDEN TESTS", "MARK SCHEME"

CHECK, REPORT, TODO, GIVEN = "check", "report", "todo", "given"
# A kind of cell is told by what its header says: (cell type, graded, solution).
KINDS = {
    ("code", True, False): CHECK,
    ("markdown", True, True): REPORT,
    ("code", False, True): TODO,
    ("code", False, False): GIVEN,
    ("markdown", False, False): GIVEN,
}
PREFIX = {CHECK: "test_", REPORT: "report_", GIVEN: "given_"}
ALLOWED = {CHECK: {HIDDEN}, REPORT: {SOLUTION, SCHEME}, TODO: {SOLUTION}, GIVEN: set()}
HEADER_KEYS = {"grade_id", "grade", "solution", "locked", "points"}
NBVAL_TAGS = {
    "nbval-ignore-output",
    "nbval-check-output",
    "nbval-raises-exception",
    "nbval-skip",
}

TOP_LINE = re.compile(
    r"\*\*Time:\*\* (?P<least>\d+)[–-](?P<most>\d+) minutes · "
    r"\*\*Points:\*\* (?P<points>\d+) "
    r"\((?P<automatic>\d+) checked automatically, (?P<read>\d+) read by a person\)"
)
TOP_LINE_EXAMPLE = (
    "**Time:** 30–45 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)"
)
SECTION_MINUTES = re.compile(r"^## .*?·\s*(\d+)\s*min\s*$", re.MULTILINE)


class ExerciseError(ValueError):
    """What is wrong with an exercise's text: one line for each problem, with file and cell."""

    def __init__(self, path: Path | str, problems: Iterable[str]):
        self.path = path
        self.problems = list(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


def names(root: Path = ROOT) -> list[str]:
    """The exercises that have a text, in order: folders of ``source/`` holding ``<name>.py``."""
    return sorted(
        path.stem for path in (root / "source").glob("*/*.py") if path.stem == path.parent.name
    )


def text_path(exercise: str, root: Path = ROOT) -> Path:
    """Where the text of an exercise lies."""
    return root / "source" / exercise / f"{exercise}.py"


def read(exercise: str, root: Path = ROOT) -> NotebookNode:
    """The instructor's notebook of an exercise, without outputs, complete for nbgrader.

    Raises `ExerciseError` naming file, line and cell of everything that is wrong, and
    `FileNotFoundError` with the exercises there are when there is no such text.
    """
    path = text_path(exercise, root)
    if not path.is_file():
        known = ", ".join(names(root)) or "none yet"
        raise FileNotFoundError(f"there is no exercise {exercise!r} ({path}); there are: {known}")
    return parse(path.read_text(encoding="utf-8"), path.relative_to(root))


def parse(text: str, path: Path | str) -> NotebookNode:
    """`read` for a text at hand; `path` is only used in messages."""
    raw = jupytext.reads(text, fmt="py:percent")
    problems = _Problems(text, raw)
    cells = [_complete(index, cell, problems) for index, cell in enumerate(raw.cells)]
    _check_unique_ids(cells, problems)
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
    )
    notebook.nbformat_minor = 5
    _check_top(notebook, problems)
    if problems.found:
        raise ExerciseError(path, problems.found)
    _name_cells(cells)
    return notebook


def worked(notebook: NotebookNode) -> NotebookNode:
    """A copy of an instructor's notebook as a reader sees it: everything shown, no markers.

    Mark schemes are folded, so that the answers above them read on.
    """
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        lines = (_unmarked(line) for line in cell.source.split("\n"))
        cell.source = "\n".join(line for line in lines if line is not None).strip("\n")
    return copy


def answer(cell: NotebookNode) -> str:
    """What the worked notebook answers in a cell: its source without markers and mark scheme.

    >>> text = "def f():\\n    ### BEGIN SOLUTION\\n    return 1\\n    ### END SOLUTION"
    >>> answer(NotebookNode(source=text))
    'def f():\\n    return 1'
    """
    kept = [line for region, line in regions(cell.source) if region != SCHEME]
    return "\n".join(kept).strip("\n")


def kind(cell: NotebookNode) -> str | None:
    """What a cell is to nbgrader: check, report, todo, given, or None for an ordinary cell."""
    meta = cell.metadata.get("nbgrader")
    if not meta:
        return None
    return KINDS.get((cell.cell_type, meta.get("grade", False), meta.get("solution", False)))


def grade_id(cell: NotebookNode) -> str | None:
    """The name by which nbgrader knows a cell; None for an ordinary one."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def points(notebook: NotebookNode, of: str = CHECK) -> dict[str, float]:
    """The points of the cells of one kind (`CHECK` or `REPORT`), by ``grade_id``, in order."""
    return {
        grade_id(cell): float(cell.metadata.nbgrader.points)
        for cell in notebook.cells
        if kind(cell) == of
    }


def regions(source: str) -> Iterator[tuple[str | None, str]]:
    """The lines of a cell, each with the marked region it is in; marker lines are left out.

    Raises `ValueError` for a region that is not closed, is closed without being open, or lies
    in another one.

    >>> list(regions("a\\n### BEGIN SOLUTION\\nb\\n### END SOLUTION"))
    [(None, 'a'), ('SOLUTION', 'b')]
    """
    current = None
    for line in source.split("\n"):
        marker = MARKER.search(line)
        if not marker:
            yield current, line
            continue
        what, region = marker.groups()
        if what == "BEGIN" and current:
            raise ValueError(f"BEGIN {region} stands inside {current}, which has no END yet")
        if what == "END" and current != region:
            raise ValueError(f"END {region} without a BEGIN {region} before it")
        current = region if what == "BEGIN" else None
    if current:
        raise ValueError(f"BEGIN {current} is never closed: add END {current}")


def _unmarked(line: str) -> str | None:
    """What a reader gets for a line: itself, nothing for a marker, a fold for a mark scheme."""
    marker = MARKER.search(line)
    if not marker:
        return line
    folds = {"BEGIN": "\n<details><summary>Mark scheme</summary>\n", "END": "\n</details>"}
    return folds[marker[1]] if marker[2] == SCHEME else None


@dataclass
class _Problems:
    """Collects what is wrong, saying for each cell where it stands in the text."""

    text: str
    raw: NotebookNode
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines = self.text.split("\n")
        starts = [n for n, line in enumerate(lines, 1) if re.match(r"# %%( |$)", line)]
        surplus = len(self.raw.cells) - len(starts)
        self.lines = [1] * surplus + starts if surplus >= 0 else []

    def add(self, index: int, message: str) -> None:
        meta = self.raw.cells[index].metadata.get("nbgrader", {})
        name = meta.get("grade_id") if isinstance(meta, dict) else None
        line = f"line {self.lines[index]}, " if self.lines else ""
        self.found.append(f"{line}cell {name or index + 1}: {message}")


def _complete(index: int, raw: NotebookNode, problems: _Problems) -> NotebookNode:
    """The cell with complete metadata; what cannot be completed is added to the problems."""
    if "incorrectly_encoded_metadata" in raw.metadata:
        problems.add(
            index, f"the header is not JSON: {raw.metadata['incorrectly_encoded_metadata']}"
        )
    metadata = {}
    tags = raw.metadata.get("tags", [])
    for tag in tags:
        if tag.startswith("nbval") and tag not in NBVAL_TAGS:
            problems.add(
                index, f"tag {tag!r} is unknown; nbval knows {', '.join(sorted(NBVAL_TAGS))}"
            )
    if tags:
        metadata["tags"] = list(tags)
    header = raw.metadata.get("nbgrader")
    if header is not None:
        metadata["nbgrader"] = _complete_nbgrader(index, raw, dict(header), problems)
    source = raw.source.strip("\n")
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    if raw.cell_type not in make:
        problems.add(index, f"is a {raw.cell_type} cell; use code or [markdown]")
    cell = make.get(raw.cell_type, make["markdown"])(source, metadata=metadata)
    _check_regions(index, cell, problems)
    if kind(cell) == CHECK:
        _fold(cell)
    return cell


def _fold(check: NotebookNode) -> None:
    """Show of a check its first line only, which says what it is, until a reader opens it."""
    number = check.metadata.nbgrader.points
    points = "1 point" if number == 1 else f"{number:g} points"
    check.source = f"# Check, {points}: run this cell.\n{check.source}"
    check.metadata.jupyter = {"source_hidden": True}


def _complete_nbgrader(index: int, raw: NotebookNode, header: dict, problems: _Problems) -> dict:
    unknown = set(header) - HEADER_KEYS
    if unknown:
        problems.add(index, f"unknown nbgrader key {', '.join(sorted(unknown))}")
    name = header.get("grade_id", "")
    if not re.fullmatch(r"[A-Za-z0-9_]{1,60}", name):
        problems.add(index, f"needs a grade_id of letters, digits and _ (got {name!r})")
    graded, solution = header.get("grade", False), header.get("solution", False)
    of = KINDS.get((raw.cell_type, graded, solution))
    if of is None:
        wanted = (
            '"grade": true and "solution": true'
            if raw.cell_type == "markdown"
            else ('either "grade": true (a check) or "solution": true (a TODO)')
        )
        problems.add(index, f"a {raw.cell_type} cell takes {wanted}")
    if of == GIVEN and not header.get("locked"):
        problems.add(index, 'is not graded and no solution: say "locked": true if it is given code')
    wanted_prefix = PREFIX.get(of, "")
    if not name.startswith(wanted_prefix):
        problems.add(index, f"is a {of} cell, so its grade_id starts with {wanted_prefix}")
    if of == TODO and name.startswith(tuple(PREFIX.values())):
        problems.add(index, "is a TODO cell: its grade_id is the name it defines")
    complete = {
        "cell_type": raw.cell_type,
        "grade": graded,
        "grade_id": name,
        "locked": of in (CHECK, GIVEN),
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    number = header.get("points")
    if graded:
        if isinstance(number, bool) or not isinstance(number, int | float) or number <= 0:
            problems.add(
                index, f'is graded: say how many points, as in "points": 4 (got {number!r})'
            )
            number = 0
        complete["points"] = number
    elif number is not None:
        problems.add(index, 'has points but is not graded: add "grade": true or take them away')
    return complete


def _check_regions(index: int, cell: NotebookNode, problems: _Problems) -> None:
    try:
        list(regions(cell.source))
    except ValueError as error:
        problems.add(index, str(error))
        return
    inside = {marker[2] for marker in MARKER.finditer(cell.source)}
    of = kind(cell)
    for region in sorted(inside - ALLOWED.get(of, set())):
        problems.add(index, f"a {region} region cannot stand in {of or 'an ordinary'} cell")
    if of == TODO and SOLUTION not in inside:
        # Without a region nbgrader would take the signature and the docstring away too.
        problems.add(index, "has no BEGIN SOLUTION … END SOLUTION around what the learner writes")
    if of == REPORT and SCHEME not in inside:
        problems.add(
            index, "has no BEGIN MARK SCHEME … END MARK SCHEME for the person who grades it"
        )


def _check_unique_ids(cells: list[NotebookNode], problems: _Problems) -> None:
    seen = {}
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if name and name in seen:
            problems.add(index, f"grade_id {name} is taken by cell {seen[name] + 1}")
        seen.setdefault(name, index)


def _check_top(notebook: NotebookNode, problems: _Problems) -> None:
    """Minutes and points on top of the notebook against its headings and cells."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    found = TOP_LINE.search(prose[0]) if prose else None
    if not found:
        problems.found.append(f"the first text cell has no line such as: {TOP_LINE_EXAMPLE}")
        return
    top = {key: int(value) for key, value in found.groupdict().items()}
    automatic, read_ = (sum(points(notebook, of).values()) for of in (CHECK, REPORT))
    for said, counted, of in (
        (top["automatic"], automatic, "checked automatically"),
        (top["read"], read_, "read by a person"),
        (top["points"], automatic + read_, "in all"),
    ):
        if said != counted:
            problems.found.append(f"the top says {said} points {of}, the cells have {counted:g}")
    if not 0.2 <= read_ / max(automatic + read_, 1) <= 0.3:
        problems.found.append(
            "about a quarter of the points are for report_ cells, "
            f"here {read_:g} of {automatic + read_:g}"
        )
    minutes = sum(int(m) for source in prose for m in SECTION_MINUTES.findall(source))
    if not top["least"] <= minutes <= top["most"]:
        problems.found.append(
            f"the top says {top['least']}–{top['most']} minutes, "
            f"the section headings (## … · N min) add up to {minutes}"
        )


def _name_cells(cells: list[NotebookNode]) -> None:
    """Ids that stay the same from build to build: the grade_id, or a hash of what the cell says."""
    taken = {name for cell in cells if (name := grade_id(cell))}
    for cell in cells:
        name, occurrence = grade_id(cell), 0
        while name is None or (name in taken and not grade_id(cell)):
            said = f"{cell.cell_type}\n{occurrence}\n{cell.source}"
            name = hashlib.sha256(said.encode()).hexdigest()[:12]
            occurrence += 1
        taken.add(name)
        cell.id = name
