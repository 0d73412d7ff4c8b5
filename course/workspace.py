"""JupyterLab for learners, on their own copies of what is handed out, and for who grades.

Copies lie in ``learn/<exercise>/``, away from the solutions. Work that is there is never touched: a
copy is replaced by a newer release only while it is, byte for byte, as it was handed out.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LABEXTENSIONS = Path(__file__).resolve().parent / "labextensions"

RECORD = ".handed-out.json"  # in learn/: for each file the hashes of what was handed out
NEW, SAME, UPDATED, YOURS = "new", "same", "updated", "yours"

# What of nbgrader and others a learner has no use for without an exchange.
SERVER_EXTENSIONS = {
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "jupyterlab_jupytext": False,
}
DISABLED_IN_LAB = [
    "@jupyter/nbgrader:assignment-list",
    "@jupyter/nbgrader:course-list",
    "@jupyter/nbgrader:create-assignment",
    "@jupyter/nbgrader:formgrader",
    "@jupyter/nbgrader:menu",
    "@jupyterlab/apputils-extension:announcements",
    "jupyterlab-jupytext",
]


@dataclass(frozen=True)
class Laid:
    """What `lay` found or did for one file: ``state`` is `NEW`, `SAME`, `UPDATED` or `YOURS`."""

    path: Path
    state: str
    newer_release: bool = False


def lay(root: Path = ROOT) -> list[Laid]:
    """Lay a copy of every released file that is missing, and bring untouched ones up to date.

    Raises `FileNotFoundError` when nothing has been released yet.
    """
    releases = sorted(
        path
        for path in (root / "release").glob("*/**/*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    )
    if not releases:
        raise FileNotFoundError(f"there is nothing in {root / 'release'} yet: run make build")
    record = _read_record(root)
    laid = [_lay_one(path, root, record) for path in releases]
    _write(root / "learn" / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    return laid


def describe(laid: Sequence[Laid], root: Path = ROOT) -> list[str]:
    """A line for each file, in a learner's words."""
    words = {
        NEW: "is your copy: it was just laid there",
        SAME: "is as it was handed out",
        UPDATED: "was as handed out, and is the newer release now",
        YOURS: "has your work: left as it is",
    }
    newer = " (release/ has a newer version)"
    return [
        f"{one.path.relative_to(root).as_posix()} {words[one.state]}{newer * one.newer_release}"
        for one in laid
    ]


def lab(
    exercise: str | None = None,
    *,
    browser: bool = True,
    port: int | None = None,
    more: Sequence[str] = (),
    root: Path = ROOT,
    say: Callable[[str], None] = print,
) -> int:
    """Lay the copies, then run JupyterLab on ``learn/`` until it is stopped; its exit code."""
    try:
        for line in describe(lay(root), root):
            say(line)
        arguments, env = command(exercise, browser=browser, port=port, more=more, root=root)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    say("To begin one afresh, rename or delete your file and run make lab again.")
    return _become(arguments, env, root)


def formgrader(
    *,
    browser: bool = True,
    port: int | None = None,
    more: Sequence[str] = (),
    root: Path = ROOT,
) -> int:
    """Run a server with nbgrader's Formgrader on the course in ``root`` until it is stopped."""
    arguments, env = grading_command(browser=browser, port=port, more=more, root=root)
    return _become(arguments, env, root)


def grading_command(
    *,
    browser: bool = True,
    port: int | None = None,
    more: Sequence[str] = (),
    root: Path = ROOT,
) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that open Formgrader; run it in ``root``."""
    arguments = _server(root, "/formgrader/gradebook", browser, port)
    extensions = {"nbgrader.server_extensions.formgrader": True}
    return [*arguments, *more], _environment(root, "formgrader", extensions, ())


def _become(arguments: list[str], env: dict[str, str], root: Path) -> int:
    """Run a server in the place of this process, where the system can."""
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(arguments, env=env, cwd=root)
    os.chdir(root)
    return os.execve(arguments[0], arguments, env)  # which never returns: the server goes on


def command(
    exercise: str | None = None,
    *,
    browser: bool = True,
    port: int | None = None,
    more: Sequence[str] = (),
    root: Path = ROOT,
) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that open JupyterLab on ``learn/``; run it in ``root``.

    The Validate handler reads ``nbgrader_config.py`` from the folder the server was started in.
    Raises `FileNotFoundError` for an exercise that has no copy, with those that have.
    """
    learn = root / "learn"
    page = "/lab"
    if exercise:
        if not (learn / exercise / f"{exercise}.ipynb").is_file():
            there = ", ".join(sorted(path.parent.name for path in learn.glob("*/*.ipynb")))
            raise FileNotFoundError(f"there is no exercise {exercise!r}; there are: {there}")
        page = f"/lab/tree/{exercise}/{exercise}.ipynb"
    arguments = _server(learn, page, browser, port)
    arguments.append(f"--LabApp.extra_labextensions_path={LABEXTENSIONS}")
    return [*arguments, *more], _environment(root, "lab", SERVER_EXTENSIONS, DISABLED_IN_LAB)


def _server(folder: Path, page: str, browser: bool, port: int | None) -> list[str]:
    """The command line of a JupyterLab on `folder` that opens `page`."""
    arguments = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    arguments.append(f"--LabApp.default_url={page}")
    if not browser:
        arguments.append("--no-browser")
    if port:
        arguments.append(f"--port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # a container's user; Jupyter would refuse
    return arguments


def _environment(
    root: Path, purpose: str, extensions: dict[str, bool], disabled: Sequence[str]
) -> dict[str, str]:
    """The environment of a server with these server extensions, without those of JupyterLab."""
    settings = _settings(root / "build" / purpose, extensions, disabled)
    env = dict(os.environ)
    for name, first in {
        "JUPYTER_CONFIG_PATH": settings,
        "PYTHONPATH": root,
        "PATH": Path(sys.executable).parent,
    }.items():
        env[name] = os.pathsep.join(filter(None, [str(first), env.get(name)]))
    # Which notebooks were open in other folders is of no interest here.
    env["JUPYTERLAB_WORKSPACES_DIR"] = str(settings / "workspaces")
    return env


def _settings(folder: Path, extensions: dict[str, bool], disabled: Sequence[str]) -> Path:
    """A configuration folder that says what is on; it goes before the user's own, not over it."""
    server = {"ServerApp": {"jpserver_extensions": extensions}}
    page = {"disabledExtensions": dict.fromkeys(disabled, True)}
    _write(folder / "jupyter_server_config.d" / "course.json", json.dumps(server).encode())
    _write(folder / "labconfig" / "page_config.json", json.dumps(page).encode())
    return folder


def _lay_one(release: Path, root: Path, record: dict[str, list[str]]) -> Laid:
    name = release.relative_to(root / "release").as_posix()
    path = root / "learn" / name
    handed_out = record.setdefault(name, [])
    data = release.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if not os.path.lexists(path):
        state = NEW
    elif path.is_symlink() or not path.is_file():
        state = YOURS
    else:
        mine = hashlib.sha256(path.read_bytes()).hexdigest()
        state = SAME if mine == digest else UPDATED if mine in handed_out else YOURS
    if state in (NEW, UPDATED):
        _write(path, data)
    newer = state == YOURS and handed_out != [] and digest not in handed_out
    if state != YOURS and digest not in handed_out:
        handed_out.append(digest)
    return Laid(path, state, newer)


def _read_record(root: Path) -> dict[str, list[str]]:
    try:
        return json.loads((root / "learn" / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # all that is lost is bringing untouched copies up to date


def _write(path: Path, data: bytes) -> None:
    """Write a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    shutil.move(part, path)
