"""The statistics on streams whose truth is known, and the timing itself on a clock that we hold."""

import contextlib
import doctest
import gc
import itertools
import math
import pickle
import random
import subprocess
import sys
import time
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import evidence, timing

# Streams of which the truth is known -----------------------------------------------------------


def calm(seconds, rng, place):
    return seconds * rng.lognormvariate(0, 0.02)


def drift(seconds, rng, place):
    """Every timing takes 3 % longer than the one before."""
    return calm(seconds, rng, place) * 1.03**place


def spikes(seconds, rng, place):
    """One in ten takes several times as long, some of them very much longer."""
    return calm(seconds, rng, place) * (1 + 2 * rng.paretovariate(1) * (rng.random() < 0.1))


def bimodal(seconds, rng, place):
    """Half of the timings fall into a spell in which all takes 1.6 times as long."""
    return calm(seconds, rng, place) * rng.choice([1, 1.6])


def spread(seconds, rng, place):
    return seconds * rng.lognormvariate(0, 0.25)


def overhead(seconds, rng, place):
    """What it takes to ask another process: up to a tenth of the shorter timing."""
    return calm(seconds, rng, place) + rng.uniform(0, 0.0003)


def coarse(seconds, rng, place):
    """A clock of 64 steps a second, read at any moment within a step."""
    begin = rng.random() / 64
    return (math.floor((begin + calm(seconds, rng, place)) * 64) - math.floor(begin * 64)) / 64


NOISES = [calm, drift, spikes, bimodal, spread, overhead]


def sampler(noise, true_ratio, rng, candidate_seconds=0.003):
    place = itertools.count()

    def sample_pair(candidate_first):
        sides = {"candidate": candidate_seconds, "baseline": candidate_seconds * true_ratio}
        order = list(sides) if candidate_first else list(sides)[::-1]
        taken = {side: noise(sides[side], rng, next(place)) for side in order}
        return taken["candidate"], taken["baseline"]

    return sample_pair


def verdicts(noise, true_ratio, at_least, runs, **kwargs):
    rng = random.Random(f"{noise.__name__} {true_ratio}")
    return [
        timing.collect(sampler(noise, true_ratio, rng), at_least=at_least, **kwargs)
        for _ in range(runs)
    ]


@pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.__name__)
@pytest.mark.parametrize(("true_ratio", "wanted"), [(8, timing.PASSED), (2, timing.FAILED)])
def test_a_ratio_twice_from_the_threshold_is_decided_rightly_in_a_few_pairs(
    noise, true_ratio, wanted
):
    found = verdicts(noise, true_ratio, 4, 300)
    assert sum(c.verdict == wanted for c in found) >= 299
    assert {c.verdict for c in found} <= {wanted, timing.UNDECIDED}
    assert sorted(len(c.pairs) for c in found)[150] <= 15


@pytest.mark.parametrize(("true_ratio", "wanted"), [(8, timing.PASSED), (2, timing.FAILED)])
def test_a_coarse_clock_decides_rightly_or_not_at_all(true_ratio, wanted):
    def of(candidate_seconds, step):
        rng = random.Random(candidate_seconds)
        for _ in range(40):
            sample_pair = sampler(coarse, true_ratio, rng, candidate_seconds)
            yield timing.collect(sample_pair, at_least=4, step=step).verdict

    for seconds, step in itertools.product([0.001, 0.003, 0.01, 0.03], [0.0, 1 / 64]):
        assert set(of(seconds, step)) <= {wanted, timing.UNDECIDED}
    assert set(of(0.2, 0.0)) == set(of(0.2, 1 / 64)) == {wanted}


@pytest.mark.parametrize("noise", [calm, drift, bimodal, spread], ids=lambda n: n.__name__)
def test_at_the_threshold_itself_hardly_a_verdict_is_given(noise):
    assert sum(c.verdict != timing.UNDECIDED for c in verdicts(noise, 4, 4, 120)) <= 1


