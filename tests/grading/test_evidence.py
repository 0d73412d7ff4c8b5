"""The evidence commands: what they make of verdicts, and both of them on a course of one check."""

import os
import re
import subprocess
import sys
from unittest import mock

import psutil
import pytest

from course import build, evidence, findings
from course.findings import Verdict
from helpers import checks
from helpers.checks.check import EVIDENCE

SPEED = {"what": "speedup", "value": 60.0, "at_least": 20}
GROWTH = {"what": "growth exponent", "value": 1.0, "at_most": 1.5, "over": 16}
COUNT = {"what": "comparisons", "value": 90, "at_most": 100}


def verdict(answer, *figures, passed=True, expected=None, check="test_it", seconds=1.0):
    """A verdict on a check of one part of 4 points; `figures` are changed copies of the above."""
    part = {
        "title": "fast",
        "points": 4.0,
        "verdict": "passed" if passed else "failed",
        "message": "" if passed else "It is \x022.5\x03 times as fast.\nAnd more.",
        "figures": list(figures),
    }
    score = 4.0 if passed else 0.0
    expected = score if expected is None else expected
    return Verdict(check, answer, score, expected, 4.0, seconds, [part])


def speed(value):
    return SPEED | {"value": value}


def growth(value):
    return GROWTH | {"value": value}


def count(value):
    return COUNT | {"value": value}


# --- a verdict -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "expected", "wrong"),
    [(4.0, 4.0, False), (2.0, 4.0, False), (0.0, 4.0, True), (4.0, 2.0, True), (2.0, 2.0, False)],
)
def test_what_is_left_undecided_may_still_come_to_the_expected_score(score, expected, wrong):
    parts = [{"points": 2.0, "verdict": "undecided", "message": "", "figures": []}]
    assert Verdict("test_it", "one", score, expected, 4.0, 1.0, parts).wrong is wrong


# --- room ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "room"),
    [
        (speed(60.0), 3.0),
        (speed(5.0), 0.25),
        (speed(0.0), 0.0),
        (count(0), float("inf")),
        (COUNT | {"value": 0, "at_most": 0}, 1.0),
        (COUNT | {"value": 3, "at_most": 0}, 0.0),
        (growth(1.0), 4.0),
        (growth(2.0), 0.25),
        ({"what": "growth exponent", "value": 2.0, "at_least": 1.5, "over": 16}, 4.0),
    ],
)
def test_room_is_the_factor_by_which_a_bound_is_kept(figure, room):
    assert findings.room(figure) == pytest.approx(room)


def test_the_nearest_answer_on_each_side_sets_the_room_of_a_threshold():
    (one,) = findings.thresholds(
        [
            verdict("worked", speed(300.0)),
            verdict("counter", speed(60.0)),
            verdict("nested", speed(1.0), passed=False),
            verdict("scan", speed(5.0), passed=False),
        ]
    )
    assert (one.worked.value, one.slowest.answer, one.fastest.answer) == (300.0, "counter", "scan")
    assert (one.slowest.room, one.fastest.miss) == (3.0, 4.0)
    assert one.problems() == []


def test_several_runs_count_by_their_median():
    runs = [verdict("worked", speed(value)) for value in (50.0, 60.0, 900.0)]
    (one,) = findings.thresholds(runs)
    assert one.worked.value == 60.0


def test_a_part_that_ends_early_does_not_shift_the_figures_of_the_next():
    early, late = verdict("worked", speed(300.0)), verdict("worked", speed(50.0))
    (empty,) = verdict("stuck", passed=False).parts
    both = Verdict("test_it", "worked", 8.0, 8.0, 8.0, 1.0, early.parts + late.parts)
    stuck = verdict("stuck", speed(2.0), passed=False)
    stuck = Verdict("test_it", "stuck", 0.0, 0.0, 8.0, 1.0, [empty, *stuck.parts])
    first, second = findings.thresholds([both, stuck])
    assert (first.what, first.fastest) == ("speedup (1)", None)
    assert (second.what, second.fastest.value) == ("speedup (2)", 2.0)


def test_a_threshold_without_a_factor_of_two_on_both_sides_falls_short():
    table, problems = findings.calibration(
        [verdict("worked", speed(30.0)), verdict("scan", speed(15.0), passed=False)]
    )
    assert problems == [
        "test_it: speedup ≥ 20: only 1.5× of room above it (worked)",
        "test_it: speedup ≥ 20: only 1.3× of room below it (scan)",
    ]
    assert re.search(r"\| speedup *\| 30 .*\| 15 \(scan\) .*\| short *\|", table)


