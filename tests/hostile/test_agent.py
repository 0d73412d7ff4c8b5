"""Whatever the process beside a learner's code says, it cannot say itself into points."""

import re

import pytest

pytestmark = pytest.mark.needs("bubblewrap")

HEAD = """
import os, socket, struct, sys, threading, time
import msgpack
from helpers.checks import agent, wire

says, serves, serves_at = agent.Agent.answer, agent.answer_on, agent.answer_at
address = os.path.join(os.path.dirname(os.getcwd()), "a")

def answer(n):
    return n + 1

def say(message):
    agent.Agent.answer = lambda self, request: message
"""
RESTORE = """
agent.Agent.answer, agent.answer_on, agent.answer_at = says, serves, serves_at
if os.path.lexists(address): os.unlink(address)
"""
PARTS = """
for number in random.sample(range(1000), 2):
    with check.part("adds one", points=1):
        check.equal(learner.answer(number), number + 1)
"""

# Each cell makes the agent do something else; the answer itself would be right.
FORGED = {
    "garbage": "say(bytes(range(256)))",
    "nothing": "say(b'')",
    "no reply": "say(wire.dumps([1, 2]))",
    "an error that is none": "say(msgpack.packb({'error': 5}))",
    "a huge error": "say(msgpack.packb({'error': {'kinds': ['K' * 10**6] * 90, "
    "'message': '<b>' * 10**6, 'frames': ['F' * 10**6] * 9}}))",
    "always the same": "say(wire.dumps({'value': 7}))",
    "names that nobody asked for": "say(wire.dumps({'value': ['passed'] * 10**6}))",
    "a nest": "say(b'\\x81\\xa5value' + b'\\x91' * 10**5)",
    "endless lists in few bytes": "say(b'\\x81\\xa5value\\xdd' + struct.pack('>I', 9 * 10**6) "
    "+ b'\\x90' * 9 * 10**6)",
    "an array of nothing": "say(wire.dumps({'value': 1})[:-1] + b'\\xc7\\x0c\\x04\\x07\\0\\0\\0"
    "\\x92\\xa3<f8\\x91\\xce\\xff\\xff')",
    "half a message": """
def half(connection, agent):
    connection.recv_bytes()
    os.write(connection.fileno(), struct.pack("!i", 1000) + b"half")
    time.sleep(5)
agent.answer_on = half
""",
    "a pickle": """
import pickle
class Runs:
    def __reduce__(self):
        return os.system, ("touch /tmp/ran",)
say(pickle.dumps(Runs()))
""",
    "silence": "agent.answer_on = lambda connection, agent: time.sleep(5)",
    "a hangup": "agent.answer_on = lambda connection, agent: None",
    "a link where the socket should be": """
os.symlink("/run/docker.sock", address)
agent.answer_at = lambda address: None
""",
    "somebody else at the socket": """
listener = socket.socket(socket.AF_UNIX)
listener.bind(address)
listener.listen(1)
agent.answer_at = lambda address: None
""",
}


def test_an_agent_that_is_forged_earns_nothing_and_the_next_check_goes_on(judged, check):
    cells = []
    for source in FORGED.values():
        cells += [source, check(PARTS), RESTORE]
    # What was run before is run again in a kernel that is started anew, forgeries too.
    cells += ["os._exit(0)", check(PARTS)]
    result = judged(HEAD, *cells, restarts=5)
    (died,) = [text for text in result.said if text]
    assert "did not outlive this cell" in died
    for forged, found in zip(FORGED, result.checks[:-1], strict=True):
        assert found["score"] == 0.0, forged
        for part in found["parts"]:
            assert part["verdict"] in ("raised", "failed"), forged
            assert part["message"], forged
            assert len(part["message"]) < 5000, forged
        assert all(len(note) < 1000 for note in found["notes"]), forged
    assert result.verdicts[-1] == ["passed"] * 2


ENDS = """
import os, signal, sys, time
def answer(n):
    return n + 1
def sleeps(n):
    time.sleep(1000)
def ignores(n):
    while True:
        try:
            while True: pass
        except BaseException:
            pass
def deafens(n):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True: pass
def stops(n):
    os.kill(os.getpid(), signal.SIGSTOP)
def exits(n):
    os._exit(0)
def kills(n):
    for pid in (os.getppid(), 1, -1):
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
    os.kill(os.getpid(), signal.SIGKILL)
def closes(n):
    os.closerange(3, 1000)
def recurses(n):
    return recurses(n)
def grows(n):
    held = []
    while True: held.append(bytearray(10**8))
"""


def test_a_call_that_does_not_come_back_is_ended_and_the_next_check_goes_on(judged, check):
    names = re.findall(r"def (\w+)", ENDS)[1:]
    parts = "with check.part('{0}', points=1):\n    check.equal(learner.{0}(1), 2)\n"
    cells = [check(parts.format(name) + parts.format("answer")) for name in names]
    result = judged(ENDS, *cells, restarts=20)
    found = dict(zip(names, result.verdicts, strict=True))
    assert {name: one[0] for name, one in found.items()} == dict.fromkeys(names, "raised")
    assert found["recurses"][1] == found["sleeps"][1] == "passed"
    for check_found in result.checks:
        assert all(part["message"] for part in check_found["parts"] if part["verdict"] == "raised")
