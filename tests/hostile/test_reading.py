"""Nothing that would help to pass a check can be found from beside the learner's code."""

import re
import secrets

import pytest

pytestmark = pytest.mark.needs("bubblewrap")

# Looks for secrets in whatever can be read; finds its own, so that we know that it looks.
SEARCH = """
import contextlib, ctypes, gc, os, re, sys, threading
from pathlib import Path
secret = re.compile(rb"hidden-number-([0-9a-f]{16})")
mine = "-".join(["hidden", "number", "0" * 16])
Path("of_my_own.txt").write_text(mine)
os.environ["OF_MY_OWN"] = mine
kept = open(mine, "w")
found = set()

def look(where, what):
    if isinstance(what, str):
        what = what.encode("utf-8", "replace")
    found.update((where, match.decode()) for match in secret.findall(what))

def in_files():
    boring = ("/proc", "/sys", "/usr", sys.prefix, sys.base_prefix)
    for place, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if not os.path.join(place, f).startswith(boring)]
        for name in files:
            path = os.path.join(place, name)
            look("files", path)
            with contextlib.suppress(OSError):
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        look("files", file.read(20_000_000))

def in_processes():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline", "mountinfo", "comm"):
            with contextlib.suppress(OSError):
                look("processes", Path(f"/proc/{pid}/{name}").read_bytes())
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                look("processes", os.readlink(f"/proc/{pid}/fd/{name}"))
        ctypes.CDLL(None).ptrace(0x4206, int(pid), 0, 0)  # PTRACE_SEIZE
        with contextlib.suppress(OSError), open(f"/proc/{pid}/mem", "rb") as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                begin, end = (int(n, 16) for n in line.split()[0].split("-"))
                if " rw" in line and end - begin < 2**28:
                    with contextlib.suppress(OSError):
                        memory.seek(begin)
                        look("memory", memory.read(end - begin))

def in_objects():
    frames = [frame for frame in sys._current_frames().values()]
    while frames:
        frame = frames.pop()
        look("objects", repr(list(frame.f_code.co_consts)))
        for value in list(frame.f_locals.values()):
            if isinstance(value, (str, bytes)):
                look("objects", value)
        if frame.f_back:
            frames.append(frame.f_back)
    for holder in gc.get_objects():
        with contextlib.suppress(Exception):
            for value in gc.get_referents(holder):
                if type(value) in (str, bytes):
                    look("objects", value)

def answer(number):
    for search in (in_files, in_processes, in_objects):
        search()
    return number + 1
"""


def test_no_secret_of_a_check_or_of_the_grader_can_be_found(judged, check, tmp_path, monkeypatch):
    secret = f"hidden-number-{secrets.token_hex(8)}"
    for name in ("gradebook.db", "ben.ipynb", f"{secret}.txt"):
        (tmp_path / name).write_text(secret)
    monkeypatch.setenv("A_TOKEN_OF_THE_GRADER", secret)
    monkeypatch.chdir(tmp_path)
    parts = f"expected = {secret!r}\nlinks.CALL_SECONDS = 60\n"
    parts += "with check.part('is right', points=1):\n    check.equal(learner.answer(1), 2)\n"
    parts += "    check.equal(expected[:6], 'hidden')"
    result = judged(
        *(SEARCH, "_ = answer(1)", check(parts), "_ = answer(1); print(sorted(found))"),
        given="expected = 'not of the reference'",
    )
    assert result.verdicts == [["passed"]]
    assert result.said[:2] == ["", ""]
    found = set(re.findall(r"\('(\w+)', '(\w+)'\)", result.said[2]))
    assert {token for _, token in found} == {"0" * 16}, "a secret was found"
    assert {place for place, _ in found} == {"files", "processes", "memory", "objects"}


FORESEEN = """
import numpy
for generator, draw in ((random, random.random), (numpy.random, numpy.random.random)):
    with check.part("what is drawn next depends on nothing that was drawn before", points=1):
        generator.seed(1)
        learner.answer(draw())
        next_one = draw()
        generator.seed(1)
        draw()
        check.true(draw() != next_one, "A learner's code can tell the next number.")
"""


def test_inputs_that_were_seen_tell_nothing_of_those_to_come(judged, check):
    """Random numbers of Python and of old NumPy can be foreseen by who has seen 20,000 bits."""
    assert judged("def answer(n): pass", check(FORESEEN)).verdicts == [["passed"] * 2]
