"""Code that uses up what it can get harms itself: the rest of its notebook is graded, in time.

That no process lives on is seen to by the fixture `judged`, for all tests here.
"""

import json
import re
import socket
import threading

import pytest

from course.grading import sandbox

pytestmark = pytest.mark.needs("bubblewrap")

MIB = 2**20
ANSWER = "def answer(number):\n    return number + 1"
RIGHT = "with check.part('is right', points=1):\n    check.equal(learner.answer(1), 2)\n"


@pytest.fixture
def small_limits(monkeypatch):
    """Less for each sandbox than usual, so that it is used up sooner."""
    limits = sandbox.Limits(resident_bytes=700 * MIB, disk_bytes=32 * MIB)
    monkeypatch.setattr(sandbox, "Limits", lambda: limits)


# Each ends the kernel, and is left out when it is started again; what is said of it.
DEADLY = {
    "ends its process": ("import os\nos._exit(0)", "it died"),
    "kills its parents": (
        """
import os, signal
for pid in (os.getppid(), 1, -1):
    try: os.kill(pid, signal.SIGKILL)
    except OSError: pass
os.kill(os.getpid(), signal.SIGKILL)
""",
        "it died",
    ),
    "crashes": ("import ctypes\nctypes.string_at(0)", "it died"),
    "takes memory": (
        "held = []\nwhile True: held.append(bytearray(b'x') * 10**7)",
        "0.7 GB of memory",
    ),
    "takes memory in many processes": (
        """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(b"x") * (150 * 2**20)
        time.sleep(1000)
time.sleep(1000)
""",
        "0.7 GB of memory",
    ),
    "sends what is no message": (
        """
kernel = get_ipython().kernel
for kind in ("stream", "error", "display_data", "execute_result", "clear_output", "status", "no"):
    for content in ({}, {"name": 5, "text": []}, {"data": 7, "traceback": 1}, {"data": {"x": {}}}):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
""",
        "it sent what cannot be read",
    ),
    "floods the folder of its socket": (
        """
import os, time
with open(os.path.join(os.path.dirname(os.getcwd()), "flood"), "wb") as file:
    file.write(bytes(10**7))
time.sleep(1000)
""",
        "only its sockets belong",
    ),
}


def test_a_cell_that_ends_the_kernel_costs_only_itself(judged, check, small_limits):
    cells = [part for source, _ in DEADLY.values() for part in (source, check(RIGHT))]
    result = judged(ANSWER, *cells, restarts=len(DEADLY))
    assert result.verdicts == [["passed"]] * len(DEADLY)
    for (told, (_, why)), said in zip(DEADLY.items(), result.said[1:], strict=True):
        assert why in said, told


DEAF = """
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""


def test_a_cell_that_does_not_listen_is_stopped(judged, check):
    result = judged(ANSWER, DEAF, check(RIGHT), cell_seconds=3, restarts=1)
    assert result.verdicts == [["passed"]]
    assert "was stopped after 3 s" in result.said[1]


# Each is over before its check comes, and leaves the kernel alive.
FLOODS = {
    "disks": """
import os
for folder in (os.getcwd(), "/tmp", "/dev/shm"):
    written = 0
    try:
        with open(os.path.join(folder, "flood"), "wb") as file:
            while True: written += file.write(bytes(10**6))
    except OSError as error:
        print(folder, written < 40 * 10**6, error.strerror)
""",
    "lines": "for number in range(200_000): print(number)",
    "one line": "print('x' * 10**8)",
    "stderr": "import sys\nfor number in range(10_000): sys.stderr.write('x' * 1000)",
    "the terminal": "import os\nos.write(1, b'x' * 10**6); os.system('yes | head -c 10000000')",
    "a display": "from IPython.display import HTML, display\ndisplay(HTML('<b>' * 10**7))",
    "displays": "for _ in range(3_000): display({'text/plain': 'x' * 90}, raw=True)",
    "a result": "'x' * 10**7",
    "an error": "raise type('E' * 10**6, (Exception,), {})('x' * 20_000_000)",
    "a deep error": """
def deeper(n):
    try:
        raise ValueError("x" * 1000)
    except ValueError:
        if n: deeper(n - 1)
        raise KeyError("y" * 10_000)
deeper(100)
""",
    "errors": """
from ipykernel.jsonutil import json_clean
kernel = get_ipython().kernel
for _ in range(50):
    told = {"ename": "E" * 10**5, "evalue": "x" * 10**5, "traceback": ["x" * 10**6] * 3}
    kernel.session.send(kernel.iopub_socket, "error", told, parent=kernel.get_parent())
