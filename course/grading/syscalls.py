"""What untrusted code may not ask of the kernel, as a filter that bubblewrap hands over.

Two things would let a process work without being charged for it: to ignore the ends of its
children, whose time is then added to nobody's, and to make a process namespace, in whose end
children are lost the same way. Namespaces are the usual way out of sandboxes, too. And not every
kind of socket keeps to the network that a process is given: those of virtual machines reach the
host. Queues of system calls (io_uring) would pass by this filter.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

_NAMESPACES = 0x7E020000  # the CLONE_NEW... of clone(2)
_SIGCHLD = 17
_FAMILIES = 1, 2, 10, 16  # Unix, IPv4, IPv6, netlink
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
# Instructions of classic BPF, see linux/bpf_common.h; and places in what they look at, see
# seccomp(2).
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


@dataclass(frozen=True)
class _Machine:
    """How a kind of processor is called by the kernel, and the numbers of its system calls."""

    name: int
    rt_sigaction: int
    clone: int
    socket: int
    others: tuple[int, ...]  # unshare, setns, io_uring_setup


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 13, 56, 41, (272, 308, 425)),
    "aarch64": _Machine(0xC00000B7, 134, 220, 198, (97, 268, 425)),
}
_CLONE3 = 435


def syscall_filter(machine: str = platform.machine()) -> bytes:
    """The filter as instructions for the kernel; empty for a machine it is not written for.

    >>> len(syscall_filter("x86_64")) % 8, syscall_filter("abacus")
    (0, b'')
    """
    if machine not in _MACHINES:
        return b""
    of = _MACHINES[machine]
    no, unknown = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
    return b"".join(
        [
            _step(_LOAD, _ARCHITECTURE),
            *_when(_EQUAL, of.name, [], otherwise=unknown),
            _step(_LOAD, _NUMBER),
            *_when(_AT_LEAST, 0x40000000, [_step(_RETURN, unknown)]),  # x86-64's second set
            *_when(_EQUAL, _CLONE3, [_step(_RETURN, unknown)]),  # its flags are out of sight
            *(part for n in of.others for part in _when(_EQUAL, n, [_step(_RETURN, no)])),
            *_when(_EQUAL, of.clone, _if_argument(0, _ANY_OF, _NAMESPACES, no)),
            *_when(_EQUAL, of.rt_sigaction, _if_argument(0, _EQUAL, _SIGCHLD, no, setting=True)),
            *_when(_EQUAL, of.socket, _unless_argument(0, _FAMILIES, _ERROR | errno.EAFNOSUPPORT)),
            _step(_RETURN, _ALLOW),
        ]
    )


def _unless_argument(number: int, values: tuple[int, ...], then: int) -> list[bytes]:
    """Return `then` where an argument is none of some values."""
    allowed = (part for v in values for part in _when(_EQUAL, v, [_step(_RETURN, _ALLOW)]))
    return [_step(_LOAD, _ARGUMENTS + 8 * number), *allowed, _step(_RETURN, then)]


def _if_argument(
    number: int, test: int, value: int, then: int, setting: bool = False
) -> list[bytes]:
    """Return `then` where an argument passes a test; if `setting`, and the next one is not 0."""
    steps = [_step(_RETURN, then)]
    if setting:
        low, high = (_step(_LOAD, _ARGUMENTS + 8 * (number + 1) + half) for half in (0, 4))
        steps = [
            *[low, _step(_EQUAL, 0, 0, 2), high, _step(_EQUAL, 0, 1, 0), *steps],
        ]
    found = [_step(_LOAD, _ARGUMENTS + 8 * number), *_when(test, value, steps)]
    return [*found, _step(_RETURN, _ALLOW)]


def _when(test: int, value: int, steps: list[bytes], otherwise: int = 0) -> list[bytes]:
    """Take `steps` where the test of what is loaded holds; or return `otherwise` where not."""
    if otherwise:
        return [_step(test, value, 1, 0), _step(_RETURN, otherwise), *steps]
    return [_step(test, value, 0, len(steps)), *steps]


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)
