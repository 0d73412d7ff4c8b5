"""Every check gives the same verdicts in one process and across to a sandbox."""

from __future__ import annotations

import asyncio
import os
import sys
from unittest import mock

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from course.grading.grades import parts
from course.grading.judge import Judge

HEAD = """
import itertools
from helpers import checks, counting, data
check = checks.Check(*NAMES)
learner, given = check.learner, check.given
"""


def in_process(given: str, answer: str, check: str) -> list[dict]:
    names = {"__name__": "__main__"}
    for source in (given, answer):
        exec(source, names)
    with mock.patch.dict(os.environ, {"NBGRADER_EXECUTION": "autograde"}):
        exec(check, names)
        score = eval("check.score()", names)
    (bundle,) = (v for k, v in score._repr_mimebundle_().items() if k.endswith("json"))
    return bundle["parts"]


def across(given: str, answer: str, check: str) -> list[dict]:
    role = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    cells = [
        _cell(given, role | {"grade_id": "given_code"}),
        _cell(answer, role | {"grade_id": "answer", "solution": True, "locked": False}),
        _cell(
            f"{check}\ncheck.score()", role | {"grade_id": "test_it", "grade": True, "points": 9}
        ),
    ]
    notebook = new_notebook(cells=cells)
    asyncio.run(Judge().judge(notebook, [given]))
    found = parts(notebook.cells[-1])
    assert found, notebook.cells[-1].outputs
    return found


def _cell(source: str, role: dict) -> NotebookNode:
    cell = new_code_cell(source)
    cell.metadata.nbgrader = NotebookNode(role)
    return cell


BACKENDS = [
    pytest.param(in_process, id="in process"),
    pytest.param(across, id="across", marks=pytest.mark.needs("bubblewrap")),
]

CACHE = """
import threading, time
class TTLCache:
    def __init__(self, ttl_seconds=60, *, clock=time.monotonic):
        self.ttl, self.clock, self.items, self.lock = ttl_seconds, clock, {}, threading.Lock()
    def get(self, key):
        with self.lock:
            value, until = self.items.get(key, (None, 0))
            return value if self.clock() < until else None
    def set(self, key, value):
        with self.lock:
            self.items[key] = value, self.clock() + self.ttl
    def __call__(self, func):
        def cached(*args):
            with self.lock:
                if args not in self.items:
                    self.items[args] = func(*args)
                return self.items[args]
        return cached
"""
CACHE_CHECK = """
@check.beside
def after(TTLCache, seconds):
    clock = counting.Clock()
    cache = TTLCache(10, clock=clock)
    cache.set("a", 1)
    clock.advance(seconds)
    return cache.get("a")

@check.beside
def two_threads(TTLCache):
    import threading
    calls = counting.counted(lambda n: n * n)
    cached, start, results = TTLCache(10)(calls), threading.Barrier(2), []
    def work():
        start.wait()
        results.extend(cached(n % 5) for n in range(200))
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return len(results), calls.tally.calls

with check.part("keeps", points=3):
    check.equal(after(seconds=9.9), 1)
with check.part("expires", points=3):
    check.equal(after(seconds=10.1), None)
with check.part("threads", points=3):
    check.equal(two_threads(), (400, 5))
"""

READER = """
import csv
def rows(path):
    with open(path, newline="") as file:
        yield from csv.DictReader(file)
"""
READER_CHECK = """
@check.beside
def first_row(rows):
    import os, tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.csv")
        with open(path, "w") as file:
            file.write("a,b\\n" + "1,2\\n" * 500_000)
        with counting.opens() as files:
            made = rows(path)
            before = len(files)
            first = next(made)
            made.close()
        return before, dict(first), files[0].bytes_read, files[0].closed

with check.part("first row", points=3):
    before, first, read, closed = first_row()
    check.equal(first, {"a": "1", "b": "2"})
with check.part("lazy", points=3):
    check.at_most(read, 100_000, "bytes read for the first row")
    check.equal(before, 0)
with check.part("closed", points=3):
    check.equal(closed, True)
"""

SCRAPER = """
import asyncio, aiohttp
async def scrape(urls, limit):
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession() as session:
        async def one(url):
            async with gate, session.get(url) as response:
                return response.status
        return await asyncio.gather(*(one(url) for url in urls))
"""
SCRAPER_CHECK = """
with check.part("answers", points=3), check.server(latency=0.02) as server:
    check.equal(learner.scrape(server.urls(20), 5), [200] * 20)
    seen = server.traffic()
with check.part("concurrent", points=3):
    check.at_least(seen.peak, 2, "requests in flight")
with check.part("bounded", points=3):
    check.at_most(seen.peak, 5, "requests in flight")
"""

