"""Who worked while a call ran, and what was held."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from helpers.checks.watch import holding, watching

BURN = [sys.executable, "-S", "-c", "for i in range(4_000_000): i * i"]
# Two that start one after the other are together for most of it, however busy the machine.
BURN_LONG = [*BURN[:-1], "for i in range(20_000_000): i * i"]


def burn(times):
    for _ in range(times):
        sum(i * i for i in range(2_000_000))


def test_work_in_this_process_is_its_own_whichever_thread_does_it():
    with watching(os.getpid()) as work:
        burn(1)
    assert work().own > 0
    assert work().workers == ()


def test_work_of_child_processes_is_charged_to_each_of_them():
    with watching(os.getpid()) as work:
        children = [subprocess.Popen(BURN) for _ in range(2)]
        for child in children:
            child.wait()
    assert len(work().workers) == 2
    assert work().elsewhere > 2 * work().own


def test_work_done_before_does_not_count():
    with watching(os.getpid()) as busy:
        burn(2)
    with watching(os.getpid()) as idle:
        pass
    assert idle().own < busy().own / 2
    assert idle().elsewhere == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who is ready to run")
def test_workers_at_work_together_are_told_from_those_that_take_turns():
    with watching(os.getpid()) as together:
        for child in [subprocess.Popen(BURN_LONG) for _ in range(2)]:
            child.wait()
    with watching(os.getpid()) as in_turn:
        for _ in range(2):
            subprocess.run(BURN_LONG, check=True)
    assert together().together > 0.6
    assert in_turn().together < 0.2


# A process to be watched, for what another has started would count with it.
HOLDER = """
import os, sys, time
def fill(megabytes):
    block = bytearray(megabytes * 2**20)
    block[::4096] = bytes(len(block) // 4096)
    return block
def forked(begin=lambda: None):
    child = os.fork()
    if not child:
        begin()
        block = fill(100)
        time.sleep(0.5)
        os._exit(len(block) > 0)
    return child
def watch():
    print(end="ready", flush=True)
    sys.stdin.readline()
"""


def rise(program):
    """The bytes that `holding` tells of a new process, from its call of `watch` to its end."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", HOLDER + program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        process.stdout.read(len("ready"))
        with holding(process.pid, process.pid) as held:
            process.communicate(b"go\n")
    assert process.returncode == 0
    return held()


linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is held")


@linux_alone
@pytest.mark.parametrize(
    ("program", "of_others"),
    [
        ("watch(); fill(100)", False),
        ("forked(lambda: os._exit(0)); time.sleep(0.5); watch(); fill(100)", False),
        ("watch(); os.waitpid(forked(), 0)", True),
        ("child = forked(watch); os.waitpid(child, 0)", True),
        ("block = fill(200); watch(); os.waitpid(forked(), 0)", True),  # shared: counted once
    ],
    ids=["alone", "ended", "started meanwhile", "started before", "beside much that is shared"],
)
def test_memory_of_other_processes_counts(program, of_others):
    held = rise(program)
    if of_others:
        assert 90 * 2**20 < held < 150 * 2**20
    else:
        assert held == 0
