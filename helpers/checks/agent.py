"""Runs beside the learner's code and does what a check asks: calls a function, runs a scenario.

One `Agent` serves one namespace. It takes a request as bytes and answers in bytes, so a check gets
the same plain values whether the agent lives in its own process or in a sandbox. The agent decides
nothing: whatever it says could have been forged by the code it lives with, so verdicts are reached
on the other side from values, and from costs measured from outside.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import gc
import importlib
import inspect
import io
import itertools
import multiprocessing
import os
import pickle
import shutil
import sys
import sysconfig
import tempfile
import threading
import time
import timeit
import traceback
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.connection import Connection, Listener
from typing import Any

import psutil

from helpers import memory

from . import wire

# Bound now, before any learner's code has run, so that replacing them later changes nothing here.
__builtins__ = vars(builtins).copy()
_collect, _gc_enabled, _gc_enable, _gc_disable = gc.collect, gc.isenabled, gc.enable, gc.disable
_freeze, _unfreeze, _frozen_count = gc.freeze, gc.unfreeze, gc.get_freeze_count
_dumps, _loads, _unpickle = wire.dumps, wire.loads, pickle.loads
_allocations = memory.allocations
_LIBRARIES = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")})


class Agent:
    """Answers requests on the names in `namespace`."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._lent: dict[str, Callable] = {}
        self._inputs: list = []
        self._outputs: list = []
        self._originals = _watched()

    def answer(self, request: bytes) -> bytes:
        """The reply to one request: `{"value": ...}` or `{"error": ...}`, never an exception."""
        try:
            message = _loads(request)
            operation = getattr(self, f"do_{message.pop('do')}")
            with _quiet():
                value = operation(**message)
            return _dumps({"value": value})
        except BaseException as error:
            return _dumps({"error": _describe(error)})

    def do_missing(self, names: list[str]) -> list[str]:
        """Those of `names` that the namespace does not hold."""
        return [name for name in names if name not in self._namespace]

    def do_value(self, name: str) -> Any:
        """What `name` stands for."""
        return self._named(name)

    def do_call(self, name: str, args: list, kwargs: dict) -> Any:
        """What the function called `name` returns; a coroutine is run to its end."""
        return _finish(self._named(name)(*args, **kwargs))

    def do_beside(self, function: bytes, kwargs: dict) -> Any:
        """What a check's own function returns, its missing parameters filled by name."""
        scenario: Callable = _unpickle(function)
        for name, parameter in inspect.signature(scenario).parameters.items():
            if name not in kwargs and parameter.default is parameter.empty:
                kwargs[name] = self._named(name)
        return _finish(scenario(**kwargs))

    def do_lend(self, name: str, function: bytes) -> None:
        """Let `name` stand for a check's own function, to call, time and measure like a learner's.

        Arguments go to its last parameters, the learner's names to those before.
        """
        scenario: Callable = _unpickle(function)
        names = list(inspect.signature(scenario).parameters)

        def run(*args: Any) -> Any:
            return scenario(*map(self._named, names[: len(names) - len(args)]), *args)

        self._lent[name] = run

    def do_peak(self, name: str, args: list) -> list:
        """[peak bytes, bytes still held, result] of one call.

        What there is already is frozen meanwhile: a collection writes to every object that it looks
        at, and so would copy most of what a forked process shares with its parent. Where a notebook
        has frozen something itself, all stays so: Python cannot thaw a part.
        """
        function, frozen = self._named(name), _frozen_count()
        _freeze()
        try:
            used = _allocations(function, *args)
        finally:
            if not frozen:
                _unfreeze()
        return [used.peak_bytes, used.net_bytes, used.result]

    def do_write(self, name: str, content: bytes) -> str:
        """The path of a new file called `name`, in a folder of its own."""
        path = os.path.join(tempfile.mkdtemp(prefix="check-"), name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def do_remove(self, path: str) -> None:
        """Remove what `write` made."""
        shutil.rmtree(os.path.dirname(path), ignore_errors=True)

    def do_load(self, inputs: list) -> int:
        """Keep `inputs`, a list of [args, kwargs], for `run`; what was left over goes first."""
        self._inputs, self._outputs = inputs, []
        _collect(1)  # what is young; all of it would take longer than many a call that is timed
        return len(inputs)

    def do_run(self, name: str) -> int:
        """Call the function called `name` once on each input: the part that is timed."""
        function, inputs = self._named(name), self._inputs
        enabled = _gc_enabled()
        _gc_disable()
        try:
            self._outputs = [_finish(function(*args, **kwargs)) for args, kwargs in inputs]
        finally:
            if enabled:
                _gc_enable()
        return len(self._outputs)

    def do_fetch(self) -> list:
        """The results of the last `run`."""
        outputs, self._outputs, self._inputs = self._outputs, [], []
        return outputs

    def do_threads(self) -> dict[int, float]:
        """The CPU seconds of each thread of this process, where nobody else is told."""
        return {t.id: t.user_time + t.system_time for t in psutil.Process().threads()}

    def do_replaced(self) -> list[str]:
        """Clocks, built-ins, helpers and hooks of IPython that are no longer what they were."""
        now = _watched()
        return sorted(name for name, was in self._originals.items() if now.get(name) is not was)

    def _named(self, name: str) -> Any:
        if name in self._lent:
            return self._lent[name]
        try:
            return self._namespace[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None


def answer_at(address: str) -> None:
    """Answer requests on `address`, a path of a socket, until the other side closes."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)
    with Listener(address) as listener, listener.accept() as connection:
        answer_on(connection, _installed)


def answer_on(connection: Connection, agent: Agent) -> None:
    """Answer requests on `connection` until the other side closes it."""
    while True:
        try:
            connection.send_bytes(agent.answer(connection.recv_bytes(wire.LIMIT_BYTES)))
        except (EOFError, ConnectionError):
            return
        except KeyboardInterrupt:  # meant for a call that has just ended
            continue


def install(namespace: Mapping[str, Any]) -> Agent:
    """Make this process's agent, before any of the learner's code has run."""
    global _installed
    for name in ("numpy.testing", "helpers.counting", "helpers.data", "helpers.timing"):
        importlib.import_module(name)  # so that it is watched from the start
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.set_forkserver_preload(["__main__", "helpers.forking"])
    _installed = Agent(namespace)
    return _installed


_installed: Agent


def _finish(value: Any) -> Any:
    """`value`, or what it comes to: a coroutine runs on a loop, and in a thread, of its own."""
    if not inspect.iscoroutine(value):
        return value
    outcome: list = []

    def run() -> None:
        try:
            outcome.append((asyncio.run(value), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, name="check", daemon=True)
    thread.start()
    thread.join()
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


def _describe(error: BaseException) -> dict:
    """An exception in plain values; of a group, its first one as well.

    Its frames are those of the learner's own code, if there are any: of libraries', few would help.
    """
    here = os.path.dirname(__file__)
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind is not object]
    with contextlib.suppress(Exception):
        *_, (last, _) = traceback.walk_tb(error.__traceback__)
        first, message = error, str(error)[:1000]
        for _ in range(9):  # groups in groups
            if isinstance(first, BaseExceptionGroup):
                first = first.exceptions[0]
        if first is not error:
            message = f"{message}: {type(first).__name__}: {str(first)[:1000]}"
        if isinstance(first.__cause__, StopIteration):  # "generator raised StopIteration": in which
            first = first.__cause__
        frames = [
            frame
            for frame in traceback.extract_tb(first.__traceback__ or error.__traceback__)
            if not frame.filename.startswith(here)
        ]
        own = [
            frame for frame in frames if frame.line and not frame.filename.startswith(_LIBRARIES)
        ]
        shown = [
            f"line {f.lineno}, in {f.name}: {f.line}".removesuffix(": ")
            for f in (own or frames)[-3:]
        ]
        inside = last.f_code.co_qualname
        return {"kinds": kinds, "message": message, "frames": shown, "inside": inside}
    return {"kinds": kinds, "message": "(its message cannot be shown)", "frames": [], "inside": ""}


@contextlib.contextmanager
def _quiet():
    """Keep what the learner's code prints out of the graded cell, where it would cost the score."""
    with contextlib.redirect_stdout(_Bounded()), contextlib.redirect_stderr(_Bounded()):
        yield


class _Bounded(io.StringIO):
    """Takes all that is printed and remembers only the first part of it."""

    def write(self, text: str) -> int:
        if self.tell() < 100_000:
            super().write(text)
        return len(text)


def _watched() -> dict[str, Any]:
    """What a notebook might replace to look faster or righter than it is, by name."""
    # The shell sets `_` and `input` anew for every cell.
    found = {f"builtins.{n}": v for n, v in vars(builtins).items() if n not in ("_", "input")}
    for module in (time, timeit, gc, tracemalloc):
        found |= {f"{module.__name__}.{n}": v for n, v in vars(module).items() if callable(v)}
    for name, module in list(sys.modules.items()):
        if name == "numpy.testing" or name.startswith("helpers."):
            found |= _routines(name, module)
    with contextlib.suppress(Exception):
        from IPython import get_ipython

        if shell := get_ipython():
            found |= {f"the shell's {n}": shell.__dict__.get(n) for n in ("run_cell", "run_code")}
            found["the shell's input transformers"] = len(
                shell.input_transformers_cleanup + shell.input_transformers_post
            )
            found["the shell's AST transformers"] = len(shell.ast_transformers)
            found["the shell's hooks"] = _own(itertools.chain(*shell.events.callbacks.values()))
            formatters = shell.display_formatter.formatters.values()
            shown = itertools.chain(*(f.type_printers.values() for f in formatters))
            found["the shell's display formatters"] = _own(shown)
            found["sys.excepthook"] = _own([sys.excepthook])  # kernels come to set their own
    return found


def _own(functions: Iterable[Any]) -> int:
    """How many of `functions` come from a notebook."""
    return sum(getattr(function, "__module__", "") == "__main__" for function in functions)


def _routines(name: str, owner: Any) -> dict[str, Any]:
    """The functions of a module and the methods of its classes, by name."""
    found = {}
    for part, value in vars(owner).items():
        if inspect.isroutine(value):
            found[f"{name}.{part}"] = value
        elif inspect.isclass(value) and value.__module__ == name:
            found |= {f"{name}.{part}.{n}": v for n, v in vars(value).items() if callable(v)}
    return found