BUFFER = """
class Numbers:
    def __init__(self, size):
        self.data = bytearray(8 * size)
    def __buffer__(self, flags):
        return memoryview(self.data).cast("d")
"""
BUFFER_CHECK = """
@check.beside
def shared(Numbers):
    import numpy as np
    numbers = Numbers(4)
    one, other = np.asarray(numbers), np.frombuffer(numbers)
    one[2] = 7.5
    return np.shares_memory(one, other), other, str(one.dtype)

with check.part("shared", points=3):
    check.true(shared()[0], "two arrays of one buffer do not share its memory")
with check.part("seen", points=3):
    import numpy as np
    check.equal(shared()[1], np.array([0, 0, 7.5, 0]))
with check.part("format", points=3):
    check.equal(shared()[2], "float64")
"""

FASTER = """
def squares(n):
    return [i * i for i in range(n)]
"""
FASTER_CHECK = """
import random
with check.part("faster", points=3):
    check.faster(learner.squares, than=given.slowly, on=lambda: (random.randrange(900, 1100),),
                 at_least=5)
with check.part("grows", points=3):
    check.grows(learner.squares, on=lambda n: (n,), sizes=[4_000, 8_000, 16_000, 32_000],
                below=1.5, right=lambda result, n: result[-1] == (n - 1) ** 2)
with check.part("lean", points=3):
    check.equal(check.peak(learner.squares, 10_000, at_most=800_000)[3], 9)
"""
SLOWLY = """
def slowly(n):
    result = []
    for i in range(n):
        result = result + [i * i]
    return result
"""

STACK = """
class Stack:
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
"""
STACK_CHECK = """
@check.beside
def pushing_every_item(Stack, items):
    stack = Stack()
    for item in items:
        stack.push(item)
    return len(stack.items)

with check.part("grows", points=5):
    check.grows(pushing_every_item, on=lambda n: ([0] * n,), sizes=[2_000, 4_000, 8_000, 16_000],
                below=1.5, right=lambda result, items: result == len(items))
with check.part("quadratic", points=1):
    check.grows(pushing_every_item, on=lambda n: ([0] * n,), sizes=[2_000, 4_000, 8_000, 16_000],
                above=1.5, right=lambda result, items: result == len(items))
with check.part("lean", points=3):
    check.equal(check.peak(pushing_every_item, [0] * 10_000, at_most=200_000), 10_000)
"""

# Memory that another process takes: one forked for it, or kept at hand from before.
LARGE = """
import gc, os, time
def large(number):
    if MEANWHILE:
        start()
    os.write(tell, b".")
    gc.collect()
    return os.read(told, 1) == b"."
def start():
    if os.fork() == 0:
        os.read(ask, 1)
        block = bytearray(FACTOR * 2**20)
        block[::4096] = bytes(len(block) // 4096)
        time.sleep(0.3)
        os.write(answer, b".")
        os._exit(0)
(ask, tell), (told, answer) = os.pipe(), os.pipe()
if not MEANWHILE:
    start()
"""
LARGE_CHECK = """
with check.part("lean", points=1):
    check.equal(check.peak(learner.large, 1, at_most=10 * 2**20), True)
"""


def large(meanwhile: bool, megabytes: int) -> str:
    return LARGE.replace("MEANWHILE", str(meanwhile)).replace("FACTOR", str(megabytes))