@pytest.mark.parametrize("true_ratio", [3.2, 5])
def test_a_ratio_a_fourth_from_the_threshold_is_decided_when_it_is_calm(true_ratio):
    found = verdicts(calm, true_ratio, 4, 100)
    right = timing.PASSED if true_ratio > 4 else timing.FAILED
    assert {c.verdict for c in found} == {right}


def test_a_large_ratio_takes_four_pairs():
    assert {len(c.pairs) for c in verdicts(calm, 100, 10, 50)} == {4}


@pytest.mark.parametrize("noise", [calm, drift, spikes, bimodal, spread], ids=lambda n: n.__name__)
def test_the_interval_holds_the_true_ratio_at_least_95_times_in_100(noise):
    found = verdicts(noise, 7, None, 200, max_pairs=30)
    assert sum(c.low <= 7 <= c.high for c in found) >= 190


def test_looking_after_every_pair_does_not_make_errors_more_frequent():
    rng = random.Random(1)
    runs, wrong = 200, 0
    for _ in range(runs):
        pairs = [(1.0, 1.03 * rng.lognormvariate(0, 0.1)) for _ in range(60)]  # worst allowed bias
        wrong += any(
            evidence.ratio_interval(pairs[:n], wrong=0.1)[0] > 1 for n in range(1, len(pairs))
        )
    assert wrong <= runs * 0.05


# Clocks that show 0, and timings of any kind ---------------------------------------------------


def test_a_clock_that_shows_only_zeros_decides_nothing():
    found = timing.collect(lambda candidate_first: (0.0, 0.0), at_least=2, max_pairs=20)
    assert (found.verdict, found.low, found.high) == (timing.UNDECIDED, 0.0, math.inf)
    assert str(found)
    assert found._repr_html_()


def test_a_candidate_of_zero_seconds_may_still_have_taken_a_step_of_the_clock():
    found = timing.collect(lambda candidate_first: (0.0, 10 / 64), at_least=20, step=1 / 64)
    assert found.verdict != timing.PASSED
    found = timing.collect(lambda candidate_first: (0.0, 10 / 64), at_least=2, step=1 / 64)
    assert found.verdict == timing.PASSED


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12),
    st.sampled_from([0.0, 1 / 64]),
)
def test_ratios_of_any_timings_have_an_order_and_no_error(steps, step):
    pairs = [(c / 64, b / 64) for c, b in steps]
    low, high = evidence.ratio_interval(pairs, step=step)
    assert 0 <= low <= high
    assert evidence.ratio(pairs) >= 0
    swapped = evidence.ratio_interval([(b, c) for c, b in pairs], step=step)
    assert math.isclose(evidence._over(1, high), swapped[0], abs_tol=1e-12)
    assert evidence.verdict(pairs, 3, step=step) in {"passed", "failed", "undecided"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1e-6, 10), st.floats(1e-6, 10)), min_size=1, max_size=30),
    st.floats(1e-3, 1e3),
)
def test_the_unit_of_time_does_not_matter(pairs, scale):
    low, high = evidence.ratio_interval(pairs)
    scaled = evidence.ratio_interval([(c * scale, b * scale) for c, b in pairs])
    assert scaled == pytest.approx((low, high))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 60), st.sampled_from(list(evidence._MISLEADS.values())))
def test_more_pairs_never_need_fewer_that_speak_against_a_claim(pairs, misleads):
    needed, more = (evidence._needed(n, misleads, 0.001) for n in (pairs, pairs + 1))
    assert needed is None or needed <= more <= needed + 1


# collect: what ends it ---------------------------------------------------------------------------


def test_the_first_pair_is_dropped():
    taken = []

    def sample_pair(candidate_first):
        taken.append((1.0, 30.0) if taken else (99.0, 1.0))
        return taken[-1]

    found = timing.collect(sample_pair, at_least=10)
    assert found.pairs == tuple(taken[1:])


