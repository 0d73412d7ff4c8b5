"""Two ways to reach the agent that sits beside the learner's code: in this process, or in another.

Both answer the same requests. What differs is what they can be trusted with: the agent of another
process is timed from outside, by the CPU time the operating system has charged to it, and a call
that does not come back is ended.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import psutil

from . import wire
from .agent import Agent

_process_time, _perf_counter, _sleep = time.process_time, time.perf_counter, time.sleep
_TICK = 1 / os.sysconf("SC_CLK_TCK") if sys.platform == "linux" else 0.01
_SETTLES_BYTES = 32 * 2**20  # who grew by less has little that is free and not given back
CALL_SECONDS = 10.0  # of CPU time; a call that waits is given four times as long


class LearnerError(Exception):
    """The learner's code raised, `inside` which function.

    `kinds` names the exception's classes, nearest first.
    """

    def __init__(self, kinds: list[str], message: str, frames: list[str], inside: str = "") -> None:
        super().__init__(f"{kinds[0]}: {message}" if message else kinds[0])
        self.kinds, self.message, self.frames, self.inside = kinds, message, frames, inside


class TookTooLong(Exception):
    """A call had to be ended."""


class SandboxLost(Exception):
    """The learner's process is gone or does not answer."""


class Theirs:
    """The learner's names in this very process, where a check cell gives values to names as well.

    A helper of theirs called `check` is to be found by their code although the cell has one, too.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace, self._known = namespace, dict(namespace)

    @contextlib.contextmanager
    def back(self) -> Iterator[None]:
        """Their names as they were before the check cell and as their own code has left them."""
        names, known = self.namespace, self._known
        ours = {n: v for n, v in names.items() if n not in known or known[n] is not v}
        self._put_back(ours)
        try:
            yield
        finally:
            self._known = dict(names)
            names.update(ours)

    def settle(self) -> None:
        """Leave to them the names that the check cell took; it is over."""
        self._put_back(self.namespace.keys() & self._known.keys())

    def _put_back(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._known:
                self.namespace[name] = self._known[name]
            else:
                del self.namespace[name]


class Local:
    """The learner's names in this very process. Instant, and to be trusted by the learner alone."""

    remote = False

    def __init__(self, theirs: Theirs) -> None:
        self._theirs, self._agent = theirs, Agent(theirs.namespace)

    @property
    def pid(self) -> int:
        """The process that holds the learner's names."""
        return os.getpid()

    launched = pid

    def ask(self, do: str, **message: Any) -> Any:
        """The value that the agent answers with."""
        try:
            with self._theirs.back():
                answer = self._agent.answer(wire.dumps({"do": do, **message}))
            return _value(answer)
        except LearnerError as error:
            if error.kinds[0] == "KeyboardInterrupt":
                raise KeyboardInterrupt from None
            raise

    def timed(self, do: str, **message: Any) -> tuple[Any, float, float]:
        """What `ask` gives, the CPU seconds that took, and those spent here: the same."""
        begin = _process_time()
        value = self.ask(do, **message)
        seconds = _process_time() - begin
        return value, seconds, seconds

    def reset_peak(self) -> None:
        """Nothing to do: this process's memory says little of one call."""

    def peak_growth(self) -> int:
        """0: see `reset_peak`."""
        return 0

    def thread_seconds(self) -> dict[int, float]:
        """The CPU seconds of each thread so far."""
        return _thread_seconds(os.getpid())

    def listen(self) -> int | socket.socket:
        """Where a server for the learner's code can listen: any free port."""
        return 0

    def close(self) -> None:
        """Nothing to do."""


