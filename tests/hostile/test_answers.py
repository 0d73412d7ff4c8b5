"""What comes back from a learner's code counts by its exact type and value, whoever says what."""

import pytest

pytestmark = pytest.mark.needs("bubblewrap")

# Each makes a function `answer` that gives something that would like to pass for [1, 2].
WRONG = {
    "equal to everything": """
class Equal(list):
    __eq__ = lambda *_: True
    __ne__ = lambda *_: False
    __lt__ = __gt__ = lambda *_: False
def answer(): return Equal()
""",
    "an element equal to everything": """
def answer(): return [1, type("Any", (int,), {"__eq__": lambda *_: True, "__hash__": None})(5)]
""",
    "a list by its class's word": """
class Pretends:
    __class__ = list
    __eq__ = lambda *_: True
    __iter__ = lambda _: iter([1, 2])
    __len__ = lambda _: 2
    __repr__ = lambda _: "[1, 2]"
def answer(): return Pretends()
""",
    "a list by name": "answer = lambda: type('list', (list,), {'__module__': 'builtins'})([1, 2])",
    "a proxy": """
class Proxy:
    def __getattribute__(self, name): return getattr([1, 2], name)
def answer(): return Proxy()
""",
    "a generator": "def answer():\n    yield 1\n    yield 2",
    "an array": "import numpy as np\ndef answer(): return np.array([1, 2])",
    "a tuple": "def answer(): return (1, 2)",
    "floats": "def answer(): return [1.0, 2.0]",
    "truth values": "def answer(): return [True, 2]",
    "numpy's integers": "import numpy as np\ndef answer(): return [np.int64(1), np.int64(2)]",
    "text": "def answer(): return '[1, 2]'",
    "a form of the wire": """
import msgpack
def answer(): return msgpack.ExtType(1, bytes([0, 0x92, 1, 2]))
""",
    "another form": "import msgpack\ndef answer(): return msgpack.Timestamp(1)",
    "an error that is equal": """
class Equal(Exception):
    __eq__ = lambda *_: True
    __hash__ = None
    __str__ = lambda _: 1 / 0
def answer(): raise Equal([1, 2])
""",
    "an exit": "def answer(): raise SystemExit(0)",
    "an error named passed": "def answer(): raise type('Passed', (AssertionError,), {})",
    "nothing": "def answer(): pass",
    "itself": "def answer(): return answer",
    "a list in itself": "def answer():\n    x = []\n    x.append(x)\n    return x",
    "what cannot be shown": """
class Rude(list):
    def __repr__(self): raise BaseException
    __str__ = __format__ = __repr__
def answer(): return Rude([1, 2])
""",
    "too much": "def answer(): return b' ' * 300_000_000",
    "text that no text is": "def answer(): return '\\ud800'",
    "a number without end": "def answer(): return [10 ** 10 ** 6, 2]",
    "what is printed": "def answer(): print([1, 2])",
}


def test_nothing_passes_for_a_list_that_is_none(judged, check):
    cells, parts = [], ""
    for number, (told, source) in enumerate(WRONG.items()):
        name = f"answer_{number}"
        cells.append(f"{source}\n{name} = answer")
        parts += f"with check.part({told!r}, points=1):\n"
        parts += f"    check.equal(learner.{name}(), [1, 2])\n"
    result = judged(*cells, check(parts, names=""))
    assert result.said == [""] * len(WRONG)
    (found,) = result.checks
    assert [part["title"] for part in found["parts"] if part["verdict"] == "passed"] == []
    assert found["score"] == 0.0
    assert max(len(part["message"]) for part in found["parts"]) < 2000


def test_a_right_answer_passes_beside_prints_warnings_and_threads(judged, check):
    answer = """
import sys, threading, warnings
def answer():
    print("x" * 10**6)
    print("err", file=sys.stderr)
    warnings.warn("careful")
    threading.Thread(target=print, args=("late",)).start()
    return [1, 2]
"""
    parts = "with check.part('is right', points=1):\n    check.equal(learner.answer(), [1, 2])"
    assert judged(answer, check(parts)).verdicts == [["passed"]]