def test_candidate_and_baseline_are_first_equally_often():
    orders = []
    timing.collect(lambda first: orders.append(first) or (1.0, 1.0), at_least=1, max_pairs=19)
    assert sum(orders) == len(orders) / 2
    assert len({tuple(orders[i : i + 2]) for i in range(0, 20, 2)}) == 2


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes only when `clock.advance` says so, in place of all of timing's."""
    now = types.SimpleNamespace(seconds=0.0)
    now.advance = lambda seconds: setattr(now, "seconds", now.seconds + seconds)
    read = lambda: now.seconds  # noqa: E731
    monkeypatch.setattr(timing, "_perf_counter", read)
    for name, usual in list(timing._CLOCKS.items()):
        monkeypatch.setitem(timing._CLOCKS, name, usual._replace(read=read, step=0.0))
    return now


def test_no_pair_is_begun_that_would_end_too_late(clock):
    def sample_pair(candidate_first):
        clock.advance(3)
        return 1.0, 2.0

    found = timing.collect(sample_pair, at_least=2, max_seconds=20)
    assert clock.seconds == 18
    assert found.verdict == timing.UNDECIDED
    assert len(found.pairs) == 5


def test_when_time_is_short_the_first_pair_is_all_there_is(clock):
    found = timing.collect(lambda first: clock.advance(90) or (1.0, 2.0), at_least=1)
    assert (clock.seconds, found.pairs, found.ratio) == (90, ((1.0, 2.0),), 2.0)
    assert found.verdict == timing.UNDECIDED


@pytest.mark.parametrize("seconds", [math.nan, -1e-9, math.inf])
def test_a_timing_that_cannot_be_is_an_error(seconds):
    with pytest.raises(ValueError, match="seconds must be finite"):
        timing.collect(lambda candidate_first: (1.0, seconds))


@pytest.mark.parametrize("at_least", [0, -3, math.nan, math.inf])
def test_a_threshold_that_cannot_be_is_an_error(at_least):
    with pytest.raises(ValueError, match="at_least must be a ratio"):
        timing.collect(lambda candidate_first: (1.0, 1.0), at_least=at_least)


# Growth ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.2, 3.5),
    st.floats(1e-9, 1e-3),
    st.integers(3, 8),
    st.integers(0, 2**32),
)
def test_the_exponent_is_found_and_the_interval_tells_the_noise(power, factor, count, seed):
    rng = random.Random(seed)
    sizes = [100 * 2**k for k in range(count)]
    exact = timing.fit_growth(sizes, [factor * n**power for n in sizes])
    assert exact.exponent == pytest.approx(power, abs=1e-6)
    assert exact.predict(50) == pytest.approx(factor * 50**power, rel=1e-5)
    noisy = timing.fit_growth(sizes, [calm(factor * n**power, rng, 0) for n in sizes])
    assert noisy.low < noisy.exponent < noisy.high
    assert noisy.exponent == pytest.approx(power, abs=0.2)


@pytest.mark.parametrize("count", [3, 4, 6, 12])
def test_the_interval_of_the_exponent_holds_the_truth_95_times_in_100(count):
    rng, sizes = random.Random(count), [100 * 2**k for k in range(count)]
    fits = [
        timing.fit_growth(sizes, [n**1.5 * rng.lognormvariate(0, 0.1) for n in sizes])
        for _ in range(600)
    ]
    inside = sum(fit.low <= 1.5 <= fit.high for fit in fits)
    assert 552 <= inside <= 588  # 570 expected; more than three deviations either way


def test_two_sizes_have_a_slope_and_no_interval():
    fit = timing.fit_growth([10, 100], [1, 10])
    assert (round(fit.exponent, 9), fit.low, fit.high) == (1.0, -math.inf, math.inf)


