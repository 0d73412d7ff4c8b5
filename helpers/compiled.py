"""What a function is compiled to, by Numba or into an extension module; threads that meet."""

import dis
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import EXTENSION_SUFFIXES
from types import CodeType
from typing import Any


def modes(function: Any) -> list[str]:
    """ "nopython" or "object mode", for each version compiled so far of loops that `function` uses.

    `function` may be compiled itself (by `jit`, `vectorize` and the like), or call, by a global
    name or from its closure, one that is. What is compiled without a loop, as a look at arguments,
    or only hands a product to BLAS, is passed over. Empty if no loop is compiled.

    >>> import numba, numpy as np
    >>> total = numba.njit(lambda values: np.sum(values))
    >>> modes(total), total(np.ones(42)), modes(total)
    ([], 42.0, ['nopython'])
    """
    found, waiting, known = [], [function], []
    while waiting and len(known) < 200:
        item = waiting.pop()
        if any(item is other for other in known):
            continue
        known.append(item)
        dispatcher = getattr(item, "_dispatcher", item)  # that of a ufunc, which is a loop itself
        plain = getattr(item, "py_func", item) if dispatcher is item else None
        if hasattr(dispatcher, "overloads") and (plain is None or _loops(plain)):
            versions = list(dispatcher.overloads.values())
            found += ["object mode" if each.objectmode else "nopython" for each in versions]
        elif hasattr(plain, "__code__"):
            waiting += _used(plain)
    return found


def module_file(function: Any) -> str:
    """The library that holds a function's machine code: the file of its extension module.

    "" for what is no compiled function of such a module: functions in Python, those of Numba, and
    those that are built into the interpreter.

    >>> import json.decoder
    >>> module_file(json.decoder.JSONDecoder.decode)
    ''
    """
    if type(function).__name__ not in _KINDS:
        return ""
    # Cython's functions have the globals of their module, those of other C modules the module.
    namespace = getattr(function, "__globals__", None)
    if namespace is None:
        namespace = getattr(getattr(function, "__self__", None), "__dict__", {})
    file = str(namespace.get("__file__", ""))
    return file if file.endswith(tuple(EXTENSION_SUFFIXES)) else ""


_KINDS = "cython_function_or_method", "fused_cython_function", "builtin_function_or_method"


@contextmanager
def spread_threads() -> Iterator[None]:
    """Keep this process's threads, the newest apart from the main one, each to one core.

    Threads that a busy system lets take turns on the same core never meet, and a race between them
    shows as little as on a machine with one core. Call what starts them before. Linux only:
    elsewhere nothing is changed.

    >>> with spread_threads():
    ...     pass
    """
    if not hasattr(os, "sched_setaffinity") or not os.path.isdir("/proc/self/task"):
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    newest_first = sorted(map(int, os.listdir("/proc/self/task")), reverse=True)
    main = [os.getpid()] if os.getpid() in newest_first else []
    threads = main + [thread for thread in newest_first if thread not in main]
    before = {}
    try:
        for number, thread in enumerate(threads):
            with suppress(OSError):  # it has ended
                before[thread] = os.sched_getaffinity(thread)
                os.sched_setaffinity(thread, {cores[number % len(cores)]})
        yield
    finally:
        for thread, allowed in before.items():
            with suppress(OSError):
                os.sched_setaffinity(thread, allowed)


def _used(function: Any) -> list[Any]:
    """What a Python function uses: its globals, and what its closure holds."""
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return [function.__globals__[name] for name in names if name in function.__globals__] + cells


def _loops(function: Any) -> bool:
    """Whether compiled code of a function loops: it jumps back, or calls NumPy's functions.

    Numba makes loops of these, too, but for products of matrices: they are left to BLAS.
    """
    if not hasattr(function, "__code__"):
        return False
    steps = [step for code in _codes(function.__code__) for step in dis.get_instructions(code)]
    if any("JUMP_BACKWARD" in step.opname for step in steps):
        return True
    words = {word for step in steps for word in (step.argrepr, str(step.argval))}
    if words & {"@", "@=", "dot", "matmul"}:
        return False
    sources = [
        getattr(used, "__module__", None) or getattr(used, "__name__", "")
        for used in _used(function)
    ]
    return any(source.split(".")[0] == "numpy" for source in sources)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object, and those of the functions and generators inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
