"""How a function was compiled: by Numba, in which mode; into an extension module, in which file."""

from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from types import CodeType
from typing import Any


def modes(function: Any) -> list[str]:
    """ "nopython" or "object mode", for each version compiled so far that `function` uses.

    `function` may be compiled itself (by `jit`, `vectorize` and the like), or be a Python function
    that calls, by a global name or from its closure, one that is. Empty if nothing is compiled.

    >>> import numba
    >>> double = numba.njit(lambda x: 2 * x)
    >>> modes(double), double(21), modes(double)
    ([], 42, ['nopython'])
    """
    found, waiting, known = [], [function], []
    while waiting and len(known) < 200:
        item = waiting.pop()
        if any(item is other for other in known):
            continue
        known.append(item)
        dispatcher = getattr(item, "_dispatcher", item)  # that of a ufunc
        if hasattr(dispatcher, "overloads"):
            versions = list(dispatcher.overloads.values())
            found += ["object mode" if each.objectmode else "nopython" for each in versions]
        elif code := getattr(item, "__code__", None):
            names = (name for name in _names(code) if name in item.__globals__)
            waiting += [item.__globals__[name] for name in names]
            waiting += [cell.cell_contents for cell in item.__closure__ or ()]
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


def _names(code: CodeType) -> Iterator[str]:
    """The names that code uses, and the functions and generators inside it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