@pytest.mark.parametrize(
    "sizes",
    [[], [5], [4, 2, 8], [1, 1, 2], [0, 1, 2], [-1, 2], [1, math.nan], [1, math.inf], 1000, "ab"],
    ids=str,
)
def test_sizes_that_give_no_slope_are_refused_with_an_example(sizes):
    with pytest.raises(ValueError, match=r"two or more sizes above 0 that rise, as \[1000"):
        timing.growth(sum, lambda n: (range(n),), sizes)
    with pytest.raises(ValueError, match="got "):
        timing.fit_growth(sizes, [1.0] * 3)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_times_that_give_no_slope_are_refused(seconds):
    with pytest.raises(ValueError, match="size 1,000 took"):
        timing.fit_growth([10, 100, 1000], [1, 2, seconds])
    with pytest.raises(ValueError, match="3 sizes, but 2 timings"):
        timing.fit_growth([10, 100, 1000], [1, 2])


def test_growth_goes_through_all_sizes_in_turn_and_takes_the_best_of_each(clock):
    asked = []

    def func(n):
        asked.append(n)
        clock.advance(n**2 * (3 if len(asked) % 5 == 0 else 1))

    found = timing.growth(func, lambda n: (n,), [1, 2, 4], max_seconds=math.inf)
    assert asked == [1] + [1, 2, 4] * 6
    assert found.exponent == pytest.approx(2)
    assert [len(point.seconds) for point in found.points] == [5, 5, 5]
    assert (found.name, found.clock) == ("func", "cpu")


def test_a_slow_spell_does_not_bend_the_slope(clock):
    """The machine takes 1 % longer for every call; sizes one after the other would show it."""
    calls = itertools.count()
    found = timing.growth(
        lambda n: clock.advance(n * 1.01 ** next(calls)),
        lambda n: (n,),
        [1, 2, 4, 8, 16],
        max_seconds=math.inf,
    )
    assert found.exponent == pytest.approx(1, abs=0.03)


def test_an_error_in_the_middle_of_growth_says_at_which_size():
    def func(n):
        if n == 20:
            raise KeyError(n)

    with pytest.raises(KeyError) as raised:
        timing.growth(func, lambda n: (n,), [10, 20])
    assert raised.value.__notes__ == ["This happened at size 20."]
    assert gc.isenabled()


# measure -----------------------------------------------------------------------------------------


def test_as_many_calls_are_timed_at_once_as_fill_the_least_time(clock):
    calls = []
    found = timing.measure(lambda: calls.append(clock.advance(1 / 1024)), min_seconds=50 / 1024)
    assert (found.loops, found.seconds) == (50, (1 / 1024,) * 7)
    assert len(calls) == 51 * 8  # a warm-up and seven repeats, each after a call that is dropped


def test_very_short_calls_are_timed_several_together(monkeypatch, clock):
    reads = []
    counting = timing._CLOCKS["wall"]._replace(read=lambda: reads.append(1) or clock.seconds)
    monkeypatch.setitem(timing._CLOCKS, "wall", counting)
    found = timing.measure(lambda: clock.advance(2**-20), min_seconds=0.01, repeats=1)
    assert found.seconds == (2**-20,)
    assert found.loops * 2**-20 >= 0.01
    assert len(reads) < found.loops / 10


def test_a_slow_function_is_called_once_a_repeat_and_its_warm_up_is_dropped(clock):
    durations = iter([9, 1, 2, 3])
    found = timing.measure(lambda: clock.advance(next(durations)), repeats=3, max_seconds=60)
    assert (found.seconds, found.loops, found.median, found.best) == ((1, 2, 3), 1, 2, 1)


def test_a_function_slower_than_the_time_there_is_runs_once(clock):
    found = timing.measure(lambda: clock.advance(30), max_seconds=10)
    assert (clock.seconds, found.seconds) == (30, (30,))


