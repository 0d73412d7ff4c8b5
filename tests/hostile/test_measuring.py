"""Slow code that tries to look fast is found to be slow."""

import pytest

pytestmark = pytest.mark.needs("bubblewrap")

GIVEN = """
def sums_slowly(numbers):
    return [sum(numbers[: i + 1]) for i in range(len(numbers))]
"""
SLOW = GIVEN.replace("sums_slowly", "answer")
FAST = "import itertools\ndef answer(numbers): return list(itertools.accumulate(numbers))"
PARTS = """
with check.part("right", points=1):
    numbers = data.integers(50)
    check.equal(learner.answer(numbers), list(itertools.accumulate(numbers)))
with check.part("fast", points=1):
    check.faster(
        learner.answer, than=given.sums_slowly, on=lambda: (data.integers(1500),), at_least=5
    )
with check.part("grows", points=1):
    check.grows(
        learner.answer,
        on=lambda n: (data.integers(n),),
        sizes=[500, 1000, 2000, 4000],
        below=1.5,
        right=lambda found, numbers: found == list(itertools.accumulate(numbers)),
    )
"""

REPLACED = """
import gc, sys, time, timeit, tracemalloc, builtins
import numpy, numpy.testing
from IPython.core.interactiveshell import InteractiveShell
from helpers import checks, counting, data, timing

def nothing(*args, **kwargs):
    return 0

for name in ("perf_counter", "perf_counter_ns", "process_time", "thread_time", "time", "sleep"):
    setattr(time, name, nothing)
for name in ("default_timer", "timeit", "repeat"):
    setattr(timeit, name, nothing)
for module in (counting, data, timing):
    for name, value in list(vars(module).items()):
        if callable(value) and not name.startswith("_") and not isinstance(value, type):
            setattr(module, name, nothing)
checks.Check.score = checks.Check.equal = checks.Check.faster = nothing
numpy.testing.assert_allclose = numpy.array_equal = numpy.allclose = lambda *a, **k: True
builtins.sorted = builtins.abs = builtins.min = nothing
tracemalloc.get_traced_memory = lambda: (0, 0)

shell = get_ipython()
shell.input_transformers_post.append(lambda lines: lines)
class Everything:
    def visit(self, node):
        return node
shell.ast_transformers.append(Everything())
def before(info):
    pass
shell.events.register("pre_run_cell", before)
shell.display_formatter.formatters["text/plain"].for_type(float, lambda *a: "99.0")
run_cell = shell.run_cell
shell.run_cell = lambda *a, **k: run_cell(*a, **k)
"""

