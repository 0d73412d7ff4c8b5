"""The profiler for notebooks."""

import cProfile
import pstats
import sys
import threading
import time

import pytest

from helpers import profiling


def work(n):
    total = 0
    for number in range(n):
        total += number
    return total


def main():
    for _ in range(5):
        work(1_000)
        time.sleep(0.002)


def calls_by_name(profiler):
    return {name: row[1] for (_, _, name), row in pstats.Stats(profiler).stats.items()}


@pytest.fixture
def busy_thread():
    """A thread that calls and returns all the time."""
    done = threading.Event()

    def in_between():
        while not done.is_set():
            work(10)
            time.sleep(0.0005)

    thread = threading.Thread(target=in_between)
    thread.start()
    yield
    done.set()
    thread.join()


def test_what_other_threads_call_is_not_recorded(busy_thread):
    profiler = profiling.Profile()
    profiler.runcall(main)
    rows = {key[2]: row for key, row in pstats.Stats(profiler).stats.items()}
    calls, primitive_calls = rows["main"][:2]
    assert (calls, primitive_calls) == (1, 1)
    assert rows["work"][1] == 5
    assert rows["<built-in method time.sleep>"][1] == 5
    assert rows["main"][3] >= rows["work"][3] + rows["<built-in method time.sleep>"][3]


def test_only_what_was_asked_for_is_in_the_profile():
    with profiling.Profile() as profiler:
        work(10)
    recorded = set(calls_by_name(profiler))
    assert "work" in recorded
    assert not recorded & {"_only_in", "enable", "<built-in method builtins.getattr>"}


def test_what_was_recorded_before_stays_when_it_is_enabled_again():
    profiler = profiling.Profile()
    for _ in range(2):
        profiler.enable()
        work(10)
        profiler.disable()
    assert calls_by_name(profiler)["work"] == 2


def test_nothing_is_left_running_after_an_exception():
    with pytest.raises(ZeroDivisionError), profiling.Profile():
        work(1 / 0)
    assert sys.monitoring.get_tool(sys.monitoring.PROFILER_ID) is None


def test_a_second_profiler_is_refused_and_the_first_goes_on():
    with cProfile.Profile() as first:
        with pytest.raises(ValueError, match="already active"):
            profiling.Profile().enable()
        work(10)
    assert calls_by_name(first)["work"] == 1


def test_another_clock_can_be_given():
    profiler = profiling.Profile(time.process_time)
    profiler.runcall(time.sleep, 0.05)
    ((_, _, own_seconds, _, _),) = (
        row for (_, _, name), row in pstats.Stats(profiler).stats.items() if "sleep" in name
    )
    assert own_seconds < 0.05