def test_setup_makes_fresh_arguments_for_every_call_outside_the_timing(clock):
    made = []

    def setup():
        clock.advance(0.0001)
        made.append([3, 1, 2])
        return (made[-1],)

    def sort(numbers):
        assert numbers == [3, 1, 2]
        numbers.sort()
        clock.advance(0.001)
        return numbers

    found = timing.measure(sort, setup=setup)
    assert found.seconds == pytest.approx([0.001] * 7)
    assert found.result == [1, 2, 3]
    assert all(numbers == [1, 2, 3] for numbers in made)


def test_inputs_that_take_long_to_make_are_made_one_at_a_time(clock):
    made = []
    timing.measure(lambda x: None, setup=lambda: made.append(clock.advance(1)) or (1,), repeats=2)
    assert len(made) == 3


def test_a_clock_too_coarse_for_the_function_ends_all_the_same(clock):
    found = timing.measure(len, [], repeats=2)
    assert found.seconds == (0.0, 0.0)
    assert "0 s" in str(found)


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_off_while_timing_and_then_as_it_was(enabled):
    seen = []

    def func():
        seen.append(gc.isenabled())
        gc.enable()
        if len(seen) > 3:
            raise ZeroDivisionError

    try:
        (gc.enable if enabled else gc.disable)()
        with pytest.raises(ZeroDivisionError):
            timing.measure(func, max_seconds=60)
        assert gc.isenabled() == enabled
        assert seen[0] is False
    finally:
        gc.enable()


def test_the_learners_random_numbers_stay_as_they_are():
    random.seed(7)
    expected = random.random()
    random.seed(7)
    timing.collect(lambda candidate_first: (1.0, 9.0), at_least=2)
    assert random.random() == expected