def test_a_bound_that_catches_no_answer_falls_short():
    _, problems = findings.calibration([verdict("worked", growth(1.0))])
    assert problems == ["test_it: growth exponent ≤ 1.5: no planted answer is caught by this bound"]


def test_a_count_needs_no_room():
    found = [verdict("worked", count(90)), verdict("scan", count(101), passed=False)]
    table, problems = findings.calibration(found)
    assert problems == []
    assert "a count" in table


def test_an_answer_that_another_bound_catches_clearly_may_pass_this_one():
    found = [
        verdict("worked", speed(300.0), growth(1.0)),
        verdict("nested", speed(1.0), growth(2.0), passed=False),
        verdict("in C", speed(25.0), growth(2.0), passed=False),
    ]
    table, problems = findings.calibration(found)
    assert problems == []
    assert "- test_it, speedup: 25 (in C) is caught by growth exponent, 4× beyond it." in table


def test_an_answer_that_no_bound_catches_clearly_counts_where_it_is_caught():
    found = [
        verdict("worked", speed(300.0), growth(1.0)),
        verdict("nested", speed(1.0), growth(2.0), passed=False),
        verdict("sly", speed(18.0), growth(1.6), passed=False),
    ]
    _, problems = findings.calibration(found)
    assert [problem.partition(": only")[0] for problem in problems] == [
        "test_it: speedup ≥ 20",
        "test_it: growth exponent ≤ 1.5",
    ]


def test_an_answer_that_failed_for_another_reason_says_nothing_of_a_threshold():
    found = [verdict("worked", speed(60.0)), verdict("wrong", speed(40.0), passed=False)]
    (one,) = findings.thresholds(found)
    assert one.fastest is None


def test_a_wrong_score_is_told_with_what_the_check_said():
    _, problems = findings.calibration(
        [
            verdict("worked", speed(60.0)),
            verdict("worked", speed(60.0)),
            verdict("worked", speed(2.5), passed=False, expected=4.0),
            verdict("scan", speed(2.0), passed=False),
        ]
    )
    assert problems == [
        "test_it on worked: wrong in 1 of 3, 0 points for 4: It is 2.5 times as fast."
    ]


# --- every figure --------------------------------------------------------------------------------


def counts_of_a_slow_answer():
    check = checks.Check()
    with check.part("few", points=1):
        check.at_most(300, 100, "comparisons")
        check.at_least(2.5, 20, "speedup")
    with mock.patch.dict(os.environ, {"NBGRADER_EXECUTION": "autograde"}):
        return check.score().parts[0]


def test_a_part_ends_at_the_first_bound_that_is_missed():
    assert [f["what"] for f in counts_of_a_slow_answer().figures] == ["comparisons"]


def test_where_evidence_is_gathered_every_figure_is_measured_and_the_verdict_is_the_same():
    usual = counts_of_a_slow_answer()
    with mock.patch.dict(os.environ, {EVIDENCE: "1"}):
        part = counts_of_a_slow_answer()
    assert [f["what"] for f in part.figures] == ["comparisons", "speedup"]
    assert (part.verdict, part.message) == (usual.verdict, usual.message)


# --- how often it is wrong -----------------------------------------------------------------------


def test_verdicts_are_counted_by_check_and_by_what_they_should_be():
    found = [
        *(verdict("worked", seconds=seconds) for seconds in (1.0, 2.0, 9.0)),
        verdict("counter", passed=False, expected=4.0),
        verdict("scan", passed=False),
    ]
    table, problems = findings.reliability(found)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.split("\n")[2:]]
    assert rows == [
        ["test_it", "full", "2", "4", "1", "0", "1.5", "9.0"],
        ["test_it", "less", "1", "1", "0", "0", "1.0", "1.0"],
        ["all", "", "3", "5", "1", "0", "1.0", "9.0"],
    ]
    assert len(problems) == 1


def test_nothing_measured_yet_is_an_empty_table():
    assert findings.reliability([])[1] == findings.calibration([])[1] == []


# --- the page ------------------------------------------------------------------------------------


