"""What timings prove: how far a ratio, a median or an exponent is known. Plain numbers, no clock.

A ratio is judged from pairs while they come in. Their noise may be of any shape, as long as pairs
mislead in one direction by more than 3 % at most every 2nd time, by 50 % every 5th, by a factor of
4 every 20th. At these odds we bet against the claim "the true ratio is below r". Who bets against
a claim that is true multiplies the stake by 2000 with a chance below 1 in 2000, whenever they stop
(Ville 1939; Shafer, "Testing by betting", 2021). So one may look after every pair and end as soon
as the stake has grown that much. What is within 3 % stays open for ever.
"""

import functools
import math
import statistics
from collections.abc import Sequence

PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"

WRONG = 1 / 2000  # how often a verdict may be wrong
_MISLEADS = {1.03: 1 / 2, 1.5: 1 / 5, 4.0: 1 / 20}  # by more than a factor: at most how often
_STAKES = 0.75, 0.97  # how often pairs may speak against a claim that is false

Pairs = Sequence[tuple[float, float]]  # (candidate, baseline) seconds, 0 or more


def verdict(pairs: Pairs, at_least: float, *, step: float = 0.0) -> str:
    """Is baseline / candidate at least that? "passed", "failed" or, so far, "undecided".

    >>> verdict([(1, 30)] * 3, 10), verdict([(1, 30)] * 6, 10), verdict([(1, 30)] * 6, 100)
    ('undecided', 'passed', 'failed')
    """
    # The true ratio is on one side of `at_least`: only the other end can be wrong about it.
    low, high = ratio_interval(pairs, wrong=2 * WRONG, step=step)
    return PASSED if low > at_least else FAILED if high < at_least else UNDECIDED


def ratio(pairs: Pairs) -> float:
    """Baseline / candidate: the median of the pairs; if some are 0, as steps even out, of sums.

    >>> ratio([(1, 30), (1, 33), (2, 20)]), ratio([(0, 30), (1, 30)])
    (30.0, 60.0)
    """
    if all(seconds for pair in pairs for seconds in pair):
        return statistics.median(baseline / candidate for candidate, baseline in pairs)
    return _over(sum(baseline for _, baseline in pairs), sum(candidate for candidate, _ in pairs))


def ratio_interval(pairs: Pairs, *, wrong: float = 0.05, step: float = 0.0) -> tuple[float, float]:
    """What the true ratio lies between, but for `wrong` of all times: 0 and infinity at first.

    `step`: what a timing may be off by because its clock is coarse. If it is 0 and a timing is 0
    all the same, the least timing above 0 stands for it.

    >>> ratio_interval([(1, 30)] * 9) == (30 / 1.03, 30 * 1.03)
    True
    """
    timings = [seconds for pair in pairs for seconds in pair]
    if not all(timings):
        step = step or min(filter(None, timings), default=math.inf)
    # What each pair may stand for: the least speedup, the least slowdown.
    fast = [_over(b - step, c + step) for c, b in pairs]
    slow = [_over(c - step, b + step) for c, b in pairs]
    return _surely_above(fast, wrong / 2), _over(1, _surely_above(slow, wrong / 2))


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the median; of fewer than 6 values, the least and the greatest.

    By order statistics, whatever the distribution (Conover, Practical Nonparametric Statistics).

    >>> median_interval([7, 1, 2, 3, 4, 5, 6, 8, 90])
    (2, 8)
    """
    ordered, n, drop = sorted(values), len(values), 0
    while sum(math.comb(n, k) for k in range(drop + 2)) / 2**n <= 0.025:
        drop += 1
    return ordered[drop], ordered[-1 - drop]


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> tuple[float, float, float]:
    """The p of seconds = factor * size**p, and its 95 % interval: (p, low, high).

    Least squares of logarithms, Student's t. For two sizes the interval is infinite.

    >>> [round(value, 6) for value in exponent([100, 200, 400], [0.01, 0.04, 0.16])]
    [2.0, 2.0, 2.0]
    """
    x, y = [math.log(size) for size in sizes], [math.log(taken) for taken in seconds]
    slope, level = statistics.linear_regression(x, y)
    freedom = len(x) - 2
    if not freedom:
        return slope, -math.inf, math.inf
    squares = sum((b - level - slope * a) ** 2 for a, b in zip(x, y, strict=True))
    deviation = math.sqrt(squares / freedom / (statistics.pvariance(x) * len(x)))
    error = _student(freedom) * deviation
    return slope, slope - error, slope + error


def _surely_above(ratios: Sequence[float], wrong: float) -> float:
    """The largest r for which the claim "the true ratio is below r" is refuted."""
    falling = sorted(ratios, reverse=True)
    needs = {factor: _needed(len(falling), often, wrong) for factor, often in _MISLEADS.items()}
    return max((falling[n - 1] / factor for factor, n in needs.items() if n), default=0.0)


@functools.cache
def _needed(pairs: int, misleads: float, wrong: float) -> int | None:
    """How many of so many pairs must speak against a claim to refute it."""

    def won(against: int, stake: float) -> float:
        lost = ((1 - stake) / (1 - misleads)) ** (pairs - against)
        return (stake / misleads) ** against * lost

    enough = len(_MISLEADS) * len(_STAKES) / wrong  # the stake is shared by that many bets
    counts = (k for k in range(pairs + 1) if sum(won(k, stake) for stake in _STAKES) >= enough)
    return next(counts, None)


def _over(above: float, below: float) -> float:
    """A ratio of times, 0 or infinite where a coarse clock leaves nothing of one of them."""
    if above <= 0 or math.isinf(below):
        return 0.0
    return above / below if below > 0 else math.inf


def _student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (expansion: Abramowitz and Stegun, 26.7.5)."""
    table, z = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306), 1.959964
    if freedom <= len(table):
        return table[freedom - 1]
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96 / freedom**2
    return z + (z**3 + z) / 4 / freedom + second
