"""What `helpers.memory` measures is right where the truth is known, and it leaves no trace."""

import asyncio
import contextlib
import doctest
import functools
import gc
import linecache
import mmap
import platform
import sys
import threading
import time
import tracemalloc

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from helpers import memory

MIB = 2**20
SLACK = 64 * 1024  # room for what the interpreter itself allocates on the way


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(memory).failed == 0


@pytest.fixture(scope="module", autouse=True)
def _collecting_is_quick():
    gc.collect()
    gc.freeze()  # what the test tools hold need not be looked through for every measurement
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _state_is_left_as_found():
    state = (tracemalloc.is_tracing(), sys.gettrace(), gc.isenabled(), threading.active_count())
    yield
    found = (tracemalloc.is_tracing(), sys.gettrace(), gc.isenabled(), threading.active_count())
    assert found == state


def fails(*args):
    bytearray(MIB)
    raise ZeroDivisionError("on purpose")


# --- allocations ---------------------------------------------------------------------------------


def test_peak_counts_what_was_freed_and_net_what_is_held():
    def work():
        passing = bytearray(8 * MIB)
        del passing
        return bytearray(3 * MIB)

    used = memory.allocations(work)
    assert 8 * MIB <= used.peak_bytes < 8 * MIB + SLACK
    assert 3 * MIB <= used.net_bytes < 3 * MIB + SLACK
    assert len(used.result) == 3 * MIB


def test_a_call_that_allocates_nothing_measures_almost_nothing():
    used = memory.allocations(lambda: None)
    assert 0 <= used.net_bytes <= used.peak_bytes < 2_000


@pytest.mark.parametrize("count", [1_000, 1_000_000])
def test_numpy_arrays_are_seen(count):
    def work():
        ones = np.ones(count)
        return ones + ones

    used = memory.allocations(work)
    assert 16 * count <= used.peak_bytes < 16 * count + SLACK
    assert 8 * count <= used.net_bytes < 8 * count + SLACK


def test_a_generator_stays_flat_where_a_list_grows():
    def peak(n, make):
        return memory.allocations(lambda: sum(make(i for i in range(n)))).peak_bytes

    assert peak(100_000, list) > 5 * peak(10_000, list) > 5 * 80_000
    assert peak(100_000, iter) < peak(1_000, iter) + 2_000


def test_the_function_runs_once_or_once_more_to_warm_up():
    calls = []

    def work(label, *, size):
        calls.append(label)
        return bytearray(size)

    memory.allocations(work, "once", size=10)
    memory.allocations(work, "twice", size=10, warm_up=True)
    assert calls == ["once", "twice", "twice"]


def test_a_cache_filled_in_the_warm_up_does_not_count():
    cached = functools.lru_cache(lambda: bytes(MIB))
    assert memory.allocations(cached, warm_up=True).peak_bytes < SLACK


def test_a_dropped_cycle_is_not_held():
    def work():
        cycle = [bytearray(MIB)]
        cycle.append(cycle)

    used = memory.allocations(work)
    assert used.peak_bytes > MIB
    assert used.net_bytes < SLACK


def test_measurements_may_enclose_each_other():
    inner = []

    def outer():
        bytearray(6 * MIB)
        kept = bytearray(MIB)
        inner.append(memory.allocations(lambda: len(bytearray(2 * MIB))))
        return kept

    used = memory.allocations(outer)
    assert 2 * MIB <= inner[0].peak_bytes < 2 * MIB + SLACK
    assert 6 * MIB <= used.peak_bytes < 6 * MIB + SLACK
    used = memory.allocations(lambda: memory.allocations(bytearray, 4 * MIB).net_bytes)
    assert 4 * MIB <= used.peak_bytes < 4 * MIB + SLACK


