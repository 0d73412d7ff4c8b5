"""Kernels to grade with: one that trusts nobody, in bubblewrap, and one that is trusted.

A sandboxed kernel sees Python, the `helpers` package and a folder of its own. It has no network,
no other files, none of the grader's environment, and bounds on memory, processes and file sizes;
when it ends, all that it has started ends with it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

import helpers
from helpers.checks.links import family, held_bytes

from .syscalls import syscall_filter

NOBODY = 65534
GIB = 2**30


class NoSandbox(RuntimeError):
    """This machine cannot run untrusted code safely, as it is."""


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use."""

    memory_bytes: int = 8 * GIB  # address space of each process
    resident_bytes: int = min(4 * GIB, psutil.virtual_memory().total // 2)  # of all, together
    file_bytes: int = 1 * GIB
    disk_bytes: int = 1 * GIB  # of each place that can be written to; they are held in memory
    folder_bytes: int = 4 * 2**20  # in the folder that is shared with the outside: sockets
    processes: int = 256 + 16 * (os.cpu_count() or 1)  # and threads: libraries start one a CPU


def isolation() -> str:
    """How untrusted code is run: "bubblewrap", or "process" where the environment asks for it.

    `PERFORMANCE_PRACTICE_ISOLATION=process` grades in ordinary processes: only for code you trust.
    """
    asked = os.environ.get("PERFORMANCE_PRACTICE_ISOLATION", "bubblewrap")
    if asked not in ("bubblewrap", "process"):
        raise NoSandbox(
            f"PERFORMANCE_PRACTICE_ISOLATION is {asked!r}; it can be 'bubblewrap' or 'process'."
        )
    return asked


def probe() -> None:
    """Raise `NoSandbox`, with the remedy, when bubblewrap does not work here."""
    rest = "For code that you trust, set PERFORMANCE_PRACTICE_ISOLATION=process."
    if not shutil.which("bwrap"):
        raise NoSandbox(
            "Submitted code is run in bubblewrap, which is not installed: on Debian and Ubuntu "
            f"`apt-get install bubblewrap`, on Fedora `dnf install bubblewrap`. {rest}"
        )
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        trial = [*_bubblewrap(Path(folder), Limits(), NOBODY), sys.executable, "-c", "pass"]
        outcome = subprocess.run(trial, capture_output=True, text=True, timeout=60, check=False)
    if outcome.returncode:
        raise NoSandbox(
            f"bubblewrap does not work here: {outcome.stderr.strip()[:300]}. On Ubuntu 24.04 allow "
            "it in AppArmor (sysctl kernel.apparmor_restrict_unprivileged_userns=0); in Docker run "
            f"the container with --privileged; and it has to be version 0.7 or newer. {rest}"
        )


def untrusted_kernel(folder: Path, limits: Limits) -> AsyncKernelManager:
    """A manager of a kernel for untrusted code; `folder` is all it shares with the outside."""
    if isolation() == "process":
        return _manager(folder, [])
    user = _somebody()
    manager = _manager(folder, _bubblewrap(folder, limits, user))
    if os.getuid() == 0:
        manager.write_connection_file()
        for path in (folder, manager.connection_file):
            os.chown(path, user, user)
    return manager


def overuse(pid: int, folder: Path, limits: Limits) -> str:
    """What the sandbox of process `pid` has too much of, in words; "" if it keeps to its limits.

    No limit of the system's bounds the memory of several processes, or files in a folder.
    """
    if sys.platform != "linux":
        return ""
    processes = list(family(pid))
    held = sum(map(_resident_bytes, processes))
    if held > limits.resident_bytes:
        # Not so fast to read: here, memory that processes share is counted once.
        held = sum(map(held_bytes, processes))
    if held > limits.resident_bytes:
        return f"it held more than {limits.resident_bytes / GIB:.1f} GB of memory"
    if not _small(folder, limits.folder_bytes):
        return "it wrote where only its sockets belong"
    return ""


def trusted_kernel(folder: Path) -> AsyncKernelManager:
    """A manager of an ordinary kernel that works in `folder`."""
    return _manager(folder, [])


def _manager(folder: Path, prefix: list[str]) -> AsyncKernelManager:
    connection = folder / "kernel.json"
    python = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    quiet = ["--HistoryManager.hist_file=:memory:"]
    manager = AsyncKernelManager(connection_file=str(connection))
    if sys.platform != "win32":
        manager.transport, manager.ip = "ipc", str(folder / "k")
    manager._kernel_spec = KernelSpec(
        argv=[*prefix, *python, *quiet],
        display_name="Python 3",
        language="python",
        interrupt_mode="message",
        env={"PYTHONPATH": str(_project())} if not prefix else {},
    )
    return manager


def _bubblewrap(folder: Path, limits: Limits, user: int) -> list[str]:
    """The command that puts what follows it into a sandbox; root becomes `user` there."""
    work = f"{folder}/work"
    # bubblewrap takes the filter from a file that is open already.
    (folder / "filter").write_bytes(syscall_filter())
    command = [
        *("sh", "-c", 'exec "$@" 9<"$0"', str(folder / "filter")),
        "prlimit",
        f"--as={limits.memory_bytes}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        *_process_limit(limits),
        "bwrap",
        # Root needs no user namespace, and could not become somebody else in one.
        *([] if os.getuid() == 0 else ["--unshare-user"]),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        *(("--seccomp", "9") if syscall_filter() else ()),
        *("--proc", "/proc"),
        *("--dev", "/dev"),
        *_writable("/dev/shm", limits),
        *_writable("/tmp", limits),
    ]
    shared = [*_python_folders(), str(folder)]
    # bubblewrap makes missing parents for root's eyes only.
    parents = {str(p) for path in shared for p in Path(path).parents} - {"/", "/tmp"}
    for parent in ["/etc", *sorted(parents)]:
        command += ["--perms", "0755", "--dir", parent]
    for path in ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc"):
        # Of /etc, only what programs need to start and to show text.
        if path == "/etc":
            for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts"):
                if os.path.exists(f"/etc/{name}"):
                    command += ["--ro-bind", f"/etc/{name}", f"/etc/{name}"]
        elif os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in shared[:-1]:
        command += ["--ro-bind", path, path]
    if cache := _font_cache():
        command += ["--perms", "1777", "--dir", "/tmp/matplotlib"]
        command += ["--ro-bind", cache, f"/tmp/matplotlib/{Path(cache).name}"]
    command += ["--bind", str(folder), str(folder)]
    command += _writable(work, limits)
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": work,
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "PYTHONPATH": str(_project()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": "/tmp/numba",
        # Threads that wait sleep: they would be charged for the CPU time they spend on waiting.
        "OMP_WAIT_POLICY": "passive",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
    }
    for name, value in environment.items():
        command += ["--setenv", name, value]
    command += ["--chdir", work]
    if os.getuid() == 0:
        # Root is bound by no limit on processes, so what runs inside is somebody else.
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", *drop]
        command += ["--no-new-privs", "--inh-caps=-all"]
    return command


def _writable(path: str, limits: Limits) -> list[str]:
    """An empty folder of bounded size, in memory, that everybody in the sandbox can write to."""
    return ["--perms", "1777", "--size", str(limits.disk_bytes), "--tmpfs", path]


def _somebody() -> int:
    """A user id that nobody uses: processes are counted by user, so no two sandboxes share one."""
    first, last = 61184, 65519  # what systemd hands out to services for as long as they run
    with open("/proc/self/uid_map") as file:
        mapped = [[int(number) for number in line.split()] for line in file]
    if any(inside <= first and last < inside + count for inside, _, count in mapped):
        return random.randint(first, last)
    return NOBODY


def _resident_bytes(pid: int) -> int:
    """Bytes that a process holds by itself: quick to read; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            resident, shared = (int(number) for number in file.read().split()[1:3])
            return (resident - shared) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _small(folder: Path, most_bytes: int) -> bool:
    """Whether a folder holds a few files and no more than `most_bytes`."""
    found = total = 0
    for place, folders, files in os.walk(folder):
        found += len(folders) + len(files)
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
        if found > 100 or total > most_bytes:
            return False
    return True


def _process_limit(limits: Limits) -> list[str]:
    # The limit counts all of a user's processes: for an ordinary user also those outside.
    if os.getuid() == 0:
        return [f"--nproc={limits.processes}"]
    mine = sum(1 for p in psutil.process_iter(["uids"]) if p.info["uids"].real == os.getuid())
    return [f"--nproc={4 * mine + limits.processes}"]


def _python_folders() -> list[str]:
    """Read-only folders Python needs: the environment, the interpreter's own, and `helpers`."""
    wanted = {
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
    }
    folders = sorted({os.path.realpath(path) for path in wanted} | wanted)
    outer = [p for p in folders if not any(p != q and Path(p).is_relative_to(q) for q in folders)]
    outer = [p for p in outer if not Path(p).is_relative_to("/usr")]
    return [*outer, str(Path(helpers.__file__).parent)]


@functools.cache
def _font_cache() -> str | None:
    """matplotlib's list of fonts: a sandbox would look through them all each time it starts."""
    from matplotlib import font_manager, get_cachedir

    version = font_manager.FontManager.__version__  # imported, so the list is there
    path = os.path.join(get_cachedir(), f"fontlist-v{version}.json")
    return path if os.path.exists(path) else None


def _project() -> Path:
    return Path(helpers.__file__).parent.parent
