"""A kernel that runs cells one at a time and survives whatever a cell does."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg
from nbformat.validator import isvalid

from helpers.checks.score import MIME

from .sandbox import Limits, overuse

Result = TypeVar("Result")
KINDS = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}
KINDS |= {"image/png", "image/jpeg", "image/gif"}
OUTPUT_BYTES = 1_000_000  # of one cell; what comes after it is dropped
MESSAGE_BYTES = 64_000_000
GRACE_SECONDS = 5.0
STOPPED = "CellTimeoutError"  # the name of the error of a cell that took too long


class KernelLost(Exception):
    """The kernel died, or could not be stopped in any other way than ending it."""


class Kernel:
    """A running kernel. Use `start` to make one and `stop` to end it."""

    def __init__(
        self,
        manager: AsyncKernelManager,
        client: AsyncKernelClient,
        folder: Path,
        limits: Limits,
    ) -> None:
        self._manager, self._client, self.folder = manager, client, folder
        self._end = asyncio.ensure_future(self._watch(limits))

    @classmethod
    async def start(
        cls,
        manager: AsyncKernelManager,
        folder: Path,
        env: dict[str, str],
        limits: Limits,
        seconds: float = 60.0,
    ) -> Kernel:
        """Start the manager's kernel in the environment `env`; it is ended if it exceeds `limits`.

        `folder` is what it shares with the outside.
        Raises `KernelLost` when it is not ready in `seconds`.
        """
        # What it writes past its channels belongs on no grader's terminal.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await manager.start_kernel(env=env, cwd=str(folder), **quiet)
        client = _client(manager)
        try:
            await client.wait_for_ready(timeout=seconds)
        except RuntimeError as error:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
            raise KernelLost(f"a kernel did not start: {error}") from None
        return cls(manager, client, folder, limits)

    @property
    def pid(self) -> int:
        """The process that was started: the kernel, or the sandbox around it."""
        return self._manager.provisioner.pid

    async def run(self, cell: NotebookNode, seconds: float) -> None:
        """Run a code cell and put its outputs in place; a cell over its time is interrupted.

        Raises `KernelLost` when the kernel does not live on.
        """
        outputs = _Outputs()
        try:
            reply = await self._while_alive(
                self._client.execute_interactive(
                    cell.source,
                    allow_stdin=False,
                    stop_on_error=False,
                    timeout=seconds,
                    output_hook=outputs.take,
                )
            )
            cell.execution_count = reply["content"].get("execution_count")
        except TimeoutError:
            outputs.error(STOPPED, f"The cell was stopped after {seconds:.0f} s.")
            await self._interrupt()
        except KernelLost as error:
            outputs.error("DeadKernelError", f"The kernel did not outlive this cell: {error}.")
            raise
        finally:
            cell.outputs = outputs.finished()

    async def begin(self, code: str) -> str:
        """Send `code` and do not wait for it; gives its message's id for `end`."""
        return self._client.execute(code, silent=True, store_history=False, allow_stdin=False)

    async def end(self, message_id: str, seconds: float = GRACE_SECONDS) -> None:
        """Wait until what `begin` sent is done."""

        async def wait() -> None:
            while True:
                message = await self._client.get_shell_msg()
                if message["parent_header"].get("msg_id") == message_id:
                    return

        try:
            await self._while_alive(asyncio.wait_for(wait(), seconds))
        except TimeoutError:
            await self._interrupt()

    async def ensure_alive(self) -> None:
        """Raise `KernelLost` when the kernel has ended."""
        if not await self._manager.is_alive():
            raise KernelLost("it died")

    async def stop(self) -> None:
        """End the kernel and all it has started."""
        self._end.cancel()
        self._client.stop_channels()
        with contextlib.suppress(Exception):
            await self._manager.shutdown_kernel(now=True)

    async def _interrupt(self) -> None:
        """Stop what runs, and begin anew: a message too large has closed its channel for good."""
        await self._manager.interrupt_kernel()
        self._client.stop_channels()
        self._client = _client(self._manager)
        try:
            await self._while_alive(self._client.wait_for_ready(timeout=GRACE_SECONDS))
        except RuntimeError:
            raise KernelLost("it could not be interrupted") from None

    async def _while_alive(self, work: Awaitable[Result]) -> Result:
        task = asyncio.ensure_future(work)
        await asyncio.wait({task, self._end}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            raise KernelLost(self._end.result())
        try:
            return task.result()
        except (KernelLost, TimeoutError):
            raise
        except Exception as error:  # whatever a forged message can bring about
            raise KernelLost(f"it sent what cannot be read, {type(error).__name__}") from error

    async def _watch(self, limits: Limits) -> str:
        """Wait until the kernel ends, and end it if need be; tells why it did."""
        while await self._manager.is_alive():
            if excess := overuse(self.pid, self.folder, limits):
                await self._manager.shutdown_kernel(now=True)
                return f"it was ended, because {excess}"
            await asyncio.sleep(0.2)
        return "it died"


class _Outputs:
    """Collects the outputs of one cell, up to a bound."""

    def __init__(self) -> None:
        self._outputs: list[NotebookNode] = []
        self._shown: dict[str, NotebookNode] = {}
        self._bytes = 0
        self._clear_next = False

    def take(self, message: dict[str, Any]) -> None:
        """Note what a message shows; one that is malformed shows nothing."""
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            content = message["content"] = _brief(content)
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._outputs.clear()
            return
        if kind not in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            return
        self._bytes += _size(content)
        if self._bytes > OUTPUT_BYTES and (kind != "error" or len(self._outputs) > 1000):
            return
        if self._clear_next:
            self._outputs.clear()
            self._clear_next = False
        display = (content.get("transient") or {}).get("display_id")
        if kind == "update_display_data":
            if display in self._shown:
                self._shown[display].data = content.get("data", {})
            return
        output = output_from_msg(message)
        last = self._outputs[-1] if self._outputs else None
        if kind == "stream" and last is not None and last.get("name") == output.name:
            last.text += output.text
            return
        self._outputs.append(output)
        if isinstance(display, str):
            self._shown[display] = output

    def error(self, name: str, text: str) -> None:
        self._outputs.append(
            new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
        )

    def finished(self) -> list[NotebookNode]:
        """The outputs as a notebook may hold them."""
        self._outputs = [output for output in self._outputs if _valid(output)]
        for output in self._outputs:
            if "data" in output:
                output.data = NotebookNode(_shown(output.data))
            if "metadata" in output:
                output.metadata = NotebookNode(_look(output.metadata))
        if self._bytes > OUTPUT_BYTES:
            text = f"[the rest of {self._bytes:,} bytes of output was dropped]\n"
            self._outputs.append(new_output("stream", name="stdout", text=text))
        return self._outputs


def _brief(error: dict[str, Any]) -> dict[str, Any]:
    """An error without what no person reads of it."""
    lines = [str(line)[-10_000:] for line in error["traceback"]]
    name, value = str(error["ename"])[:200], str(error["evalue"])[:10_000]
    return {"ename": name, "evalue": value, "traceback": lines[:5] + lines[5:][-20:]}


def _valid(output: NotebookNode) -> bool:
    return isvalid(output, ref="output", version=4)


def _shown(data: dict) -> dict:
    """Of what is displayed the kinds that a page can show; some others nbconvert trips over."""
    return {
        kind: value
        for kind, value in data.items()
        if kind == MIME or (kind in KINDS and isinstance(value, str))
    }


def _look(metadata: dict) -> dict:
    """Of an output's metadata what tells how to show it. nbconvert puts it unquoted into pages."""
    kept: dict[str, dict] = {}
    for kind, told in metadata.items():
        for name, value in told.items() if isinstance(told, dict) else ():
            if type(value) is (str if name == "alt" else int) and name in (
                "alt",
                "width",
                "height",
            ):
                kept.setdefault(kind, {})[name] = value
    return kept


def _size(content: Any) -> int:
    """About the bytes that `content` takes in a notebook."""
    if isinstance(content, str):
        return 8 + len(content)
    if isinstance(content, dict):
        return 64 + sum(_size(key) + _size(value) for key, value in content.items())
    if isinstance(content, list):
        return 8 + sum(_size(value) for value in content)
    return 8


def _client(manager: AsyncKernelManager) -> AsyncKernelClient:
    client = manager.client(context=_bounded())
    client.start_channels()
    return client


def _bounded() -> zmq.asyncio.Context:
    """Sockets that take no message that is too large, and do not hoard those that are not."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    context.setsockopt(zmq.RCVHWM, 200)
    return context