def test_an_error_inside_an_enclosed_measurement_leaves_the_outer_right():
    def outer():
        with pytest.raises(ZeroDivisionError):
            memory.allocations(fails)
        return len(bytearray(5 * MIB))

    assert 5 * MIB <= memory.allocations(outer).peak_bytes < 5 * MIB + SLACK


@pytest.mark.parametrize("measure", [memory.allocations, memory.top_allocations])
@pytest.mark.parametrize("func", [fails, lambda: None])
def test_a_tracemalloc_that_was_running_goes_on_as_it_was(measure, func):
    tracemalloc.start(7)
    try:
        kept = bytearray(MIB)
        with contextlib.suppress(ZeroDivisionError):
            measure(func)
        assert tracemalloc.get_traceback_limit() == 7
        assert tracemalloc.get_traced_memory()[0] >= len(kept)
    finally:
        tracemalloc.stop()


def test_a_function_that_stops_tracemalloc_cannot_be_measured():
    with pytest.raises(RuntimeError, match="stops tracemalloc: measure it without"):
        memory.allocations(tracemalloc.stop)
    tracemalloc.start(3)
    try:
        with pytest.raises(RuntimeError, match="stops tracemalloc"):
            memory.top_allocations(tracemalloc.stop)
        assert tracemalloc.get_traceback_limit() == 3
    finally:
        tracemalloc.stop()


# --- all of them ---------------------------------------------------------------------------------

ALL = [memory.allocations, memory.top_allocations, memory.timeline, memory.line_by_line]


@pytest.mark.parametrize("measure", ALL)
def test_an_error_comes_through_and_nothing_is_left_running(measure):
    patience = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        measure(fails)
    assert sys.getswitchinterval() == patience


@pytest.mark.parametrize("measure", ALL)
def test_the_result_is_kept_and_arguments_are_passed_on(measure):
    def work(a, *, b):
        return [a, b]

    measured = measure(work, 1, b=2)
    assert measured.result == [1, 2]
    assert measured.name == "work"


@pytest.mark.parametrize("measure", ALL)
def test_a_result_in_place_of_a_function_is_refused_with_a_hint(measure):
    with pytest.raises(TypeError, match=r"pass the function and then its arguments.*not \[1, 2\]"):
        measure([1, 2])


@pytest.mark.parametrize("measure", ALL)
def test_results_show_as_text_as_html_and_as_a_frame(measure):
    def work():
        return [bytes(i) for i in range(1_000)] if 1 < 2 else "<b>"

    measured = measure(work)
    page = measured._repr_html_()
    assert str(measured).startswith(measured.name)
    assert page.count("<tr>") == page.count("</tr>") == len(str(measured).splitlines()) - 1
    assert '<span class="measured">' in page
    assert "<b>" not in page
    assert len(measured.to_frame()) >= 1
    assert any(name.endswith("_bytes") for name in measured.to_frame().columns)


# --- top_allocations -----------------------------------------------------------------------------


def test_the_line_that_leaks_is_named_first():
    class Leaky:
        def __init__(self):
            self.cache = {}

        def process(self, n):
            for i in range(n):
                self.cache[i] = bytearray(10_000)  # leaks
            return sum(range(n))

    leaky = Leaky()
    found = memory.top_allocations(leaky.process, 100, limit=2)
    assert found.lines[0]["source"].endswith("# leaks")
    assert found.lines[0]["file"] == __file__
    assert 1_000_000 <= found.lines[0]["held_bytes"] < 1_100_000
    assert len(found.lines) <= 2
    assert "# leaks" in str(found)


def test_memory_that_a_library_allocated_counts_for_the_line_that_called_it():
    found = memory.top_allocations(lambda: np.ones((100, 1_000)))
    assert "np.ones" in found.lines[0]["source"]


def test_a_call_that_holds_nothing_shows_no_large_line():
    found = memory.top_allocations(lambda: len(bytearray(MIB)))
    assert all(line["held_bytes"] < SLACK for line in found.lines)
    assert memory.Lines("empty", [], None)._repr_html_().count("<tr>") == 2


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="1 or more, not 0"):
        memory.top_allocations(len, limit=0)


