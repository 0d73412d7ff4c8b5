"""What the tests share: a tiny course to build, and a way to say which tool a test needs.

A test marked ``@pytest.mark.needs("bubblewrap")`` is skipped where that Debian package's tool is
not at hand, and the packages missed are named at the end of the run.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from course import build

ROOT = Path(__file__).resolve().parents[1]
TINY = ROOT / "tests" / "tiny"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
COMPILERS = ("cc", "gcc", "clang", "cl")

MISSES = "needs the Debian package "


def _first(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def _bubblewrap_works() -> bool:
    """Whether bubblewrap is there and the system lets it make namespaces."""
    if sys.platform != "linux" or not shutil.which("bwrap"):
        return False
    command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


# Debian package -> whether what it brings works here.
TOOLS = {
    "bubblewrap": _bubblewrap_works,
    "chromium": lambda: _first(CHROMIUM) is not None,
    "build-essential": lambda: _first(COMPILERS) is not None,
    "make": lambda: shutil.which("make") is not None,
}


@functools.cache
def has(package: str) -> bool:
    """Whether the tool of a Debian package works here; asked once a run."""
    return bool(TOOLS[package]())


def pytest_configure(config):
    config.addinivalue_line(
        "markers", f"needs(package): skip without this Debian package: {', '.join(TOOLS)}"
    )


def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        for package in marker.args:
            if not has(package):
                pytest.skip(f"{MISSES}{package}")


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    missed = sorted({why.partition(MISSES)[2] for why in reasons if MISSES in why})
    if missed:
        terminalreporter.section("tests skipped for want of Debian packages")
        terminalreporter.line(f"They run after: sudo apt-get install {' '.join(missed)}")
        if "bubblewrap" in missed and shutil.which("bwrap"):
            terminalreporter.line(
                "bubblewrap is there, but the system refuses it namespaces: "
                "docs/security.md says what to do."
            )


@pytest.fixture
def chromium() -> str:
    """The path of a Chromium for playwright's ``executable_path``."""
    return _first(CHROMIUM)


@pytest.fixture
def tiny(tmp_path) -> Path:
    """The root of a course with one tiny exercise, not built."""
    return Path(shutil.copytree(TINY, tmp_path / "a course"))


@pytest.fixture(scope="session")
def _built_tiny(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("tiny") / "course"
    shutil.copytree(TINY, root)
    build.build(root=root, say=lambda line: None)
    return root


@pytest.fixture
def built(_built_tiny, tmp_path) -> Path:
    """The root of the tiny course, built: a copy of its own for each test."""
    return Path(shutil.copytree(_built_tiny, tmp_path / "a built course"))


@pytest.fixture
def serving(tmp_path):
    """Starts a Jupyter server by its command line; gives a function that asks it for a path."""

    @contextlib.contextmanager
    def serve(arguments, env, folder):
        arguments = [*arguments, "--ServerApp.port_retries=50", "--IdentityProvider.token=t"]
        env = env | {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "HOME": str(tmp_path)}
        process = subprocess.Popen(
            arguments, env=env, cwd=folder, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        address = next(
            found[0] for line in process.stderr if (found := re.search(r"http://[\w.]+:\d+", line))
        )
        session = requests.Session()
        session.headers["Authorization"] = "token t"
        # The address is told a moment before the server listens.
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05)))

        def ask(path, body=None):
            method = "POST" if body else "GET"
            answer = session.request(method, address + path, json=body, timeout=120)
            return answer.status_code, answer.text

        try:
            yield ask
        finally:
            process.terminate()
            process.communicate()

    return serve


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """The root of a course with one exercise, "small", that is graded in a few seconds; built."""
    root = tmp_path_factory.mktemp("small")
    text = root / "source" / "small" / "small.py"
    text.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "grading" / "small.txt", text)
    build.build(root=root, say=lambda line: None)
    return root