class Remote:
    """The learner's names in the process that listens at `address`.

    `launched` is the process id that was started for it: that of the kernel, or of the sandbox
    around it.
    """

    remote = True

    def __init__(self, address: str, launched: int, seconds: float = 20.0) -> None:
        self._launched, self._pid, self._patience = launched, launched, CALL_SECONDS
        self._connection: Connection | None = None
        self._lost, self._last = "", None
        self._grown = 0
        try:
            self._connection = _connect(address, seconds)
            self._pid = _peer(self._connection) or launched
            _give_up_after(4 * CALL_SECONDS, self._connection)
        except SandboxLost as error:
            self._lost = str(error)  # the next question need not wait for it

    @property
    def pid(self) -> int:
        """The process that holds the learner's names."""
        return self._pid

    @property
    def launched(self) -> int:
        """The process whose family is all that the learner's code is or has started."""
        return self._launched

    def ask(self, do: str, **message: Any) -> Any:
        """The value that the agent answers with; `TookTooLong` when it takes too much time."""
        if self._lost:
            raise SandboxLost(self._lost)
        seconds, late = self._patience, False
        request = wire.dumps({"do": do, **message})
        self._last = None
        # What has been seen of the judge's random numbers tells nothing of those to come.
        random.seed()
        np.random.seed()
        try:
            self._connection.send_bytes(request)
            if late := not self._answers_within(seconds):
                self._patience = CALL_SECONDS / 4  # the next one that hangs is not waited for long
                self._interrupt()
            payload = self._connection.recv_bytes(wire.LIMIT_BYTES)
        except (EOFError, OSError, psutil.Error, SandboxLost) as error:
            self._lost = f"your code's process ended ({type(error).__name__})"
            if late:
                self._lost = f"your code's process was ended: not finished after {seconds:g} s"
            raise SandboxLost(self._lost) from None
        if late:
            raise TookTooLong(f"stopped, because it was not finished after {seconds:g} s")
        try:
            return _value(payload)
        except SandboxLost as error:
            self._lost = str(error)
            raise

    def timed(self, do: str, **message: Any) -> tuple[Any, float, float]:
        """What `ask` gives, the CPU seconds charged for it over there, and those spent here.

        What was spent between two questions that are both timed counts for the later one: nothing
        is gained by working while nobody asks.
        """
        before = self._last or self._spent()
        here = _process_time()
        value = self.ask(do, **message)
        here = _process_time() - here
        self._last = self._spent()
        return value, self._last.since(before), here

    def _spent(self) -> _Spent:
        """CPU time charged so far to the process, all its threads and all it has started."""
        spent = _Spent(self._launched)
        if self._pid not in spent.living:
            raise SandboxLost("your code's process ended")
        return spent

    def reset_peak(self) -> None:
        """Have the system note the process's peak of resident memory anew from here."""
        if sys.platform == "linux":
            if self._grown > _SETTLES_BYTES:
                self._settle()
            with open(f"/proc/{self._pid}/clear_refs", "w") as file:
                file.write("5")  # see proc_pid_clear_refs(5)
            self._resident = _status_bytes(self._pid, "VmRSS")

    def peak_growth(self) -> int:
        """Bytes by which resident memory rose at its peak since `reset_peak`; 0 if not known."""
        if sys.platform != "linux":
            return 0
        self._grown = max(0, _status_bytes(self._pid, "VmHWM") - self._resident)
        return self._grown

    def _settle(self) -> None:
        """Wait until an allocator has let go of what is free, or it would be used again unseen.

        Polars' keeps it for half a second, and a while longer on a busy machine.
        """
        least, since = _status_bytes(self._pid, "VmRSS"), _perf_counter()
        give_up = since + 5.0
        while _perf_counter() < min(since + 1.0, give_up):
            _sleep(0.05)
            resident = _status_bytes(self._pid, "VmRSS")
            if resident < least - 2**20:
                least, since = resident, _perf_counter()

    def thread_seconds(self) -> dict[int, float]:
        """The CPU seconds that each thread of the process has been charged with so far."""
        try:
            return _thread_seconds(self._pid)
        except psutil.AccessDenied:  # macOS tells it to the process alone
            return self.ask("threads")
        except psutil.NoSuchProcess:
            raise SandboxLost("your code's process ended") from None

    def listen(self) -> int | socket.socket:
        """A socket that the learner's code can reach, also where it has a network of its own."""
        if sys.platform != "linux":
            return 0
        mine, theirs = (os.stat(f"/proc/{pid}/ns/net").st_ino for pid in ("self", self._pid))
        return 0 if mine == theirs else _socket_in_network_of(self._pid)

    def close(self) -> None:
        """Let the other side go on."""
        if self._connection:
            self._connection.close()

    def _answers_within(self, seconds: float) -> bool:
        """Whether an answer comes before `seconds` of CPU time, or four times that, are over."""
        if self._connection.poll(0.25):
            return True
        begin, before = _perf_counter(), self._spent()
        while not self._connection.poll(0.25):
            if self._spent().since(before) > seconds or _perf_counter() - begin > 4 * seconds:
                return False
        return True

    def _interrupt(self) -> None:
        """Stop the call as Ctrl-C would, and end the process if that does not help."""
        for sign in (signal.SIGINT, signal.SIGKILL):
            os.kill(self._pid, sign)
            if self._connection.poll(3.0):
                return
        raise SandboxLost


