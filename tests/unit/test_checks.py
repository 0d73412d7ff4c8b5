"""What a check says of an answer, in the learner's own notebook."""

from __future__ import annotations

import gc
import json
import math
import os
import re

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils

from helpers.checks.agent import Agent, _describe
from helpers.checks.check import Check, _difference, _shown
from helpers.checks.score import MIME, CheckFailed, Part, Score, measured

HEAD = "check = Check(*names)\nlearner, given = check.learner, check.given\n"


@pytest.fixture(autouse=True)
def graded(monkeypatch):
    """As when grading: a score is a score, not an error."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def checked(answer, check, *names):
    """The score of an answer by a check; both are source code."""
    space = {"__name__": "notebook", "Check": Check, "names": names, "np": np}
    exec(answer, space)
    exec(HEAD + check, space)
    return eval("check.score()", space)


def part(answer, body, *names):
    """The only part of a check with this body."""
    (one,) = checked(answer, f"with check.part('title', points=2):\n    {body}", *names).parts
    return one


def said(text):
    """A message without the marks of what was measured."""
    return re.sub("[\x02\x03]", "", text)


# Four outcomes ------------------------------------------------------------------------------------


def test_a_part_whose_body_holds_is_passed_and_earns_its_points():
    one = part("def f(x): return x", "check.equal(learner.f(3), 3)", "f")
    assert (one.verdict, one.earned, one.message) == ("passed", 2.0, "")


def test_what_does_not_hold_is_failed_with_call_result_and_expectation():
    one = part(
        "def f(x, key=0): return [x, 9]", "check.equal(learner.f(3, key=1), [3], 'Nine?')", "f"
    )
    assert (one.verdict, one.earned, one.think) == ("failed", 0.0, "Nine?")
    assert one.message == "f(3, key=1) gave [3, 9]; expected [3]. It has 2 elements, not 1."


def test_given_code_that_is_asked_for_what_to_expect_is_not_blamed():
    answer = "def f(n): return -n\ndef given_f(n): return n"
    one = part(answer, "check.equal(learner.f(3), given.given_f(3))", "f")
    assert one.message.startswith("f(3) gave -3; expected 3.")


def test_what_was_done_to_a_result_is_told_beside_it():
    one = part("def f(): return [2, 1]", "check.equal(sorted(learner.f()), [1])", "f")
    assert one.message.startswith("f() gave [2, 1], from that [1, 2]; expected [1].")


def test_a_name_that_is_not_there_is_not_attempted():
    one = part("", "check.equal(learner.f(3), 3)", "f")
    assert (one.verdict, one.earned) == ("not attempted", 0.0)
    assert one.message == "f is not defined: its cell has not been run, or raised."
    one = part("def g(): pass", "check.equal(learner.f(3), 3)", "f", "g", "h")
    assert one.message == "f and h are not defined: their cells have not been run, or raised."


def test_a_stub_is_not_attempted_and_not_an_error():
    one = part("def f(x): raise NotImplementedError('stub')", "check.equal(learner.f(3), 3)", "f")
    assert one.verdict == "not attempted"
    assert one.message == "f: nothing here yet. Write it, run its cell, then this one."


def test_a_stub_behind_a_checks_own_function_is_named():
    one = part(
        "def f(x): raise NotImplementedError",
        "def of_three(f):\n        return f(3)\n    check.beside(of_three)()",
        "f",
    )
    assert one.message.startswith("f: nothing here yet.")


def test_the_method_that_is_still_a_stub_is_named():
    stub = "class A:\n    def f(self): return self.g()\n    def g(self): raise NotImplementedError"
    body = "def what_comes_of_f(A):\n        return A().f()\n    check.beside(what_comes_of_f)()"
    assert part(stub, body, "A").message.startswith("A.g: nothing here yet.")
    two = "def g(x): raise NotImplementedError\ndef f(x): return g(x)"
    assert part(two, "check.equal(learner.f(3), 3)", "f", "g").message.startswith("g: nothing")


def test_helpers_of_the_learner_may_be_called_as_what_a_check_cell_calls_its_own():
    space = {"__name__": "notebook", "Check": Check}
    answer = """
