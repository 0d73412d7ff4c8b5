"""From an exercise's text to its notebooks: ``make build``.

    source/<exercise>/<exercise>.py     the text that is edited
      → source/<exercise>/<exercise>.ipynb    what nbgrader grades from (no outputs)
      → release/<exercise>/                   what learners get (made by nbgrader)
      → notebooks/<exercise>.ipynb            the worked notebook, executed
      → examples/submitted/<learner>/…        sample answers, from the planted ones

The same text gives the same bytes, but for what is measured in ``notebooks/``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader import utils as nbgrader_utils
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from course import exercise as texts
from course import planted
from course.exercise import ROOT

CELL_SECONDS = 600  # a worked notebook that hangs is an error, not a wait


class BuildError(RuntimeError):
    """A notebook could not be made: says which, at which cell, and why."""


def build(
    exercises: Iterable[str] = (),
    *,
    root: Path = ROOT,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Build the named exercises, or all of them; ``force`` runs worked notebooks again.

    A worked notebook is run only when its cells are not those of the text any more: a change in
    `helpers` alone does not show in them, nbval tells when it changes an output.
    """
    todo = list(exercises) or texts.names(root)
    if not todo:
        say(f"Nothing to build: {root / 'source'} has no exercise yet.")
    load = psutil.getloadavg()[0]  # before we add to it
    is_busy = load > (os.cpu_count() or 1) / 2
    measured = []
    for name in todo:
        started = time.perf_counter()
        source = texts.read(name, root)
        _write(source_path(name, root), dumps(source))
        _mirror(release_files(name, source, root), root / "release" / name)
        executed = force or not _is_worked(worked_path(name, root), source)
        if executed:
            busy = f", while others are at work (load average {load:.1f})" if is_busy else ""
            say(f"{name}: running the worked notebook{busy} …")
            _write(worked_path(name, root), dumps(execute(source, name, root)))
            measured.append(name)
        _sync_samples(name, root)
        how = "built and run" if executed else "built; the worked notebook was up to date"
        say(f"{name}: {how} ({time.perf_counter() - started:.1f} s)")
    if is_busy and measured:
        say(
            "What others did here meanwhile shows in the measurements. When it is quiet, run: "
            f'make build FORCE=1 EXERCISE="{" ".join(measured)}"'
        )
    if not list(exercises):
        for orphan in _orphans(root):
            say(f"removed {orphan.relative_to(root).as_posix()}: no text makes it any more")
            shutil.rmtree(orphan) if orphan.is_dir() else orphan.unlink()


def check(root: Path = ROOT) -> list[str]:
    """Everything that is not as `build` would leave it, a sentence each; empty when all is well."""
    problems = [
        f"{orphan.relative_to(root).as_posix()} is made from no text: run make build"
        for orphan in _orphans(root)
    ]
    for name in texts.names(root):
        try:
            source = texts.read(name, root)
        except texts.ExerciseError as error:
            problems += str(error).split("\n")
            continue
        wanted = {source_path(name, root): dumps(source)}
        release = release_files(name, source, root)
        wanted |= {root / "release" / name / path: data for path, data in release.items()}
        problems += leaks(source, release, name)
        if not _is_worked(worked_path(name, root), source):
            problems.append(_stale(worked_path(name, root), root))
        extra = set(_files(root / "release" / name)) - set(wanted)
        if all(_same(path, data) for path, data in wanted.items()) and not extra:
            # Samples are composed from release/, so there is no sense in comparing them before.
            wanted |= _samples(name, root)
        problems += [_stale(path, root) for path, data in wanted.items() if not _same(path, data)]
        problems += [
            f"{path.relative_to(root).as_posix()} does not belong there: run make build"
            for path in sorted(extra)
        ]
    return problems


def source_path(exercise: str, root: Path = ROOT) -> Path:
    """The instructor's notebook, which nbgrader grades from."""
    return root / "source" / exercise / f"{exercise}.ipynb"


def release_path(exercise: str, root: Path = ROOT) -> Path:
    """The notebook learners get."""
    return root / "release" / exercise / f"{exercise}.ipynb"


def worked_path(exercise: str, root: Path = ROOT) -> Path:
    """The worked notebook with its outputs."""
    return root / "notebooks" / f"{exercise}.ipynb"


