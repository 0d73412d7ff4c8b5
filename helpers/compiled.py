"""What Numba has compiled: the versions its dispatchers made, and threads that meet if they can."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


def _names(code: CodeType) -> Iterator[str]:
    """The names that code uses, and the functions and generators inside it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