def family(pid: int) -> Iterator[int]:
    """The process `pid`, those that it has started, and so on."""
    if not os.path.exists(f"/proc/{pid}/task/{pid}/children"):
        with contextlib.suppress(psutil.NoSuchProcess):
            yield from (p.pid for p in psutil.Process(pid).children(recursive=True))
        yield pid
        return
    # Not by psutil, which goes through all processes of the machine.
    yield pid
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                children = file.read().split()
            for child in children:
                yield from family(int(child))


def held_bytes(pid: int) -> int:
    """The memory that a process holds, of what it shares its part; 0 when it has ended. Linux."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    return 0


def _value(payload: bytes) -> Any:
    """What a reply holds; whoever sent it may have made it up."""
    try:
        reply = wire.loads(payload)
        if "value" in reply:
            return reply["value"]
        error = reply["error"]
        kinds, frames = ([str(e)[:100] for e in error[key][:20]] for key in ("kinds", "frames"))
        message, inside = str(error["message"])[:1000], str(error["inside"])[:100]
        raise LearnerError(kinds or ["Exception"], message, frames[:3], inside)
    except (wire.NotPlain, TypeError, KeyError) as error:
        raise SandboxLost(f"your code's process sent what is no answer ({error!s:.200})") from None


def _connect(address: str, seconds: float) -> Connection:
    give_up = _perf_counter() + seconds
    while True:
        try:
            with socket_at(address) as path, socket.socket(socket.AF_UNIX) as caller:
                caller.settimeout(5.0)  # whoever listens there may accept nobody
                caller.connect(path)
                caller.settimeout(None)
                return Connection(caller.detach())
        except (FileNotFoundError, ConnectionRefusedError):
            if _perf_counter() > give_up:
                raise SandboxLost("your code's process did not start to answer") from None
            _sleep(0.01)
        except OSError as error:
            raise SandboxLost(f"your code's process cannot be reached ({error})") from None


@contextlib.contextmanager
def socket_at(address: str) -> Iterator[str]:
    """A path to the very socket at `address`: untrusted code might put a link there meanwhile."""
    if sys.platform != "linux":
        yield address
        return
    held = os.open(address, os.O_PATH | os.O_NOFOLLOW)
    try:
        if not stat.S_ISSOCK(os.fstat(held).st_mode):
            raise OSError(f"{address} is no socket")
        yield f"/proc/self/fd/{held}"
    finally:
        os.close(held)


def _peer(connection: Connection) -> int:
    """The process on the other end as the kernel knows it: not what that process says it is."""
    if sys.platform != "linux":
        return 0
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        size = struct.calcsize("3i")
        return struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[0]


def _give_up_after(seconds: float, connection: Connection) -> None:
    """Have half a message, or one that nobody takes, end in an error rather than in a wait."""
    if sys.platform != "win32":
        with socket.socket(fileno=os.dup(connection.fileno())) as end:
            for what in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                end.setsockopt(socket.SOL_SOCKET, what, struct.pack("ll", int(seconds), 0))


_OPEN_AND_PASS_ON = """
import fcntl, os, socket, sys
out, network = int(sys.argv[1]), os.open(f"/proc/{sys.argv[2]}/ns/net", os.O_RDONLY)
if os.getuid():
    # Whoever is not root may enter it from the user namespace that owns it: see ioctl_ns(2).
    os.setns(fcntl.ioctl(network, 0xB701), os.CLONE_NEWUSER)