def test_a_notebook_that_replaces_the_clock_changes_nothing(monkeypatch):
    def broken():
        raise AssertionError("asked the replaced clock")

    for name in ("perf_counter", "process_time", "time", "monotonic"):
        monkeypatch.setattr(time, name, broken)
    assert timing.measure(sum, [1, 2]).result == 3
    assert timing.measure(sum, [1, 2], clock="cpu", repeats=1).result == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: timing.measure(sum([1])), "pass a function to time"),
        (lambda: timing.measure(sum, [1], setup=lambda: ([1],)), "arguments or a setup"),
        (lambda: timing.measure(sum, setup=lambda: [1]), "make a tuple of arguments"),
        (lambda: timing.measure(sum, setup=([1],)), "pass a function that makes the arguments"),
        (lambda: timing.compare(sum, sum, ([1],)), "pass a function that makes the arguments"),
        (lambda: timing.compare(sum, sum, lambda: [1]), "make a tuple of arguments"),
        (lambda: timing.compare(sum, sum, lambda: (iter([1]),)), "makes fresh lists"),
        (lambda: timing.compare(sum, sum, lambda: (n for n in [1])), "make a tuple of arguments"),
        (lambda: timing.compare(sum, sum, lambda: ((n for n in [1]),)), "used up after one call"),
        (lambda: timing.compare(iter, list, lambda: ([1],)), "iter returned a list_iterator"),
    ],
)
def test_what_cannot_be_timed_is_refused_with_what_to_pass_instead(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_an_async_function_is_refused():
    async def main():
        pass

    with pytest.raises(TypeError, match=r"asyncio\.run"):
        timing.measure(main)


def test_an_unknown_clock_is_refused():
    for call in (
        lambda: timing.measure(len, [], clock="sun"),
        lambda: timing.collect(lambda first: (1.0, 1.0), clock="sun"),
    ):
        with pytest.raises(ValueError, match='"wall" or "cpu", not'):
            call()


# compare -----------------------------------------------------------------------------------------


def test_both_sides_get_equal_fresh_data_in_every_pair(clock):
    seen = {"fast": [], "slow": []}

    def fast(numbers):
        seen["fast"].append(list(numbers))
        clock.advance(1)
        numbers.clear()

    def slow(numbers):
        seen["slow"].append(list(numbers))
        clock.advance(30)
        numbers.append(1)

    stream = itertools.count()
    make = lambda: ([next(stream), next(stream)],)  # noqa: E731
    found = timing.compare(fast, slow, make, at_least=10, max_seconds=math.inf)
    assert seen["fast"] == seen["slow"]
    assert [0, 1] in seen["fast"]
    assert len({tuple(numbers) for numbers in seen["fast"]}) == len(seen["fast"])
    assert (found.ratio, found.verdict, found.names) == (30, timing.PASSED, ("fast", "slow"))


def test_copies_share_nothing_that_can_change_even_when_pickle_cannot_make_them():
    for args in (([[1], {2: [3]}], "text"), ([lambda: 1, [2]],)):
        one, other = (timing._copier(args)() for _ in range(2))
        assert one[0] is not other[0]
        assert one[0][1] == other[0][1]
        assert one[0][1] is not other[0][1]


def test_data_that_cannot_be_copied_is_an_error_that_names_it():
    with pytest.raises(TypeError, match="memoryview"):
        timing.compare(len, len, lambda: (memoryview(b"1"),))


def test_outputs_that_differ_are_shown():
    with pytest.raises(timing.OutputsDiffer, match=r"sorted gave \[1, 2\], but reverse gave \[2"):
        timing.compare(sorted, lambda v: v[::-1], lambda: ([1, 2],), names=("sorted", "reverse"))


def test_outputs_that_differ_later_are_found():
    calls = itertools.count()
    with pytest.raises(timing.OutputsDiffer):
        timing.compare(lambda v: next(calls) < 5000, lambda v: True, lambda: (1,), max_pairs=5000)


def test_a_key_can_make_the_order_free():
    found = timing.compare(
        lambda v: v[::-1], list, lambda: ([3, 1, 2],), same=sorted, at_least=0.001, min_seconds=0
    )
    assert found.verdict == timing.PASSED


nan = math.nan


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, False),
        (True, 1, False),
        ([1, (2, nan)], [1, (2, nan)], True),
        ([1, (2, 3)], [1, [2, 3]], False),
        ({"a": nan, "b": [1]}, {"b": [1], "a": nan}, True),
        ({1, 2}, {2, 1}, True),
        (np.array([1, nan]), np.array([1, nan]), True),
        (np.array([1.0, 2]), np.array([1, 2]), False),
        (np.array([[1, 2]]), np.array([1, 2]), False),
        (np.array(["a"]), np.array(["a"]), True),
        ([np.arange(3)], [np.arange(3)], True),
        ([np.arange(3)], [np.arange(3) + 1], False),
        (np.float64(nan), np.float64(nan), True),
        ("1", 1, False),
        (None, None, True),
    ],
    ids=str,
)
def test_outputs_are_equal_in_type_and_value(one, other, equal):
    assert timing._equal(one, other) is equal
    assert timing._equal(other, one) is equal


def test_tables_are_compared_by_their_content():
    import pandas

    table = pandas.DataFrame({"a": [1, 2], "b": [nan, 1]})
    assert timing._equal(table, table.copy())
    assert not timing._equal(table, table.assign(a=[1, 3]))


def test_the_real_clocks_tell_a_slow_function_from_a_fast_one():
    for clock in ("cpu", "wall"):
        found = timing.compare(
            sum,
            lambda numbers: sum(sorted(numbers, key=lambda n: -n)),
            lambda: ([random.random() for _ in range(2000)],),
            same=lambda total: round(total, 6),
            at_least=2,
            clock=clock,
            min_seconds=0,
        )
        assert found.verdict == timing.PASSED, found


# How it is shown ---------------------------------------------------------------------------------

