"""Two ways to reach the agent that sits beside the learner's code: in this process, or in another.

Both answer the same requests. What differs is what they can be trusted with: the agent of another
process is timed from outside, by the CPU time the operating system has charged to it, and a call
that does not come back is ended.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from multiprocessing.connection import Client, Connection
from typing import Any

import psutil

from . import wire
from .agent import Agent

_process_time, _perf_counter, _sleep = time.process_time, time.perf_counter, time.sleep
CALL_SECONDS = 10.0  # of CPU time; a call that waits is given four times as long


class LearnerError(Exception):
    """The learner's code raised. `kinds` names the exception's classes, nearest first."""

    def __init__(self, kinds: list[str], message: str, frames: list[str]) -> None:
        super().__init__(f"{kinds[0]}: {message}" if message else kinds[0])
        self.kinds, self.message, self.frames = kinds, message, frames


class TookTooLong(Exception):
    """A call had to be ended."""


class SandboxLost(Exception):
    """The learner's process is gone or does not answer."""


class Local:
    """The learner's names in this very process. Instant, and to be trusted by the learner alone."""

    remote = False

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._agent = Agent(namespace)

    def ask(self, do: str, **message: Any) -> Any:
        """The value that the agent answers with."""
        reply = wire.loads(self._agent.answer(wire.dumps({"do": do, **message})))
        if "error" in reply and reply["error"]["kinds"][0] == "KeyboardInterrupt":
            raise KeyboardInterrupt
        return _value(reply)

    def cpu_seconds(self) -> float:
        """CPU time of this process so far."""
        return _process_time()

    def reset_peak(self) -> None:
        """Nothing to do: this process's memory says little of one call."""

    def peak_growth(self) -> int:
        """0: see `reset_peak`."""
        return 0

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
        self._connection = _connect(address, seconds)
        self._pid = _peer(self._connection) or launched
        self._launched = psutil.Process(launched)
        self._patience = CALL_SECONDS

    def ask(self, do: str, **message: Any) -> Any:
        """The value that the agent answers with; `TookTooLong` when it takes too much time."""
        seconds = self._patience
        try:
            self._connection.send_bytes(wire.dumps({"do": do, **message}))
            late = not self._answers_within(seconds)
            if late:
                self._patience = CALL_SECONDS / 4  # the next one that hangs is not waited for long
                self._interrupt()
            reply = wire.loads(self._connection.recv_bytes(wire.LIMIT_BYTES))
        except (EOFError, OSError) as error:
            raise SandboxLost(f"your code's process ended ({type(error).__name__})") from None
        if late:
            raise TookTooLong(f"stopped, because it was not finished after {seconds:g} s")
        if not isinstance(reply, dict) or not reply.keys() & {"value", "error"}:
            raise SandboxLost("your code's process sent something that is no answer")
        return _value(reply)

    def cpu_seconds(self) -> float:
        """CPU time charged to the process, all its threads and all it has started."""
        return _cpu_clock(self._pid) + _cpu_of_others(self._launched, self._pid)

    def reset_peak(self) -> None:
        """Have the system note the process's peak of resident memory anew from here."""
        if sys.platform == "linux":
            with open(f"/proc/{self._pid}/clear_refs", "w") as file:
                file.write("5")  # see proc_pid_clear_refs(5)
            self._resident = _status_bytes(self._pid, "VmRSS")

    def peak_growth(self) -> int:
        """Bytes by which resident memory rose at its peak since `reset_peak`; 0 if not known."""
        if sys.platform != "linux":
            return 0
        return max(0, _status_bytes(self._pid, "VmHWM") - self._resident)

    def listen(self) -> int | socket.socket:
        """A socket that the learner's code can reach, also where it has a network of its own."""
        if sys.platform != "linux":
            return 0
        mine, theirs = (os.stat(f"/proc/{pid}/ns/net").st_ino for pid in ("self", self._pid))
        return 0 if mine == theirs else _socket_in_network_of(self._pid)

    def close(self) -> None:
        """Let the other side go on."""
        self._connection.close()

    def _answers_within(self, seconds: float) -> bool:
        """Whether an answer comes before `seconds` of CPU time, or four times that, are over."""
        begin, cpu = _perf_counter(), self.cpu_seconds()
        while not self._connection.poll(0.25):
            if self.cpu_seconds() - cpu > seconds or _perf_counter() - begin > 4 * seconds:
                return False
        return True

    def _interrupt(self) -> None:
        """Stop the call as Ctrl-C would, and end the process if that does not help."""
        for sign in (signal.SIGINT, signal.SIGKILL):
            os.kill(self._pid, sign)
            if self._connection.poll(3.0):
                return
        raise SandboxLost("your code's process did not answer and was ended")


def _value(reply: dict) -> Any:
    if "value" in reply:
        return reply["value"]
    error = reply["error"]
    raise LearnerError(
        [str(kind) for kind in error["kinds"]] or ["Exception"],
        str(error["message"]),
        [str(frame) for frame in error["frames"]],
    )


def _connect(address: str, seconds: float) -> Connection:
    give_up = _perf_counter() + seconds
    while True:
        try:
            return Client(address)
        except (FileNotFoundError, ConnectionRefusedError):
            if _perf_counter() > give_up:
                raise SandboxLost("your code's process did not start to answer") from None
            _sleep(0.01)


def _peer(connection: Connection) -> int:
    """The process on the other end as the kernel knows it: not what that process says it is."""
    if sys.platform != "linux":
        return 0
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        size = struct.calcsize("3i")
        return struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[0]


_OPEN_AND_PASS_ON = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
with socket.socket(fileno=int(sys.argv[1])) as out:
    socket.send_fds(out, [b"."], [server.fileno()])
"""


def _socket_in_network_of(pid: int) -> socket.socket:
    """A listening socket of the process's network namespace, served from out here."""
    ours, theirs = socket.socketpair()
    user = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
    with ours, theirs:
        enter = ["nsenter", f"--target={pid}", *user, "--net", sys.executable]
        subprocess.run(
            [*enter, "-c", _OPEN_AND_PASS_ON, str(theirs.fileno())],
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


def _cpu_of_others(launched: psutil.Process, pid: int) -> float:
    """CPU time of all started below `launched`, ended ones too, but for `pid`'s own."""
    total = 0.0
    for process in (launched, *launched.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        if process.pid != pid:
            total += times.user + times.system
        total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total