# --- timeline ------------------------------------------------------------------------------------


def test_a_timeline_sees_memory_come_and_go():
    calls = []

    def work():
        calls.append(1)
        with mmap.mmap(-1, 64 * MIB) as block:  # given back at once; malloc may keep it
            block[::4096] = bytes(len(block) // 4096)  # each page is written
            time.sleep(0.05)
        return "done"

    seen = memory.timeline(work, interval=0.002)
    assert calls == [1]
    assert seen.result == "done"
    assert seen.seconds[0] == 0
    assert list(seen.seconds) == sorted(seen.seconds)
    assert 50 * MIB < seen.peak_bytes < 100 * MIB
    assert seen.net_bytes < 32 * MIB
    assert list(seen.to_frame().columns) == ["seconds", "resident_bytes"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="free memory is given back by glibc")
@pytest.mark.parametrize("by_line", [False, True])
def test_what_was_freed_before_hides_no_rise(by_line):
    small = 100_000  # from the heap, which the last block of many keeps from shrinking
    blocks = [bytearray(small) for _ in range(400)]
    del blocks[:-1]

    def work():
        return [bytearray(b"x" * small) for _ in range(300)]

    if by_line:
        grown = memory.line_by_line(work).lines[1]["increment_bytes"]
    else:
        grown = memory.timeline(work).net_bytes
    assert grown > 200 * small


def test_a_timeline_has_its_readings_while_python_computes():
    seen = memory.timeline(lambda: sum(i * i for i in range(3_000_000)), interval=0.002)
    assert len(seen.seconds) > 20


def test_even_an_instant_call_has_a_reading_before_and_one_after():
    seen = memory.timeline(int, name="nothing")
    assert len(seen.seconds) == len(seen.resident_bytes) >= 2
    assert seen.name == "nothing"
    assert min(seen.resident_bytes) > MIB


@pytest.mark.parametrize("interval", [0, -1, float("nan"), float("inf")])
def test_an_interval_that_is_no_time_is_refused(interval):
    with pytest.raises(ValueError, match="number of seconds above 0"):
        memory.timeline(int, interval=interval)


# --- line_by_line --------------------------------------------------------------------------------


def test_increments_go_to_the_lines_that_take_and_free_memory():
    def work(n):
        """A text
        over two lines."""
        blocks = []
        for _ in range(n):
            blocks.append(np.ones(5 * MIB))
        size = sum(block.size for block in blocks)
        if size < 0:
            return None
        blocks.clear()
        return size

    seen = memory.line_by_line(work, 2)
    lines = {line["source"].strip(): line for line in seen.lines}
    assert seen.result == 10 * MIB
    assert seen.lines[0]["line"] == work.__code__.co_firstlineno
    assert lines["blocks.append(np.ones(5 * MIB))"]["runs"] == 2
    assert lines["blocks.append(np.ones(5 * MIB))"]["increment_bytes"] > 70 * MIB
    assert lines["blocks.clear()"]["increment_bytes"] <= 0
    assert lines["return None"]["increment_bytes"] is None
    assert abs(lines["for _ in range(n):"]["increment_bytes"]) < 4 * MIB
    assert str(seen).splitlines()[1].split() == ["line", "source", "runs", "increment", "resident"]


def test_memory_that_is_given_back_first_is_booked_on_no_line():
    free = [bytes(100_000) for _ in range(600)]
    kept = bytes(100_000)  # above them: the C library cannot give them back by itself
    del free

    def work():
        return len(kept)

    first = memory.line_by_line(work).lines[0]
    assert abs(first["increment_bytes"] or 0) < 4 * MIB


def test_methods_and_decorated_functions_are_followed_to_their_source():
    class Box:
        def fill(self):
            self.block = np.ones(5 * MIB)

    @functools.lru_cache
    def cached():
        return np.ones(5 * MIB)

    for func, text in [(Box().fill, "self.block"), (cached, "return np.ones")]:
        grown = max(memory.line_by_line(func).lines, key=lambda line: line["increment_bytes"] or 0)
        assert text in grown["source"]


def test_what_cannot_be_followed_says_what_to_pass():
    def draws():
        yield 1

    async def waits():
        await asyncio.sleep(0)

    namespace = {}
    exec(compile("def nowhere(): pass", "<nowhere>", "exec"), namespace)
    for wrong in (len, int, draws, waits, namespace["nowhere"], functools.partial(print)):
        with pytest.raises(TypeError, match="cannot be followed line by line: pass a function"):
            memory.line_by_line(wrong)


def test_a_tracer_that_was_set_is_set_again():
    def tracer(frame, event, arg):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        memory.line_by_line(lambda: [1])
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


# --- sizes ---------------------------------------------------------------------------------------


def test_deep_size_counts_what_an_lru_cache_holds():
    @functools.cache
    def block(i):
        return bytes(10_000)

    empty = memory.deep_size(block)
    for i in range(50):
        block(i)
    assert 500_000 < memory.deep_size(block) - empty < 550_000


def test_deep_size_counts_shared_and_cyclic_objects_once_and_leaves_out_code():
    word = "x" * 1_000
    shared = [word] * 10
    shared.append(shared)
    assert memory.deep_size(shared) == sys.getsizeof(shared) + sys.getsizeof(word)
    assert memory.deep_size([len, int, sys, memory.deep_size]) < 200
    instance = type("Box", (), {})()
    instance.block = bytes(5_000)
    assert 5_000 < memory.deep_size(instance) < 6_000


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (MIB - 1, "1.0 MiB"),
        (-MIB, "-1.0 MiB"),
        (3 * 2**40, "3.0 TiB"),
        (5_000 * 2**40, "5000.0 TiB"),
    ],
)
def test_bytes_are_written_with_the_unit_that_fits(size, text):
    assert memory.format_bytes(size) == text


