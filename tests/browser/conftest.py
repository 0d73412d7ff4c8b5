"""JupyterLab as ``make lab`` starts it, on a copy of its own, and a Chromium to look at it with."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from course import build, planted, workspace
from course import exercise as texts
from course.exercise import ROOT

EXERCISE = "ex02_algorithm_optimization"
SECONDS = 300  # until something that ought to come is given up: a loaded machine takes its time
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# All cells are in the page, not only those in view.
SETTINGS = {"notebook-extension/tracker": {"windowingMode": "none"}}


@dataclasses.dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs: its course, and the address that opens the exercise."""

    root: Path
    url: str

    def lay(self, name: str, answers: str) -> str:
        """Lay a notebook with planted answers, given as such a file's text; its address."""
        source = texts.read(EXERCISE, ROOT)
        answered = planted.parse(answers, Path(EXERCISE, f"{name}.py"), source)
        path = self.root / "learn" / name / f"{EXERCISE}.ipynb"
        path.parent.mkdir()
        path.write_bytes(build.dumps(planted.compose(answered, ROOT)))
        # Each in a workspace of its own, in which no other notebook is open.
        address = urlsplit(self.url)
        return address._replace(
            path=f"/lab/workspaces/{name}/tree/{name}/{EXERCISE}.ipynb"
        ).geturl()


@dataclasses.dataclass(frozen=True)
class Notebook:
    """A notebook open in JupyterLab, and the addresses its page has asked for."""

    page: Page
    asked: list[str]

    def cell(self, text: str) -> Locator:
        """The first cell whose text, or output, has `text` in it, of the notebook in front."""
        cells = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        return cells.filter(has_text=text).first

    def outputs(self, text: str) -> Locator:
        """All outputs with `text` in them."""
        return self.page.locator(".jp-OutputArea-output").filter(has_text=text)

    def run_all(self) -> None:
        """Start to run all cells of a notebook that is new; a click that is lost is repeated."""
        prompts = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-InputPrompt")
        started = prompts.filter(has_text=re.compile(r"\[[*\d]")).first  # marked at once
        for seconds in (30, 30, SECONDS):
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            with contextlib.suppress(TooLate):
                return started.wait_for(timeout=seconds * 1000, state="attached")
            self.page.keyboard.press("Escape")  # should the menu still be open
        raise AssertionError("Run All Cells was clicked three times, and no cell has started.")

    def validate(self) -> Locator:
        """Press the Validate button; the dialog that answers."""
        self.page.locator(".validate-button").click()
        return self.page.locator(".nbgrader-SuccessDialog, .nbgrader-ErrorDialog")


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab on the learner's copies; neither it nor a kernel of it is left afterwards."""
    root = tmp_path_factory.mktemp("lab") / "a course"
    shutil.copytree(ROOT / "release" / EXERCISE, root / "release" / EXERCISE)
    shutil.copytree(ROOT / "helpers", root / "helpers")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    workspace.lay(root)
    for name, settings in SETTINGS.items():
        path = root / "config/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))
    command, env = workspace.command(EXERCISE, browser=False, root=root, more=["--port=0"])
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "run", "IPYTHONDIR": "ipython"}
    env |= {name: str(root / folder) for name, folder in own.items()}
    with _serving(command, env, root) as url:
        yield Lab(root, url)


@pytest.fixture
def open_notebook(chromium) -> Iterator[Callable[..., Notebook]]:
    """Opens the notebook at an address; keyword arguments are those of a playwright page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        expect.set_options(timeout=SECONDS * 1000)

        def open_it(url: str, **options) -> Notebook:
            page = browser.new_page(**{"viewport": {"width": 1280, "height": 800}} | options)
            page.set_default_timeout(SECONDS * 1000)
            asked = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(url)
            page.locator(".jp-RenderedMarkdown h1").first.wait_for()
            idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
            idle.wait_for(state="attached")  # a narrow tool bar hides it
            return Notebook(page, asked)

        yield open_it
        browser.close()


@contextlib.contextmanager
def _serving(command: list[str], env: dict[str, str], folder: Path) -> Iterator[str]:
    """Run a Jupyter server; its address with the token, as it prints it."""
    said, addresses = [], queue.SimpleQueue()

    def listen() -> None:
        for line in server.stderr:
            said.append(line)
            for found in re.findall(r"http://localhost\S+token=\S+", line):
                addresses.put(found)
        addresses.put(None)  # it has ended

    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    server = subprocess.Popen(
        command, env=env, cwd=folder, encoding="utf-8", errors="replace", **pipes
    )
    listener = threading.Thread(target=listen)
    listener.start()
    try:
        url = addresses.get(timeout=SECONDS)
        assert url, f"JupyterLab ended:\n{''.join(said)}"
        yield url
    finally:
        ours = [psutil.Process(server.pid)]
        ours += ours[0].children(recursive=True)
        server.terminate()  # it ends its kernels
        _, late = psutil.wait_procs(ours, timeout=30)
        for process in late:
            process.kill()
        server.wait()
        listener.join()
        server.stderr.close()