# What costs the same at every size flattens the growth of the rest. Therefore growth is asked for
# in one part with a speedup, which such an answer misses.
FLATTENING = {
    "wastes time": """
import time
slowly = answer
def answer(numbers):
    begin = time.process_time()
    while time.process_time() - begin < 0.05:
        pass
    return slowly(numbers)
""",
    "has a child work whose time is charged to nobody": """
import contextlib, ctypes, os, pickle, signal
for ignore in (
    lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    lambda: ctypes.CDLL(None).signal(17, 1),
    lambda: ctypes.CDLL(None).syscall(13, 17, ctypes.c_char_p(bytes([1] + [0] * 31)), 0, 8),
):
    with contextlib.suppress(OSError):
        ignore()
slowly = answer
def answer(numbers):
    end, start = os.pipe()
    if os.fork() == 0:
        with os.fdopen(start, "wb") as file:
            pickle.dump(slowly(numbers), file)
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as file:
        return pickle.load(file)
""",
    "has a process of its own world work, which ends with it": """
import os, pickle
slowly = answer
def answer(numbers):
    end, start = os.pipe()
    if os.fork() == 0:
        try:
            os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWPID)
        except OSError:
            pass
        if os.fork() == 0:
            if os.fork() == 0:
                with os.fdopen(start, "wb") as file:
                    pickle.dump(slowly(numbers), file)
                os._exit(0)
            os.wait()
            os._exit(0)
        os.wait()
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as file:
        found = pickle.load(file)
    os.wait()
    return found
""",
    "keeps children at hand whose last hundredths of a second are lost": """
import os, pickle, time
slowly, waiting = answer, []
def prepare():
    ask, asked = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(ask[0], "rb") as questions, os.fdopen(asked[1], "wb") as answers:
            pickle.dump(slowly(pickle.load(questions)), answers)
        os._exit(0)
    waiting.append((child, os.fdopen(ask[1], "wb"), os.fdopen(asked[0], "rb")))
for _ in range(100):
    prepare()
def answer(numbers):
    if not waiting:
        return slowly(numbers)
    child, questions, answers = waiting.pop()
    pickle.dump(numbers, questions)
    questions.flush()
    found = pickle.load(answers)
    os.waitpid(child, 0)
    return found
""",
}
TRICKS = FLATTENING | {
    "remembers what it was asked": """
from functools import lru_cache
slowly = answer
by_content = lru_cache(maxsize=None)(lambda numbers: slowly(list(numbers)))
def answer(numbers):
    return by_content(tuple(numbers))
""",
    "works while inputs are taken in": """
from helpers.checks import agent
slowly, known, load = answer, {}, agent.Agent.do_load
def take_in(self, inputs):
    for (numbers,), _ in inputs:
        known[tuple(numbers)] = slowly(numbers)
    return load(self, inputs)
agent.Agent.do_load = take_in
def answer(numbers):
    return known.pop(tuple(numbers), None) or slowly(numbers)
""",
    "works while results are given out": """
import threading
from helpers.checks import agent
slowly, working = answer, []
fetch, call = agent.Agent.do_fetch, agent.Agent.do_call
def answer(numbers):
    found = []
    working.append(threading.Thread(target=lambda: found.extend(slowly(numbers))))
    working[-1].start()
    return found
def when_done(was):
    def wait(self, **message):
        found = was(self, **message)
        while working:
            working.pop().join()
        return found
    return wait
agent.Agent.do_fetch, agent.Agent.do_call = when_done(fetch), when_done(call)
""",
    "works while its processes are counted": """
import os, threading, time
from helpers.checks import agent
slowly = answer
for _ in range(150):
    if os.fork() == 0:
        time.sleep(1000)
load, run, fetch = agent.Agent.do_load, agent.Agent.do_run, agent.Agent.do_fetch
def take_in(self, inputs):
    agent.Agent.at_work = threading.Thread(target=run, args=(self, "slowly"))
    value = load(self, inputs)
    agent.Agent.at_work.start()
    return value
def none_to_run(self, name):
    return 1
def give_out(self):
    agent.Agent.at_work.join()
    return fetch(self)
agent.Agent.do_load, agent.Agent.do_run, agent.Agent.do_fetch = take_in, none_to_run, give_out
""",
    "has a child work that lives on": """
import multiprocessing
slowly = answer
def serve(end):
    while True:
        end.send(slowly(end.recv()))
ours, theirs = multiprocessing.Pipe()
multiprocessing.get_context("fork").Process(target=serve, args=(theirs,), daemon=True).start()
def answer(numbers):
    ours.send(numbers)
    return ours.recv()
""",
    "hands out the work undone": """
slowly = answer
class Later(list):
    def __init__(self, numbers):
        self.numbers = numbers
    def __iter__(self):
        return iter(slowly(self.numbers))
    def __reduce__(self):
        return list, (slowly(self.numbers),)
    def __repr__(self):
        return repr(slowly(self.numbers))
def answer(numbers):
    return Later(numbers)
""",
}


def test_without_a_trick_the_slow_answer_is_right_and_slow_and_the_fast_one_passes(judged, check):
    assert judged(FAST, check(PARTS), given=GIVEN).verdicts == [["passed"] * 3]
    assert judged(SLOW, check(PARTS), given=GIVEN).verdicts == [["passed", "failed", "failed"]]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_makes_a_slow_answer_no_faster(judged, check, trick):
    ((_, fast, grows),) = judged(SLOW, TRICKS[trick], check(PARTS), given=GIVEN).verdicts
    assert fast == "failed"
    assert grows == "failed" or trick in FLATTENING


NAMED = """
with check.part("what is replaced", points=1):
    raise AssertionError(", ".join(check._learner_link().ask("replaced")))
"""


def test_replaced_clocks_helpers_builtins_and_hooks_gain_nothing_and_are_named(judged, check):
    result = judged(SLOW, REPLACED, check(PARTS), check(NAMED), given=GIVEN)
    assert result.said[1] == ""
    assert result.verdicts[0] == ["passed", "failed", "failed"]
    assert "this notebook has replaced" in result.checks[0]["notes"][0]
    for name in (
        *("time.perf_counter", "timeit.timeit", "tracemalloc.get_traced_memory"),
        *("helpers.timing.measure", "helpers.counting.integers", "helpers.data.integers"),
        *("helpers.checks.check.Check.score", "numpy.testing.assert_allclose", "builtins.sorted"),
        *("input transformers", "AST transformers", "hooks", "display formatters", "run_cell"),
    ):
        assert name in result.messages