def check(x):
    return x > 0

def limit(x):
    global asked
    asked += 1
    return 10 * x

asked = 0

def f(x):
    return limit(x) if check(x) else None
"""
    exec(answer, space)
    theirs = space["check"], space["limit"]
    cell = """
check = Check("f")
limit = asked = 1_000
new = 7
with check.part("title", points=1):
    for x in (1, 2, -1):
        check.equal(check.learner.f(x), 10 * x if x > 0 else None)
with check.part("its own names", points=1):
    check.equal((limit, asked, new), (1_000, 1_000, 7))
score = check.score()
"""
    exec(cell, space)
    assert [one.verdict for one in space["score"].parts] == ["passed", "passed"]
    assert (space["check"], space["limit"]) == theirs
    assert space["asked"] == 2, "what their own code did to their names stays"


def test_a_name_that_only_the_check_cell_has_is_not_found_by_the_learners_code():
    one = part("def f(): return limit", "limit = 3\n    check.equal(learner.f(), 3)", "f")
    assert one.verdict == "raised"


def test_an_answer_that_raises_is_told_what_and_where():
    one = part("def f(x):\n    return x[0]", "check.equal(learner.f({}), 3)", "f")
    assert one.verdict == "raised"
    assert one.message.startswith("f({}) raised KeyError: 0\n")
    assert "in f" in one.message
    assert "agent" not in one.message


def test_a_check_that_trips_over_a_result_says_what_it_was():
    one = part("def f(): return None", "check.equal(sorted(learner.f()), [1])", "f")
    assert one.verdict == "failed"
    assert one.message.startswith("f() gave None, with which the check cannot go on")
    one = part("def f(): return iter([1])", "check.equal(learner.f()[0], 1)", "f")
    assert one.message.endswith("cannot go on ('list_iterator' object is not subscriptable).")


def test_a_bare_assertion_fails_with_its_own_words_or_the_result():
    answer = "def f(): return 5"
    assert part(answer, "assert learner.f() == 4, 'too large'", "f").message == "too large"
    assert part(answer, "assert learner.f() == 4", "f").message == "f() gave 5."


def test_one_part_that_fails_leaves_the_others_theirs():
    score = checked(
        "def f(x): return x",
        "for want in (1, 2, 1):\n"
        "    with check.part(f'want {want}', points=1.5):\n"
        "        check.equal(learner.f(1), want)",
        "f",
    )
    assert [one.verdict for one in score.parts] == ["passed", "failed", "passed"]
    assert (score, score.possible) == (3.0, 4.5)


def test_a_part_can_ask_for_the_verdict_of_an_earlier_one():
    check = (
        "with check.part('right', points=1) as right: check.equal(learner.f(), 1)\n"
        "with check.part('wrong', points=1) as wrong: check.equal(learner.f(), 2)\n"
        "with check.part('told', points=1):\n"
        "    check.equal([right.verdict, wrong.verdict], ['passed', 'failed'])\n"
    )
    assert [p.verdict for p in checked("def f(): return 1", check).parts][2] == "passed"


def test_an_interrupt_is_passed_on():
    with pytest.raises(KeyboardInterrupt):
        part("def f(): raise KeyboardInterrupt", "learner.f()", "f")


@pytest.mark.parametrize("error", ["SystemExit(3)", "GeneratorExit", "StopIteration", "Odd"])
def test_whatever_is_raised_is_told(error):
    answer = f"class Odd(BaseException):\n    def __str__(self): return 1\ndef f(): raise {error}"
    one = part(answer, "learner.f()", "f")
    assert one.verdict == "raised"
    assert error.partition("(")[0] in one.message


def test_of_the_lines_that_led_to_an_error_those_of_libraries_are_left_out():
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads("}")
    (line,) = _describe(raised.value)["frames"]
    assert line.endswith('json.loads("}")')


def test_of_errors_in_a_group_the_first_is_told_too():
    answer = (
        "import json\nasync def g(): json.loads('}')\nimport asyncio\nasync def f():\n"
        "    async with asyncio.TaskGroup() as group: group.create_task(g())"
    )
    one = part(answer, "check.true(learner.f(), 'no')", "f")
    assert one.verdict == "raised"
    assert "(1 sub-exception): JSONDecodeError: Expecting value" in one.message


def test_what_an_answer_prints_is_kept_out_of_the_graded_cell(capfd):
    answer = (
        "import sys\ndef f():\n    print('out')\n    print('err', file=sys.stderr)\n    return 1"
    )
    assert part(answer, "check.equal(learner.f(), 1)", "f").verdict == "passed"
    assert capfd.readouterr() == ("", "")


def test_an_answer_gets_copies_and_cannot_change_what_the_check_holds():
    body = "mine = [1]; learner.f(mine); check.equal(mine, [1])"
    assert part("def f(x): x.append(2)", body, "f").verdict == "passed"


def test_given_code_is_reached_like_the_learners():
    one = part(
        "def f(x): return x\ndef g(x): return -x", "check.equal(learner.f(3), given.g(-3))", "f"
    )
    assert one.verdict == "passed"


def test_a_coroutine_is_run_to_its_end():
    assert part("async def f(): return 7", "check.equal(learner.f(), 7)", "f").verdict == "passed"


def test_a_variable_is_looked_at_by_name():
    assert part("x = (1, 2)", "check.equal(check.value('x'), (1, 2))", "x").verdict == "passed"
    one = part("x = 5", "check.equal(check.value('x'), 6)", "x")
    assert one.message == "x gave 5; expected 6. "


# Equal by type and value --------------------------------------------------------------------------

SAME = [
    *(None, True, 0, 10**900, 1.5, -0.0, 2j, "", "é", b"\x00", [], (), {}, set(), frozenset()),
    *(math.nan, complex(math.nan, 1), [math.nan], (1, [2, {3: {4}}]), {"a": [1, (2,)]}),
    *(np.float64(2), np.int8(3), np.arange(3), np.array([math.nan]), np.array(["a"]), np.eye(2)),
    *(np.array(["NaT"], dtype="M8[s]"), np.zeros((0, 3)), {(1, 2.0): frozenset({3})}),
]


@pytest.mark.parametrize("value", SAME, ids=lambda value: _shown(value, 30))
def test_a_value_is_equal_to_itself(value):
    assert _difference(value, value) == ""


@pytest.mark.parametrize(
    ("actual", "expected", "told"),
    [
        (True, 1, "of type bool, not int"),
        (1.0, 1, "of type float, not int"),
        (np.float64(1), 1.0, "of type float64, not float"),
        (np.int64(1), 1, "of type int64, not int"),
        ([1], (1,), "of type list, not tuple"),
        (frozenset(), set(), "of type frozenset, not set"),
        ([1, 2], [1], "2 elements, not 1"),
        ([1, 2.0], [1, 2], "from position 1 on"),
        ([[1], [True]], [[1], [1]], "from position 1 on"),
        ({"a": 1}, {"b": 1}, "keys differ"),
        ({1.0: 1}, {1: 1}, "keys differ"),
        ({(1.0,): 1}, {(1,): 1}, "keys differ"),
        ({"a": 1.0}, {"a": 1}, "differ at 'a'"),
        ({1.0}, {1}, " "),
        ({True, 2}, {1, 2}, " "),
        (math.nan, 1.0, " "),
        (None, [], "of type NoneType, not list"),
        (np.arange(3.0), np.arange(3), "a float64 array of shape (3,), not a int64 array"),
        (np.zeros((3, 1)), np.zeros(3), "shape (3, 1), not a float64 array of shape (3,)"),
        (np.array([1, 2]), np.array([1, 3]), "elements differ"),
        (np.arange(3), [0, 1, 2], "of type ndarray, not list"),
        ([0, 1, 2], np.arange(3), "of type list, not ndarray"),
        ([np.arange(3)], [np.arange(4)], "from position 0 on"),
        ([1, 2], [1, 3], "They differ from position 1 on: 2, not 3."),
        (
            [{"a": [1]}],
            [{"a": [2]}],
            "from position 0 on, there at 'a', there from position 0 on: 1",
        ),
    ],
)
def test_values_that_differ_in_type_or_value_are_told_apart(actual, expected, told):
    assert told in _difference(actual, expected)
    assert _difference(expected, actual)


LIARS = {
    "equal to all": "class X(list):\n    __eq__ = lambda *_: True\n    __ne__ = lambda *_: False",
    "no type of its own": "class X(list):\n    __class__ = list",
    "called list": "X = type('list', (list,), {'__module__': 'builtins'})",
    "lazy": "class X(list):\n    __iter__ = lambda s: iter([1, 2])\n    __len__ = lambda s: 2",
}


@pytest.mark.parametrize("liar", LIARS)
def test_an_object_cannot_say_on_its_own_behalf_that_it_is_equal(liar):
    answer = f"{LIARS[liar]}\ndef f(): return X([1, 2])"
    for body in ("check.equal(learner.f(), [1, 2])", "check.equal([learner.f()], [[1, 2]])"):
        assert part(answer, body, "f").verdict == "failed"


@pytest.mark.parametrize(
    "value", ["10 ** 5000", "'x' * 10**6", "[[0] * 10**5] * 9", "list(map(str, range(10**4)))"]
)
def test_a_message_stays_short_whatever_came_back(value):
    one = part(f"def f(x): return {value}", f"check.equal(learner.f({value}), None)", "f")
    assert one.verdict == "failed"
    assert len(one.message) < 500


def nested(levels):
    inner = []
    for _ in range(levels):
        inner = [inner]
    return inner


def test_a_value_too_deep_to_cross_is_the_learners_error():
    answer = "def f():\n    x = []\n    for _ in range(5000): x = [x]\n    return x"
    one = part(answer, "check.equal(learner.f(), [])", "f")
    assert one.verdict == "raised"
    assert "cannot be passed on" in one.message
    assert len(_shown(nested(900))) <= 120


@given(
    st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner) | st.sets(st.integers()))
)
def test_what_is_shown_is_never_longer_than_asked(value):
    assert len(_shown(value, 40)) <= 40


# Close, true, raises, bounds ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.0000000001", 1),
        ("[1, 2.0000000001]", [1, 2]),
        ("np.array([1.0, 2.0])", [1, 2]),
        ("float('nan')", math.nan),
        ("[float('inf'), -0.0]", [math.inf, 0]),
        ("10**30", 1e30),
        ("[]", []),
        ("1j", 1j),
    ],
)
def test_numbers_within_a_tolerance_are_close(value, expected):
    body = f"check.close(learner.f(), {expected!r})".replace("nan", "np.nan").replace(
        "inf", "np.inf"
    )
    assert part(f"import numpy as np\ndef f(): return {value}", body, "f").verdict == "passed"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1.1", "f() gave 1.1; expected 1.0."),
        ("'1.0'", "expected numbers"),
        ("['1.0']", "expected shape ()"),
        ("True", "expected numbers"),
        ("None", "expected numbers"),
        ("np.nan", "expected 1.0"),
        ("[1.0]", "shape (1,); expected shape ()"),
        ("[[1.0], []]", "expected numbers"),
        ("10**400", "expected numbers"),
        ("type('Close', (float,), {})(1.0)", "expected numbers"),
        ("np.array([1.0], dtype=object)", "expected numbers"),
        ("{1.0}", "expected numbers"),
    ],
)
def test_what_is_not_close_or_no_number_is_failed(value, told):
    one = part(f"import numpy as np\ndef f(): return {value}", "check.close(learner.f(), 1.0)", "f")
    assert one.verdict == "failed"
    assert told in one.message or "expected numbers" in one.message


@pytest.mark.parametrize("value", ["1", "'yes'", "[0]", "None", "np.array([True])", "np.int8(1)"])
def test_only_true_is_true(value):
    assert part("", f"check.true({value}, 'it is not')").message == "it is not"


def test_true_takes_a_numpy_truth_value():
    assert part("", "check.true(np.all([1 == 1]), 'it is not')").verdict == "passed"


RAISES = "def f(x):\n    if x: raise KeyError('no x')\n    return 5"


def test_an_expected_error_passes_and_gives_its_message():
    body = "check.equal(check.raises(LookupError, learner.f, 1), \"'no x'\")"
    assert part(RAISES, body, "f").verdict == "passed"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("check.raises(KeyError, learner.f, 0)", "f(0) gave 5; expected KeyError."),
        ("check.raises(TypeError, learner.f, 1)", "f(1) raised KeyError: 'no x'; expected TypeE"),
    ],
)
def test_another_error_or_none_is_failed(call, told):
    failed = part(RAISES, call.replace(")", ", think='Who?')"), "f")
    assert told in failed.message
    assert failed.think == "Who?"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("check.at_most(31996000, 5000, 'comparisons', 'Loops?')",
         "31,996,000 comparisons; at most 5,000 were expected."),
        ("check.at_least(2, 5, 'calls')", "2 calls; at least 5 were expected."),
        ("check.at_most(0.12345, 0.1, 'seconds')", "0.1235 seconds; at most 0.1"),
        ("check.at_most(float('nan'), 1, 'seconds')", "nan seconds"),
        ("check.at_least(float('inf'), 1, 'seconds')", "inf seconds"),
        ("check.at_most(None, 1, 'seconds')", "None seconds"),
        ("check.at_most('0', 1, 'seconds')", "'0' seconds"),
        ("check.at_most(True, 1, 'seconds')", "True seconds"),
    ],
)  # fmt: skip
def test_an_amount_out_of_bounds_or_none_at_all_is_failed(body, told):
    one = part("", body)
    assert one.verdict == "failed"
    assert told in said(one.message)


def test_figures_are_kept_for_programs_in_plain_json():
    one = part("", "check.at_most(3, float('inf'), 'calls'); check.at_least(np.float32(1), 0, 's')")
    assert one.verdict == "passed"
    assert json.loads(json.dumps(one.figures, allow_nan=False)) == one.figures
    assert [figure["value"] for figure in one.figures] == [3, 1.0]


# Beside -------------------------------------------------------------------------------------------

BESIDE = """@check.beside
def twice_of(f, x):
    return f(f(x))