def test_each_command_replaces_its_own_part_of_the_page(tmp_path):
    page = tmp_path / "docs" / "evidence.md"
    findings.keep(page, "calibrate", "ex02", "| a table |")
    findings.keep(page, "flakiness", "ex02, busy", "| wrong |")
    before = page.read_text(encoding="utf-8")
    findings.keep(page, "calibrate", "ex02", "| another |")
    after = page.read_text(encoding="utf-8")
    assert after == before.replace("| a table |", "| another |")
    findings.keep(page, "calibrate", "ex02", "| another |")
    assert page.read_text(encoding="utf-8") == after


# --- the commands --------------------------------------------------------------------------------

TEXT = """\
# %% [markdown]
# # Sums
#
# **Objective:** add up numbers without a loop.
#
# **Time:** 5–10 minutes · **Points:** 4 (3 checked automatically, 1 read by a person)
#
# ## Add · 5 min


# %% nbgrader={"grade_id": "given_slow", "locked": true}
def slow(n):
    total = 0
    for number in range(n):
        total += number
    return total


# %% nbgrader={"grade_id": "fast", "solution": true}
def fast(n):
    ### BEGIN SOLUTION
    return n * (n - 1) // 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fast", "grade": true, "points": 3}
import random

from helpers import checks

check = checks.Check("fast")
with check.part("fast", points=3):
    check.faster(
        check.learner.fast,
        than=check.given.slow,
        on=lambda: (random.randrange(9_000, 11_000),),
        at_least=4,
    )
check.score()

# %% [markdown] nbgrader={"grade_id": "report_why", "grade": true, "solution": true, "points": 1}
# ### BEGIN SOLUTION
# Gauss.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# A point for Gauss.
# === END MARK SCHEME ===
"""
LOOP = '''\
"""Right but slow: another loop.

scores: test_fast=0
"""


# %% fast
def fast(n):
    total = 0
    for number in range(n):
        total = total + number
    return total
'''


@pytest.fixture
def sums(tmp_path):
    """The root of a course with one check that is about speed, and one slow answer."""
    text = tmp_path / "source" / "sums" / "sums.py"
    loop = tmp_path / "tests" / "planted" / "sums" / "loop.py"
    for path, content in {text: TEXT, loop: LOOP}.items():
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.needs("bubblewrap")
def test_both_commands_judge_planted_answers_and_leave_no_process(sums, capsys):
    build.build(root=sums, say=lambda line: None)
    before = set(psutil.Process().children(recursive=True))
    assert evidence.calibrate(["-n", "1"], root=sums) == 0
    assert evidence.flakiness(["-n", "2", "--load", "busy", "--at-once", "2"], root=sums) == 0
    assert set(psutil.Process().children(recursive=True)) == before
    said = capsys.readouterr()
    assert said.err == ""
    page = (sums / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert re.search(r"test_fast \| speedup \|.*\| ≥ 4 *\|.*\(loop\).*\| ample \|", page)
    assert re.search(r"\| all .*\| 2 +\| 4 +\| 0 ", page)
    assert all(line in said.out for line in page.split("\n") if line.startswith("| test_"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ex99"], "no exercise 'ex99'; there are: sums"),
        (["--check", "test_slow"], "no check 'test_slow'; there are: test_fast"),
        (["--check", "test_fast=often"], "'test_fast=often' is not a check and how often"),
        (["--answer", "ada"], "no answer 'ada'; there are: loop, worked"),
        (["-n", "0"], "once or more"),
    ],
)
def test_what_cannot_be_run_is_answered_with_what_can(sums, capsys, arguments, said):
    with pytest.raises(SystemExit):
        evidence.flakiness(arguments, root=sums)
    assert said in capsys.readouterr().err


def test_an_interrupted_run_prints_what_it_has_and_keeps_nothing(sums, capsys, monkeypatch):
    def interrupted(todo, told, *rest, **more):
        told.append(verdict("worked"))
        raise KeyboardInterrupt

    monkeypatch.setattr(evidence, "_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evidence.flakiness(["--load", "idle"], root=sums)
    assert re.search(r"\| test_it *\| full", capsys.readouterr().out)
    assert not (sums / "docs").exists()


def test_busy_processes_end_with_the_block_that_wants_them():
    before = set(psutil.Process().children())

    def run():
        with evidence._busy(2):
            assert len(set(psutil.Process().children()) - before) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    assert set(psutil.Process().children()) == before


def test_a_busy_process_ends_when_the_command_is_gone():
    with subprocess.Popen([sys.executable, "-c", evidence._LOOP], stdin=subprocess.PIPE) as loop:
        loop.stdin.close()
        assert loop.wait(timeout=60) == 0