# --- in a notebook -------------------------------------------------------------------------------

CELLS = [
    "from helpers import memory\nimport numpy as np",
    "def build(n):\n    kept = []\n    for _ in range(n):\n"
    "        kept.append(np.ones(2**20))  # here\n    return kept",
    "print(memory.top_allocations(build, 4, limit=1))",
    "print(memory.line_by_line(build, 4))",
    "memory.line_by_line(build, 4)",
    "memory.timeline(build, 4)",
]


def test_functions_defined_in_notebook_cells_are_measured_line_by_line(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    NotebookClient(notebook, timeout=60).execute()
    outputs = [cell.outputs[0] for cell in notebook.cells if cell.outputs]
    assert [output.output_type for output in outputs] == ["stream"] * 2 + ["execute_result"] * 2
    assert all(output.get("name") != "stderr" for output in outputs)

    top = outputs[0].text.splitlines()[-1].split()
    assert top[:2] == ["In[2]", "4"]
    assert "32.0 MiB" in outputs[0].text
    here = next(line for line in outputs[1].text.splitlines() if "# here" in line)
    assert here.split()[0] == "4"
    assert "MiB" in here
    assert '<span class="measured">' in outputs[2].data["text/html"]
    assert "kept.append" in outputs[2].data["text/html"]


def test_source_that_only_linecache_knows_is_enough():
    text = "def build():\n    return [0]\n"
    linecache.cache["<a cell>"] = (len(text), None, text.splitlines(keepends=True), "<a cell>")
    namespace = {}
    exec(compile(text, "<a cell>", "exec"), namespace)
    seen = memory.line_by_line(namespace["build"])
    assert [line["source"] for line in seen.lines] == ["def build():", "    return [0]"]
    assert seen.lines[1]["runs"] == 1