P, F, R, N = "passed", "failed", "raised", "not attempted"
CASES = {
    "cache": ("", CACHE, CACHE_CHECK, "TTLCache", [P, P, P]),
    "cache without expiry": (
        *("", CACHE.replace("self.clock() < until", "until"), CACHE_CHECK, "TTLCache"),
        [P, F, P],
    ),
    "cache without a lock": (
        "",
        CACHE.replace(
            "with self.lock:\n                if", "if True:\n                if"
        ).replace(
            "self.items[args] = func(*args)", "time.sleep(0.001); self.items[args] = func(*args)"
        ),
        *(CACHE_CHECK, "TTLCache", [P, P, F]),
    ),
    "cache not written": (
        *("", "class TTLCache:\n    def __init__(*a, **k): raise NotImplementedError"),
        *(CACHE_CHECK, "TTLCache", [N, N, N]),
    ),
    "cache without a name": ("", "", CACHE_CHECK, "TTLCache", [N, N, N]),
    "reader": ("", READER, READER_CHECK, "rows", [P, P, P]),
    "eager reader": (
        *(
            "",
            READER.replace("yield from csv.DictReader(file)", "found = list(csv.DictReader(file))"),
        ),
        *(READER_CHECK, "rows", [R, F, F]),
    ),
    "greedy reader": (
        "",
        READER.replace("yield from csv.DictReader(file)", "yield from list(csv.DictReader(file))"),
        *(READER_CHECK, "rows", [P, F, P]),
    ),
    "scraper": ("", SCRAPER, SCRAPER_CHECK, "scrape", [P, P, P]),
    "scraper without a bound": (
        *("", SCRAPER.replace("Semaphore(limit)", "Semaphore(99)"), SCRAPER_CHECK, "scrape"),
        [P, P, F],
    ),
    "scraper one by one": (
        *("", SCRAPER.replace("Semaphore(limit)", "Semaphore(1)"), SCRAPER_CHECK, "scrape"),
        [P, F, P],
    ),
    "buffer": ("", BUFFER, BUFFER_CHECK, "Numbers", [P, P, P]),
    "buffer that copies": (
        *("", BUFFER.replace("memoryview(self.data)", "memoryview(bytearray(self.data))")),
        *(BUFFER_CHECK, "Numbers", [F, F, P]),
    ),
    "stack": ("", STACK, STACK_CHECK, "Stack", [P, F, P]),
    "stack that copies": (
        *("", STACK.replace("self.items.append(item)", "self.items = self.items + [item]")),
        *(STACK_CHECK, "Stack", [F, P, P]),
    ),
    "large in a child": ("", large(True, 160), LARGE_CHECK, "large", [F]),
    "large in a child from before": ("", large(False, 160), LARGE_CHECK, "large", [F]),
    "lean in a child": ("", large(True, 5), LARGE_CHECK, "large", [P]),
    # A collection must not write to all that is there: it would be copied, for the child shares it.
    "lean in a child of much": (
        *("kept = [[i] for i in range(1_500_000)]", large(True, 5), LARGE_CHECK, "large", [P]),
    ),
    "faster": (SLOWLY, FASTER, FASTER_CHECK, "squares", [P, P, P]),
    "not faster": (SLOWLY, SLOWLY.replace("slowly", "squares"), FASTER_CHECK, "squares", [F, F, P]),
    "fast but wrong": (
        *(SLOWLY, FASTER.replace("i * i", "i"), FASTER_CHECK, "squares", [F, F, F]),
    ),
    "a list that is no list": (
        SLOWLY,
        "class Liar(list):\n    __eq__ = lambda s, o: True\n    __ne__ = lambda s, o: False\n"
        "def squares(n): return Liar()",
        *(FASTER_CHECK, "squares", [F, F, F]),
    ),
}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # beside threads
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES)
def test_verdicts_are_the_same_in_both_backends(backend, case):
    given, answer, check, name, expected = CASES[case]
    if "in a child" in case and sys.platform != "linux":
        pytest.skip("only Linux tells what other processes hold")
    found = backend(given, answer, HEAD.replace("*NAMES", repr(name)) + check)
    assert [part["verdict"] for part in found] == expected, found


FILE_CHECK = """
with check.part("reads", points=3), check.file(b"a,b\\n1,2\\n") as path:
    check.equal(learner.total(path), 3)
with check.part("is gone", points=3):
    check.raises(FileNotFoundError, learner.total, path)
"""
TOTAL = """
def total(path):
    with open(path) as file:
        return sum(map(int, file.read().split()[1].split(",")))
"""


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_learner_s_code_can_be_handed_a_file(backend):
    found = backend("", TOTAL, HEAD.replace("*NAMES", "'total'") + FILE_CHECK)
    assert [part["verdict"] for part in found] == [P, P], found


SHARED = """
import math, numba
@numba.njit(parallel=True)
def shared(n):
    total = 0.0
    for i in numba.prange(n):
        total += math.sin(i)
    return total
"""
THREADS_CHECK = """
with check.part("warm", points=1):
    learner.shared(9)
with check.part("shared", points=8):
    check.true(abs(check.threads(learner.shared, 20_000_000)) < 3, "wrong")
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core runs one thread at a time")
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("loop", "expected"), [("prange", P), ("range", F)])
def test_threads_that_share_the_work_are_told_from_one_that_does_it_all(backend, loop, expected):
    answer = SHARED.replace("numba.prange", "range" if loop == "range" else "numba.prange")
    found = backend("", answer, HEAD.replace("*NAMES", "'shared'") + THREADS_CHECK)
    assert [part["verdict"] for part in found] == [P, expected], found


TURNS = """
import builtins  # the judge's
from helpers.checks.check import Undecided
builtins.turn = getattr(builtins, "turn", 0) + 1
with check.part("close", points=1):
    if turn < DECIDES:
        raise Undecided(f"turn {turn}")
"""


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize(("decides", "verdict"), [(1, P), (2, P), (3, "undecided")])
def test_a_cell_that_cannot_decide_is_run_once_more(decides, verdict):
    check = HEAD.replace("*NAMES", "'f'") + TURNS.replace("DECIDES", str(decides))
    (found,) = across("", "def f(): return 1", check)
    assert found["verdict"] == verdict
    assert found["message"] == ("turn 2" if verdict == "undecided" else "")