with check.part('title', points=2):
    check.equal(twice_of(x=3), 5)"""


def test_a_function_beside_the_answer_gets_it_by_name_and_is_named_in_messages():
    assert checked("def f(x): return x + 1", BESIDE, "f") == 2.0
    (one,) = checked("def f(x): return x", BESIDE, "f").parts
    assert one.message == "twice of gave 3; expected 5. "


def test_a_function_beside_cannot_take_the_checks_handle_along():
    body = BESIDE.replace("f(f(x))", "learner.f(x)").replace("(f, x)", "(x)")
    with pytest.raises(TypeError, match="takes what it needs as parameters"):
        checked("def f(x): return x", body, "f")


# How it is measured -------------------------------------------------------------------------------

SLOW = "def slow(n):\n    return [sum(range(i)) for i in range(n)]\n"
FAST = "def fast(n):\n    return [i * (i - 1) // 2 for i in range(n)]\n"


def test_faster_says_what_was_measured_and_asked():
    body = "check.faster(learner.fast, than=given.slow, on=lambda: (300,), at_least=3)"
    one = part(SLOW + FAST, body, "fast")
    assert one.verdict == "passed", one.message
    assert "times as fast as slow" in said(one.message)
    assert one.figures[0]["what"] == "speedup"
    one = part(SLOW + SLOW.replace("slow", "fast"), body, "fast")
    assert one.verdict == "failed"
    assert "asked: 3" in said(one.message)


def test_faster_but_wrong_is_failed_with_what_was_given():
    body = "check.faster(learner.fast, than=given.slow, on=lambda: (300,), at_least=3)"
    one = part(SLOW + "def fast(n): return [0] * n", body, "fast")
    assert one.verdict == "failed"
    assert one.message.startswith("fast(300) gave [0, 0,")
    assert "but slow gave [0, 0, 1, 3" in one.message
    assert "They differ from position 2 on: 0, not 1." in one.message


@pytest.mark.parametrize(("rel", "verdict"), [(1e-9, "passed"), (1e-14, "failed"), (0.0, "failed")])
def test_faster_takes_floats_to_be_equal_within_a_tolerance_if_told_so(rel, verdict):
    slow = (
        "import math\ndef slow(n):\n    return {'roots': [math.sqrt(i) for i in range(n)] * 40}\n"
    )
    fast = (
        "def fast(n):\n    roots = [(1 + 1e-12) * i ** 0.5 for i in range(n)]\n"
        "    return {'roots': roots * 40}"
    )
    body = (
        f"check.faster(learner.fast, than=given.slow, on=lambda: (300,), at_least=0.1, rel={rel})"
    )
    assert part(slow + fast, body, "fast").verdict == verdict


def disturbed(speedup, seconds=0.002):
    """Stands for `_cost`: calls take a known time, and each sample so many seconds more."""
    samples = []

    def cost(link, name, inputs):
        samples.append(len(inputs))
        taken = 0.03 * len(inputs) / (speedup if name == "fast" else 1)
        return taken + seconds, [list(range(5))] * len(inputs)

    return samples, cost


@pytest.mark.parametrize(
    ("speedup", "verdict", "again"),
    [(40, "passed", True), (1000, "passed", False), (13, "failed", True), (6, "failed", False)],
)
def test_what_misses_by_little_is_compared_again_in_longer_samples(
    monkeypatch, speedup, verdict, again
):
    samples, cost = disturbed(speedup)
    monkeypatch.setattr("helpers.checks.check._cost", cost)
    body = "check.faster(learner.fast, than=given.slow, on=lambda: (9,), at_least=14)"
    one = part(SLOW + FAST, body, "fast")
    assert one.verdict == verdict, one.message
    assert (max(samples) > 1) == again


def test_a_comparison_too_close_to_call_is_undecided(monkeypatch):
    from helpers import timing

    comparison = timing.Comparison(("a", "b"), ((1.0, 3.0),), "cpu", 3, 3.0, 2.9, 3.1, "undecided")
    monkeypatch.setattr(timing, "collect", lambda *a, **k: comparison)
    body = "check.faster(learner.fast, than=given.slow, on=lambda: (9,), at_least=3, think='x')"
    one = part(SLOW + FAST, body, "fast")
    assert (one.verdict, one.earned, one.think) == ("undecided", 0.0, "x")
    assert "Too close to call" in one.message


def test_growth_is_told_with_its_exponent():
    body = (
        "check.grows(learner.slow, on=lambda n: (n,), sizes=[100, 200, 400], below=1.5,"
        " right=lambda found, n: len(found) == n)"
    )
    one = part(SLOW, body, "slow")
    assert one.verdict == "failed"
    assert "grows as n to the power of" in one.message
    assert "wrong result at n = 100" in part("def slow(n): return []", body, "slow").message


def test_growth_that_is_hopeless_is_not_followed_to_the_largest_size():
    slow = "def slow(n):\n    sum(range(n * n))\n    return n"
    sizes = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 10**9]
    body = f"check.grows(learner.slow, on=lambda n: (n,), sizes={sizes}, below=1.5,"
    body += " right=lambda found, n: found == n)"
    one = part(slow, body, "slow")
    assert one.verdict == "failed"
    assert "to 1,000,000,000" not in said(one.message)
    assert "; asked: less than 1.5" in said(one.message)


def test_a_peak_of_memory_is_held_against_its_bound():
    body = "check.peak(learner.f, 10**6, at_most=10**6)"
    assert part("def f(n): return sum(range(n))", body, "f").verdict == "passed"
    one = part("def f(n): return len(list(range(n)))", body, "f")
    assert one.verdict == "failed"
    assert "asked: at most" in said(one.message)


def test_a_peak_that_only_the_system_sees_is_told_as_such(monkeypatch):
    monkeypatch.setattr("helpers.checks.links.Local.peak_growth", lambda self: 2**30)
    one = part("def f(n): return n", "check.peak(learner.f, 1, at_most=10**6)", "f")
    assert one.verdict == "failed"
    assert said(one.message).startswith(
        "While f(1) ran, the process grew by 1.0 GiB, though Python"
    )


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("def f(n): return sum(range(n))", "passed"),
        ("def f(n): return sum(bytes(10**7)) + sum(range(n))", "passed"),  # much, but always
        ("def f(n): return sum(list(range(n)))", "failed"),
        ("def f(n): return 0 if n < 5000 else 1 / 0", "raised"),
    ],
)
def test_memory_is_flat_if_more_to_do_needs_no_more_of_it(source, verdict):
    body = "check.flat(learner.f, {'few': (1000,), 'many': (100_000,)}, within=10**5)"
    one = part(source, body, "f")
    assert one.verdict == verdict
    if verdict == "failed":
        assert "at its peak with few, and" in said(one.message)
        assert "with many; asked: at most 97.7 KiB more." in said(one.message)
    if verdict == "raised":
        assert one.message.startswith("f with many raised ZeroDivisionError")


def test_what_a_generator_raised_for_good_is_shown_where_it_was():
    source = "def f(lines):\n    yield next(iter(lines))\ndef g(): return list(f([]))"
    one = part(source, "check.equal(learner.g(), [])", "g")
    assert one.message.startswith("g() raised RuntimeError: generator raised StopIteration")
    assert "in f" in one.message


# The score ----------------------------------------------------------------------------------------


def score_of(*verdicts, points=1.0, message=""):
    return Score([Part(f"part {v}", points, v, message, "Think so.") for v in verdicts])


@pytest.mark.parametrize("points", [0.1, 0.333333333, 1, 2.5])
def test_a_score_reads_as_a_plain_finite_float_within_bounds(points):
    score = score_of("passed", "failed", "passed", points=points)
    text = score._repr_mimebundle_()["text/plain"]
    assert re.fullmatch(r"\d+\.\d+", text)
    assert 0 <= float(text) <= score.possible
    assert isinstance(score, float)


@pytest.mark.parametrize(("verdicts", "points"), [(("passed", "failed"), 1.0), (("failed",), 0.0)])
def test_nbgrader_reads_the_score_as_meant(verdicts, points):
    score = score_of(*verdicts)
    cell = new_code_cell("check.score()", outputs=[
        new_output("execute_result", data=score._repr_mimebundle_(), execution_count=1)
    ])  # fmt: skip
    cell.metadata.nbgrader = nbformat.from_dict(
        {"grade": True, "points": len(verdicts), "grade_id": "test_x", "solution": False}
    )
    assert utils.determine_grade(cell) == (points, len(verdicts))


def test_a_score_shows_its_parts_as_text_and_as_a_panel():
    score = score_of("passed", "failed", "raised", "not attempted", "undecided", message="Said.")
    text = str(score)
    assert text.startswith("1 of 5 points")
    for sign in ("✓ part passed (passed)", "✗ part failed", "✗ part raised", "○ part", "? part"):
        assert sign in text
    assert text.count("Think: Think so.") == 4
    assert "<strong>1 of 5 points</strong>" in score.panel()


def test_a_panel_shows_what_an_answer_says_as_text_never_as_markup():
    panel = score_of("failed", message="f() gave <script>alert(1)</script> & <b>").panel()
    assert "<script>" not in panel
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in panel


def test_measured_figures_are_marked_in_the_panel_and_not_in_the_text():
    score = score_of("failed", message=f"It took {measured('3.2 s')}.")
    assert '<span class="measured">3.2 s</span>' in score.panel()
    assert "It took 3.2 s." in str(score)


def test_the_bundle_for_programs_is_plain_json():
    bundle = score_of("passed", "failed")._repr_mimebundle_()[MIME]
    assert json.loads(json.dumps(bundle, allow_nan=False)) == bundle
    assert (bundle["score"], bundle["possible"]) == (1.0, 2.0)


def test_while_validating_a_missing_point_is_an_error_that_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "validate")
    check = "with check.part('title', points=1):\n    check.equal(learner.f(), 1, 'Think.')"
    with pytest.raises(CheckFailed, match=r"0 of 1 points[\s\S]*f\(\) gave 2[\s\S]*Think: Think."):
        checked("def f(): return 2", check, "f")
    assert checked("def f(): return 1", check, "f") == 1.0


def test_in_a_notebook_the_panel_is_shown_and_the_error_stays_brief(monkeypatch):
    shown = []
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr("IPython.display.display", shown.append)
    check = "with check.part('title', points=1):\n    check.equal(learner.f(), 1)"
    with pytest.raises(CheckFailed, match=r"^0 of 1 points\. Mend what") as error:
        checked("def f(): return 2", check, "f")
    assert shown == [error.value.score]


LACKING = """
with check.part('needs it', points=2):
    check.needs(given.problem())
    check.equal(learner.f(), 3)