COMPARISON = timing.collect(lambda candidate_first: (0.001, 0.03), names=("<lambda>", "slow"))
RESULTS = [
    COMPARISON,
    timing.fit_growth([100, 1000, 10000], [1e-4, 1e-3, 1e-2], name="linear"),
    timing.Measurement("f", (0.001, 0.002, 0.003), 10, "wall"),
]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (
            RESULTS[0],
            "<lambda> is 30.0× as fast as slow (95 % interval 29.1–30.9, 9 pairs, CPU time)",
        ),
        (
            timing.collect(lambda first: (1, 1), at_least=3),
            "candidate is 1.00× as fast as baseline (95 % interval 0.667–1.50, 6 pairs, CPU time)"
            "; asked: at least 3×: failed",
        ),
        (
            RESULTS[1],
            "linear grows as n to the power of 1.00 (95 % interval 1.00 to 1.00, 3 sizes from 100 "
            "to 10,000, CPU time)",
        ),
        (RESULTS[2], "f: 2.00 ms a call, best 1.00 ms (3 × 10 calls, wall time)"),
    ],
)
def test_results_print_as_a_sentence(result, text):
    assert str(result) == repr(result) == text


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
def test_results_show_as_a_table_without_scripts_styles_or_raw_names(result):
    shown = result._repr_html_()
    assert shown.count("<tr>") == shown.count("</tr>") >= 2
    assert '<span class="measured">' in shown
    assert shown.count("<span") == shown.count("</span>")
    for unwanted in ("<script", "style", "color", "<lambda>", "\x02", "\x03"):
        assert unwanted not in shown


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
def test_results_are_values_that_pickle_and_become_tables(result):
    assert pickle.loads(pickle.dumps(result)) == result
    frame = result.to_frame()
    assert len(frame) >= 3
    assert [name for name in frame.columns if "seconds" in name]


@pytest.mark.parametrize("result", RESULTS[:2], ids=lambda r: type(r).__name__)
def test_results_plot_themselves_on_the_axes_they_are_given(result):
    axes = result.plot()
    assert result.plot(ax=axes) is axes


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (1, "1.00 s"),
        (0.9999, "1.00 s"),
        (0.0123, "12.3 ms"),
        (4.56e-6, "4.56 µs"),
        (7.8e-8, "78.0 ns"),
        (3e-11, "0.0300 ns"),
        (3600, "3,600 s"),
        (-0.5, "-500 ms"),
    ],
)
def test_seconds_have_three_digits_and_a_fitting_unit(seconds, text):
    assert timing.format_seconds(seconds) == text


@settings(max_examples=200)
@given(st.floats(1e-9, 1e5))
def test_formatted_seconds_say_what_they_were(seconds):
    number, unit = timing.format_seconds(seconds).split()
    scale = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
    assert float(number.replace(",", "")) * scale == pytest.approx(seconds, rel=0.0051)


def test_progress_is_one_line_that_is_gone_at_the_end(clock, capsys):
    def sample_pair(candidate_first):
        clock.advance(1)
        return 1.0, 2.0

    timing.collect(sample_pair, at_least=2, max_seconds=9, progress=True, names=("mine", "theirs"))
    out, err = capsys.readouterr()
    assert "mine against theirs: pair 4, 4 s" in out
    assert "\n" not in out
    assert out.endswith("\r")
    assert not out.split("\r")[-2].strip()
    assert not err


def test_progress_stays_silent_where_nobody_watches(clock, capsys):
    timing.collect(lambda first: clock.advance(1) or (1.0, 2.0), at_least=2)
    assert capsys.readouterr() == ("", "")


def test_progress_is_cleared_after_an_error(clock, capsys):
    durations = iter([3, 3, 3])

    with contextlib.suppress(StopIteration):
        timing.measure(lambda: clock.advance(next(durations)), max_seconds=99, progress=True)
    assert capsys.readouterr().out.endswith(" \r")


def test_the_statistics_and_timing_load_without_pandas_and_plots():
    code = (
        "import sys; from helpers import timing;"
        "print([m for m in ('pandas', 'matplotlib', 'numpy', 'IPython') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (found.stdout.strip(), found.stderr) == ("[]", "")


@pytest.mark.parametrize("module", [timing, evidence], ids=lambda m: m.__name__)
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0
