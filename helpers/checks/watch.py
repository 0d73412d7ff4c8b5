"""Which processes do the work of a call, and what they hold: seen from outside, by the system."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

from .links import _cpu_clock, family, held_bytes

EVERY_SECONDS = 0.01
IDLE_SECONDS = 0.005  # a process that was charged less has done nothing worth telling


@dataclass(frozen=True)
class Work:
    """Who worked while a call ran; seconds of CPU time, as the system has charged them.

    A worker is a process that the one called has started, or one that such a process has started.
    One that is ready to run is at work, whether or not there is a core for it: how many are at work
    at once hardly depends on the machine, nor on what else it does.

    >>> Work(own=0.1, workers=(0.5, 0.4), together=0.9).elsewhere
    0.9
    """

    own: float  # of the process that was called, all its threads
    workers: tuple[float, ...]  # of each worker that did anything, the busiest first
    together: float | None  # part of the time with workers at work in which two or more were

    @property
    def elsewhere(self) -> float:
        """CPU seconds of all workers."""
        return sum(self.workers)


@contextlib.contextmanager
def watching(pid: int) -> Iterator[Callable[[], Work]]:
    """Watch process `pid` for the length of a `with`; what is given tells, after it, who worked.

    `together` is None where the system does not tell who is ready to run: elsewhere than on Linux.
    """
    ended, first, last = threading.Event(), {}, {}
    at_work: dict[bool, int] = defaultdict(int)  # looks that found one worker; two or more

    def look(before: bool = False) -> None:
        ready = 0
        for process in family(pid):
            with contextlib.suppress(OSError, psutil.Error):
                seconds = _cpu_clock(process)
                first.setdefault(process, seconds if before or process == pid else 0.0)
                last[process] = seconds
                ready += process != pid and _is_ready(process)
        if ready:
            at_work[ready > 1] += 1

    def watch() -> None:
        while not ended.wait(EVERY_SECONDS):
            look()

    def tell() -> Work:
        spent = {process: last[process] - first[process] for process in last}
        own = spent.pop(pid, 0.0)
        looks = sum(at_work.values()) if sys.platform == "linux" else 0
        return Work(
            own,
            tuple(sorted((s for s in spent.values() if s > IDLE_SECONDS), reverse=True)),
            at_work[True] / looks if looks else (0.0 if sys.platform == "linux" else None),
        )

    look(before=True)
    watcher = threading.Thread(target=watch, name="watch", daemon=True)
    watcher.start()
    try:
        yield tell
    finally:
        ended.set()
        watcher.join()
        look()


@contextlib.contextmanager
def holding(pid: int, launched: int) -> Iterator[Callable[[], int]]:
    """Watch what process `pid` and others below `launched` hold for the length of a `with`.

    What is given tells, after it, by how many bytes that rose, as far as it was seen while there
    were others; 0 where there were none, and elsewhere than on Linux. (What a process holds by
    itself, the system notes without looking.)
    """
    if sys.platform != "linux":
        yield lambda: 0
        return
    ended, most = threading.Event(), 0
    alone = {pid, *(process.pid for process in psutil.Process(pid).parents())}

    def held() -> int:
        return sum(map(held_bytes, family(launched)))

    def watch() -> None:
        nonlocal most
        while not ended.wait(EVERY_SECONDS):
            if any(map(held_bytes, set(family(launched)) - alone)):  # what has ended holds nothing
                most = max(most, held() - first)

    first = held()
    watcher = threading.Thread(target=watch, name="watch", daemon=True)
    watcher.start()
    try:
        yield lambda: most
    finally:
        ended.set()
        watcher.join()


def _is_ready(pid: int) -> bool:
    """Whether a process runs or could run now."""
    if not os.path.exists("/proc/self/stat"):
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "R"  # see proc_pid_stat(5)