with check.part('does not', points=1):
    check.equal(learner.f(), 2)
"""


def test_what_a_machine_cannot_judge_is_undecided_and_says_what_it_lacks():
    answer = "def f(): return 2\ndef problem(): return 'No compiler.'"
    score = checked(answer, LACKING, "f")
    assert (float(score), score.parts[0].verdict) == (1.0, "undecided")
    assert score.parts[0].message == "No compiler."
    assert checked("def problem(): return 'x'", LACKING, "f").parts[0].verdict == "not attempted"
    here = "def f(): return 2\ndef problem(): return ''"
    assert checked(here, LACKING, "f").parts[0].verdict == "failed"


def test_a_notebook_goes_on_where_nothing_is_missing_but_what_the_machine_lacks(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda score: None)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    answer = "def problem(): return 'No compiler.'\n"
    assert checked(answer + "def f(): return 2", LACKING, "f") == 1.0
    with pytest.raises(CheckFailed, match="0 of 3 points"):
        checked(answer + "def f(): return 9", LACKING, "f")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed, match=r"needs it \(undecided\)\s+No compiler"):
        checked(answer + "def f(): return 2", LACKING, "f")


@pytest.mark.parametrize("frozen_before", [False, True])
def test_measuring_memory_leaves_frozen_what_a_notebook_has_frozen(frozen_before):
    seen = []
    agent = Agent({"look": lambda: seen.append(gc.get_freeze_count())})
    gc.unfreeze()
    if frozen_before:
        gc.freeze()
    try:
        agent.do_peak("look", [])
        assert seen[0] > 0
        assert (gc.get_freeze_count() > 0) == frozen_before
    finally:
        gc.unfreeze()