def release_files(exercise: str, source: NotebookNode, root: Path = ROOT) -> dict[str, bytes]:
    """What nbgrader hands out for an exercise: contents by path within ``release/<exercise>``.

    nbgrader works in a folder of its own without a database, so that no gradebook appears here.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as scratch:
        course = Path(scratch).resolve()
        folder = course / "source" / exercise
        given = root / "source" / exercise
        shutil.copytree(
            given, folder, ignore=shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints")
        )
        (folder / f"{exercise}.ipynb").write_bytes(dumps(source))
        config = nbgrader_config(root)
        config.CourseDirectory.root = str(course)
        config.CourseDirectory.db_url = "sqlite://"
        config.CourseDirectory.assignment_id = exercise
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
        try:
            GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
        except NbGraderException as error:
            raise BuildError(f"{exercise}: nbgrader could not make the release: {error}") from error
        made = course / "release" / exercise
        files = {path.relative_to(made).as_posix(): path.read_bytes() for path in _files(made)}
    notebook = nbformat.reads(files[f"{exercise}.ipynb"].decode("utf-8"), as_version=4)
    for cell in notebook.cells:
        if texts.kind(cell) == texts.CHECK:
            # Run All goes on past a check that is not passed yet.
            cell.metadata.tags = [*cell.metadata.get("tags", []), "raises-exception"]
    files[f"{exercise}.ipynb"] = dumps(notebook)  # our line ends, on Windows too
    return files


def nbgrader_config(root: Path = ROOT) -> Config:
    """The settings in ``nbgrader_config.py`` of that course, or of this one where it has none."""
    folder = root if (root / "nbgrader_config.py").is_file() else ROOT
    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def leaks(source: NotebookNode, release: dict[str, bytes], exercise: str) -> list[str]:
    """Solutions, hidden tests and mark schemes of ``source`` that show in what is handed out."""
    found = [
        f"release/{exercise}/{path}: only notebooks and data are handed out, no Python files"
        for path in release
        if path.endswith(".py")
    ]
    marked = [pair for cell in source.cells for pair in texts.regions(cell.source)]
    public = {line.strip() for region, line in marked if region is None}
    secret = {line.strip(): region for region, line in marked if region} | dict.fromkeys(public)
    for path, data in release.items():
        if not path.endswith(".ipynb"):
            continue
        for cell in nbformat.reads(data.decode("utf-8"), as_version=4).cells:
            where = f"release/{exercise}/{path}, cell {texts.grade_id(cell) or cell.id}"
            if cell.get("outputs"):
                found.append(f"{where}: has outputs")
            for line in cell.source.split("\n"):
                region = "marker" if texts.MARKER.search(line) else secret.get(line.strip())
                # One word or bracket may well be in both.
                if region and len(line.strip()) > 6:
                    found.append(f"{where}: shows a {region.lower()} line: {line.strip()}")
    return found


def execute(source: NotebookNode, exercise: str, root: Path = ROOT) -> NotebookNode:
    """The worked notebook of ``source`` run from top to bottom in an empty folder.

    Raises `BuildError` when a cell raises, writes to stderr where it is graded, or when the worked
    answers do not get all the points of a check.
    """
    notebook = texts.worked(source)
    with tempfile.TemporaryDirectory(prefix="notebook-") as scratch:
        folder = Path(scratch).resolve() / exercise
        folder.mkdir()
        # Neither the user's IPython start-up files nor their history have a say in the outputs.
        env = os.environ | {"IPYTHONDIR": str(folder.parent / "ipython")}
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=40"],  # no warning about TCP at every start
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute(env=env)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise BuildError(f"{exercise}: {_failed_cell(notebook)}: {error}") from error
        _tidy(notebook, [(folder, "."), (folder.parent, "."), (root, "<course>")])
    _check_scores(notebook, exercise)
    return notebook


def dumps(notebook: NotebookNode) -> bytes:
    """A notebook as the bytes of its file: the same everywhere."""
    return (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode("utf-8")


def _failed_cell(notebook: NotebookNode) -> str:
    run = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count]
    return f"cell {run[-1].id}" if run else "before the first cell"


def _check_scores(notebook: NotebookNode, exercise: str) -> None:
    for cell in notebook.cells:
        if texts.kind(cell) != texts.CHECK:
            continue
        said = [o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
        if said:
            raise BuildError(f"{exercise}: {texts.grade_id(cell)} writes to stderr: {said[0]}")
        results = [o for o in cell.outputs if o.output_type == "execute_result"]
        if not results:
            raise BuildError(f"{exercise}: {texts.grade_id(cell)} does not end with check.score()")
        score, most = nbgrader_utils.determine_grade(cell)
        if score != most:
            raise BuildError(
                f"{exercise}: the worked answer gets {score:g} of {most:g} points in "
                f"{texts.grade_id(cell)}: {results[-1].data.get('text/plain')}"
            )


def _tidy(notebook: NotebookNode, places: list[tuple[Path, str]]) -> None:
    """Leave in an executed notebook only what another run on another machine would leave."""
    places = [
        *places,
        (Path(sys.prefix), "<python>"),
        (Path(sys.base_prefix), "<python>"),
        (Path(tempfile.gettempdir()), "<temp>"),
        (Path.home(), "~"),
    ]
    spelled = {}
    for path, name in places:
        for spelling in {str(path), path.as_posix(), str(path.resolve()), repr(str(path))[1:-1]}:
            if len(spelling) > 3:  # not "/", should someone's home be there
                spelled.setdefault(spelling, name)
    # The longest first: the course may lie in the home folder.
    pattern = re.compile("|".join(re.escape(s) for s in sorted(spelled, key=len, reverse=True)))

    def clean(value):
        if isinstance(value, str):
            value = pattern.sub(lambda found: spelled[found.group()], value)
            return re.sub(r"ipykernel_\d+([/\\]+)\d+\.py", r"ipykernel\1cell.py", value)
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return NotebookNode({key: clean(item) for key, item in value.items()})
        return value

    notebook.metadata = NotebookNode(
        kernelspec=dict(texts.KERNEL), language_info=dict(texts.LANGUAGE)
    )
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        outputs = []
        for output in cell.outputs:
            last = outputs[-1] if outputs else None
            # How a stream is cut into messages depends on when it was flushed.
            if (
                last
                and output.output_type == last.output_type == "stream"
                and output.name == last.name
            ):
                last.text += output.text
            else:
                outputs.append(output)
        for output in outputs:
            for key in {"text", "traceback", "evalue"} & set(output):
                output[key] = clean(output[key])
            for mime, value in output.get("data", {}).items():
                if mime not in ("image/png", "image/jpeg"):
                    output.data[mime] = clean(value)
        cell.outputs = outputs


def _is_worked(path: Path, source: NotebookNode) -> bool:
    """Whether the file is the worked notebook of this text, executed."""
    if not path.is_file():
        return False
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, nbformat.ValidationError):
        return False
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(cell.source.strip() and cell.execution_count is None for cell in code):
        return False
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    return dumps(notebook) == dumps(texts.worked(source))


def _samples(exercise: str, root: Path) -> dict[Path, bytes]:
    """The sample submissions of an exercise: contents by path."""
    return {
        root / "examples" / "submitted" / one.sample / exercise / f"{exercise}.ipynb": dumps(
            planted.compose(one, root)
        )
        for one in planted.load(exercise, root)
        if one.sample
    }


def _sync_samples(exercise: str, root: Path) -> None:
    wanted = _samples(exercise, root)
    for folder in (root / "examples" / "submitted").glob(f"*/{exercise}"):
        if not any(folder in path.parents for path in wanted):
            shutil.rmtree(folder)
    for path, data in wanted.items():
        _write(path, data)


def _orphans(root: Path) -> list[Path]:
    """What was built from texts that are not there any more."""
    known = set(texts.names(root))
    release = [path for path in (root / "release").glob("*") if path.name not in known]
    worked = [path for path in (root / "notebooks").glob("*.ipynb") if path.stem not in known]
    samples = [
        folder
        for folder in (root / "examples" / "submitted").glob("*/*")
        if folder.is_dir()
        and not any(
            one.sample == folder.parent.name
            for one in (planted.load(folder.name, root) if folder.name in known else [])
        )
    ]
    return sorted(release + worked + samples)


def _stale(path: Path, root: Path) -> str:
    state = "is not what its text says any more" if path.exists() else "is missing"
    return f"{path.relative_to(root).as_posix()} {state}: run make build"


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not {".ipynb_checkpoints", "__pycache__"} & set(path.parts)
    )


def _write(path: Path, data: bytes) -> None:
    """Write a file at once or not at all; one that is as wanted is left alone."""
    if _same(path, data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _mirror(files: dict[str, bytes], folder: Path) -> None:
    """Make a folder hold these files and no others."""
    wanted = {folder / path: data for path, data in files.items()}
    for path in set(_files(folder)) - set(wanted):
        path.unlink()
    for path, data in wanted.items():
        _write(path, data)