os.setns(network, os.CLONE_NEWNET)
server = socket.create_server(("127.0.0.1", 0))
with socket.socket(fileno=out) as out:
    socket.send_fds(out, [b"."], [server.fileno()])
"""


def _socket_in_network_of(pid: int) -> socket.socket:
    """A listening socket of the process's network namespace, served from out here."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        subprocess.run(
            [sys.executable, "-c", _OPEN_AND_PASS_ON, str(theirs.fileno()), str(pid)],
            pass_fds=[theirs.fileno()],
            check=True,
            timeout=20,
            capture_output=True,
        )
        _, (descriptor,), _, _ = socket.recv_fds(ours, 1, 1)
    return socket.socket(fileno=descriptor)


def _status_bytes(pid: int, field: str) -> int:
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def _cpu_clock(pid: int) -> float:
    if sys.platform == "linux":
        # The clock id of another process's CPU time, see clock_getcpuclockid(3): nanoseconds,
        # where /proc counts in ticks of 10 ms.
        return time.clock_gettime_ns((~pid << 3) | 2) / 1e9
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _thread_seconds(pid: int) -> dict[int, float]:
    """CPU seconds of each thread of a process."""
    if not os.path.exists("/proc/self/schedstat"):
        return {t.id: t.user_time + t.system_time for t in psutil.Process(pid).threads()}
    found = {}
    with contextlib.suppress(FileNotFoundError):  # the process has ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            with (
                contextlib.suppress(OSError),  # that thread has ended
                open(f"/proc/{pid}/task/{thread}/schedstat") as file,
            ):
                found[int(thread)] = int(file.read().split()[0]) / 1e9  # psutil's are in 10 ms
    return found


class _Spent:
    """The CPU time that all processes below `launched` have been charged with, now."""

    def __init__(self, launched: int) -> None:
        processes = list(family(launched))
        self.living: dict[int, float] = {}
        self.ended = self.traces = 0.0
        for pid in processes:
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                self.living[pid] = _cpu_clock(pid)
        # After that: what ends meanwhile is counted twice rather than not at all.
        for pid in processes:
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                seconds, traces = _of_ended_children(pid)
                self.ended, self.traces = self.ended + seconds, self.traces + traces

    def since(self, before: _Spent) -> float:
        """Seconds spent since the earlier reading `before`."""
        grown = (self.living[p] - before.living.get(p, 0.0) for p in self.living)
        gone = sum(before.living[p] for p in before.living if p not in self.living)
        # A process that ends may lose what is less than a tick, but never what it had not spent.
        ended = max(0.0, self.ended - before.ended - gone)
        lost = 2 * _TICK if self.traces > before.traces else 0.0
        return sum(max(0.0, seconds) for seconds in grown) + ended + lost


def _of_ended_children(pid: int) -> tuple[float, int]:
    """CPU seconds of the children that the process has waited for, and a trace of how many.

    Their user and system time are given in whole ticks. That some ended at all shows in the page
    faults that are added up for them.
    """
    if sys.platform == "linux":
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # see proc_pid_stat(5)
        return (int(fields[13]) + int(fields[14])) * _TICK, int(fields[8])
    times = psutil.Process(pid).cpu_times()
    return getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0), 0
