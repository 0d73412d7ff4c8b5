"""Grades a notebook: the learner's cells in a sandbox, the checks in a kernel that never sees them.

Three kernels: the sandbox runs every cell but the checks; the reference runs the given cells of
the instructor's copy, to measure against, where a check asks for `check.given`; the judge runs the
checks, which ask the other two for what they need. nbgrader uses `Judge` where it would use its own
`Execute`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Integer

from helpers.checks.check import SESSION
from helpers.checks.links import socket_at
from helpers.checks.score import MIME

from . import sandbox
from .grades import undecided
from .kernels import Kernel, KernelLost

INSTALL = "from helpers.checks import agent; agent.install(get_ipython().user_ns); del agent"
SERVE = "__import__('helpers.checks.agent', fromlist=['agent']).answer_at({address!r})"
CLOSE = "__import__('helpers.checks', fromlist=['checks']).close()"


class Judge(NbGraderPreprocessor):
    """Runs a submission and its checks, each where it belongs."""

    cell_seconds = Float(60.0, help="Seconds one of the learner's cells may take.").tag(config=True)
    check_seconds = Float(180.0, help="Seconds one check cell may take.").tag(config=True)
    restarts = Integer(2, help="How often a sandbox that died is started again.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Run `nb`; every check cell ends with a score or with an error."""
        if sandbox.isolation() == "bubblewrap":
            sandbox.probe()
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            source = gradebook.find_notebook(course["notebook"], course["assignment"])
            given = [
                cell.source
                for cell in source.source_cells
                if cell.cell_type == "code" and cell.name.startswith("given_")
            ]
        run_sync(self.judge)(nb, given)
        return nb, resources

    async def judge(self, nb: NotebookNode, given: list[str]) -> None:
        """Run the cells of `nb` in their places, in order."""
        async with in_session(nb, given, self.cell_seconds, self.restarts) as court:
            for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
                cell.outputs, cell.execution_count = [], None
                if _is_check(cell):
                    await court.check(cell, self.check_seconds)
                    if undecided(cell):  # before a person is asked
                        await court.check(cell, self.check_seconds)
                elif cell.source.strip():
                    await court.learner_cell(cell)
                _number(cell, number)


@contextlib.asynccontextmanager
async def in_session(
    nb: NotebookNode,
    given: list[str],
    seconds: float = 60.0,
    restarts: int = 2,
    env: dict[str, str] | None = None,
) -> AsyncIterator[Court]:
    """A `Court` for `nb` with its kernels running; they end with the block.

    `given` are the sources that the reference runs, `seconds` is what one of the learner's cells
    may take, `restarts` how often a sandbox that died is started again, and `env` what the judge's
    environment has besides.
    """
    # Four exercises in thirteen measure against nothing that is given.
    measured_against = any(".given" in cell.source for cell in nb.cells if _is_check(cell))
    folder = Path(tempfile.mkdtemp(prefix="pp"))
    folder.chmod(0o755)
    court = Court(folder, given if measured_against else None, seconds, restarts, env or {})
    try:
        await court.open()
        yield court
    finally:
        await court.close()
        shutil.rmtree(folder, ignore_errors=True)