""",
}


def test_floods_are_cut_and_the_rest_is_graded(judged, check, small_limits):
    cells = [part for source in FLOODS.values() for part in (source, check(RIGHT))]
    result = judged(ANSWER, *cells, cell_seconds=15, restarts=2)
    assert result.verdicts == [["passed"]] * len(FLOODS)
    for told, cell in zip(FLOODS, result.cells[1::2], strict=True):
        assert len(json.dumps(cell.outputs)) < 2_500_000, told
        # Of a message too large, or of too many, the end of the cell may be lost with the rest.
        lost = "The cell was stopped" in str(cell.outputs)
        assert lost if told == "one line" else told == "displays" or not lost, told
    disks = result.said[1]
    assert disks.count("True No space left on device") == 3, disks
    assert "was dropped" in result.said[2]


BOMB = """
import os, threading, time
def bomb():
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            time.sleep(0.1)
"""


@pytest.mark.parametrize("where", ["a cell", "a call"])
def test_a_fork_bomb_stays_in_its_sandbox(judged, check, where):
    fuse = "bomb()" if where == "a cell" else "def answer(number):\n    bomb()"
    # The notebook that does so may lose its other points by it; its grading ends all the same.
    result = judged(ANSWER, check(RIGHT), BOMB + fuse, check(RIGHT), cell_seconds=3, restarts=1)
    assert result.verdicts[0] == ["passed"]
    assert result.verdicts[1] in ([["passed"], ["raised"]] if where == "a cell" else [["raised"]])


SURVIVORS = """
import os, signal, subprocess, sys, threading, time, warnings
warnings.simplefilter("ignore")
def burn():
    while True:
        pass
def leave(what):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            what()
        os._exit(0)
    os.wait()
leave(lambda: time.sleep(100_000))
leave(burn)
subprocess.Popen(["sleep", "100000"], start_new_session=True)
threading.Thread(target=burn, daemon=True).start()
threading.Thread(target=time.sleep, args=(100_000,)).start()
"""
GIVEN = "def doubles_slowly(numbers):\n    return [n * 2 for n in numbers for _ in range(20)][::20]"
FAST = (
    "with check.part('fast', points=1):\n    check.faster(learner.doubles, "
    "than=given.doubles_slowly, on=lambda: (data.integers(20_000),), at_least=4)\n"
)


def test_what_goes_on_in_the_background_makes_nothing_faster_and_ends(judged, check):
    slow = GIVEN.replace("doubles_slowly", "doubles").replace("20", "10")
    result = judged(
        slow, check(FAST, "'doubles'"), SURVIVORS, check(FAST, "'doubles'"), given=GIVEN
    )
    assert result.said[1] == ""
    assert result.verdicts[0] == ["failed"]
    assert result.verdicts[1] != ["passed"]


CALLS = """
import os, socket
def attempt(kind, family, address, how=socket.SOCK_STREAM):
    try:
        with socket.socket(family, how) as one:
            one.settimeout(2)
            if how == socket.SOCK_DGRAM:
                one.sendto(b"x", address)
            else:
                one.connect(address)
        print("OUT:", kind)
    except OSError as error:
        print("no", kind, error)
port = __PORT__
attempt("loopback", socket.AF_INET, ("127.0.0.1", port))
attempt("any", socket.AF_INET, ("0.0.0.0", port))
attempt("the machine", socket.AF_INET, (__HOST__, port))
attempt("loopback 6", socket.AF_INET6, ("::1", port))
attempt("the world", socket.AF_INET, ("192.0.2.1", 80))
attempt("names", socket.AF_INET, ("192.0.2.1", 53), socket.SOCK_DGRAM)
attempt("a name", socket.AF_INET, ("example.org", 80))
attempt("abstract", socket.AF_UNIX, __ABSTRACT__)
attempt("a path", socket.AF_UNIX, __PATH__)
for host in (0, 1, 2):
    attempt("the host of the virtual machine", 40, (host, 5001))
attempt("raw", socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_RAW)
print([name for _, name in socket.if_nameindex()])
"""


def test_there_is_no_way_out_not_even_to_the_machine_itself(judged, tmp_path):
    abstract, path = f"\0{tmp_path.name}-of-the-grader", str(tmp_path / "socket")
    called, listening = [], [socket.create_server(("0.0.0.0", 0))]
    port = listening[0].getsockname()[1]
    for address in (abstract, path):
        listening.append(socket.socket(socket.AF_UNIX))
        listening[-1].bind(address)
        listening[-1].listen()

    def wait(server):
        while True:
            try:
                called.append(server.accept())
            except OSError:
                return

    for server in listening:
        threading.Thread(target=wait, args=(server,), daemon=True).start()
    with socket.create_connection(("127.0.0.1", port)):  # it does hear whoever can reach it
        pass
    source = CALLS.replace("__PORT__", str(port)).replace("__ABSTRACT__", repr(abstract))
    source = source.replace("__PATH__", repr(path))
    source = source.replace("__HOST__", repr(socket.gethostname()))
    (said,) = judged(source).said
    for server in listening:
        server.close()
    assert "OUT" not in said, said
    assert len(re.findall("^no ", said, re.MULTILINE)) == 13, said
    assert said.endswith("['lo']\n"), said
    assert len(called) == 1