class Court:
    """The kernels of one grading."""

    def __init__(
        self,
        folder: Path,
        given: list[str] | None,
        seconds: float,
        restarts: int,
        env: dict[str, str],
    ) -> None:
        self._folder, self._given, self._seconds = folder, given, seconds
        self._restarts, self._starts, self._env = restarts, 0, env
        self._past: list[NotebookNode] = []
        self._learner: Kernel | None = None
        self._reference: Kernel | None = None
        self._judge: Kernel | None = None

    async def open(self) -> None:
        self._learner, self._judge, self._reference = await asyncio.gather(
            self._sandboxed("learner"), self._trusted(), self._with_given()
        )

    async def learner_cell(self, cell: NotebookNode) -> None:
        """Run one of the learner's cells. One that kills the kernel is left out from then on."""
        if self._learner is None:
            cell.outputs = [_error("DeadKernelError", "Not run: the kernel died too often.")]
            return
        try:
            await self._learner.run(cell, self._seconds)
            self._past.append(cell)
        except KernelLost:
            await self._restart()

    async def check(self, cell: NotebookNode, seconds: float) -> None:
        """Run a check cell in the judge while the other two answer it.

        The cell's outputs begin with a score that nbgrader can read, or have an error.
        """
        asked = [(k, a, await k.begin(SERVE.format(address=a))) for k, a in self._sides()]
        try:
            await self._judge.run(cell, seconds)
            await self._judge.run(new_code_cell(CLOSE), seconds)
        except KernelLost:
            await self._judge.stop()
            self._judge = await self._trusted()
        for kernel, address, message in asked:
            try:
                await _dismiss(kernel, address, message)
                await kernel.ensure_alive()
            except KernelLost:
                await (self._restart() if kernel is self._learner else self._restart_reference())
        _insist_on_score(cell)

    async def close(self) -> None:
        for kernel in (self._learner, self._reference, self._judge):
            if kernel:
                await kernel.stop()

    def _sides(self) -> list[tuple[Kernel, str]]:
        sides = [(self._learner, "learner"), (self._reference, "given")]
        session = {}
        for kernel, name in sides:
            if kernel:
                session[name] = {"address": self._address(kernel), "launched": kernel.pid}
        (self._folder / "session.json").write_text(json.dumps(session))
        return [(kernel, self._address(kernel)) for kernel, _ in sides if kernel]

    def _address(self, kernel: Kernel) -> str:
        return str(kernel.folder / "a")

    async def _sandboxed(self, name: str) -> Kernel:
        self._starts += 1
        folder = self._folder / f"{name}{self._starts}"
        folder.mkdir()
        limits = sandbox.Limits()
        manager = sandbox.untrusted_kernel(folder, limits)
        # Not the grader's environment: bubblewrap itself would show it to what it runs.
        env = dict(os.environ) if sandbox.isolation() == "process" else {"PATH": os.environ["PATH"]}
        kernel = await Kernel.start(manager, folder, env, limits)
        install = new_code_cell(INSTALL)
        await kernel.run(install, 60.0)
        for output in install.outputs:
            if output.output_type == "error":
                raise RuntimeError(f"a sandbox cannot be used: {output.ename}: {output.evalue}")
        return kernel

    async def _trusted(self) -> Kernel:
        self._starts += 1
        folder = self._folder / f"judge{self._starts}"
        folder.mkdir(mode=0o700)
        session = {SESSION: str(self._folder / "session.json"), "NBGRADER_EXECUTION": "autograde"}
        env = {**os.environ, **self._env, **session}
        return await Kernel.start(sandbox.trusted_kernel(folder), folder, env, sandbox.Limits())

    async def _restart(self) -> None:
        await self._learner.stop()
        self._learner = None
        while self._restarts > 0 and self._learner is None:
            self._restarts -= 1
            self._learner = await self._sandboxed("learner")
            try:
                for cell in self._past:
                    await self._learner.run(new_code_cell(cell.source), self._seconds)
            except KernelLost:
                await self._learner.stop()
                self._learner = None

    async def _restart_reference(self) -> None:
        await self._reference.stop()
        self._reference = await self._with_given()

    async def _with_given(self) -> Kernel | None:
        if self._given is None:
            return None
        kernel = await self._sandboxed("given")
        for source in self._given:
            await kernel.run(new_code_cell(source), self._seconds)
        return kernel


async def _dismiss(kernel: Kernel, address: str, message: str) -> None:
    """See an agent end; one that no check has called stops waiting for it."""
    ending = asyncio.ensure_future(kernel.end(message))
    while not ending.done():
        with (
            contextlib.suppress(OSError),
            socket_at(address) as path,
            socket.socket(socket.AF_UNIX) as caller,
        ):
            caller.setblocking(False)
            caller.connect(path)
        await asyncio.wait({ending}, timeout=0.05)
    ending.result()


def _is_check(cell: NotebookNode) -> bool:
    return utils.is_grade(cell) and not utils.is_solution(cell)


def _number(cell: NotebookNode, number: int) -> None:
    """Number a cell as in one notebook: the kernels have each counted their own."""
    cell.execution_count = number
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = number


def _insist_on_score(cell: NotebookNode) -> None:
    """A check cell without a score gets an error: nbgrader would give silence full marks."""
    scores = [o for o in cell.outputs if o.output_type == "execute_result" and MIME in o.data]
    if len(scores) == 1 and _finite(scores[0].data.get("text/plain")):
        # The score stands first and nothing on stderr beside it: either would cost it.
        cell.outputs = scores + [o for o in cell.outputs if o.output_type == "error"]
    elif not any(output.output_type == "error" for output in cell.outputs):
        cell.outputs = [_error("NoScore", "The check did not come to a score.")]


def _finite(text: Any) -> bool:
    try:
        return math.isfinite(float(text))
    except (TypeError, ValueError):
        return False


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
