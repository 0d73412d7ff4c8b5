"""What verdicts on planted answers show: how far thresholds are from the answers on either side of
them, and how often a verdict is wrong. As tables, and on the page that keeps them.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.checks.score import PASSED, UNDECIDED

ROOM = 2.0  # the factor that must lie between a threshold and what is measured on either side
WORKED = "worked"  # the name under which the worked notebook's own answer goes


@dataclass(frozen=True)
class Verdict:
    """One run of a check cell on an answer: points got and expected, seconds on the wall."""

    check: str
    answer: str
    score: float
    expected: float
    possible: float
    seconds: float
    parts: list[dict] = field(default_factory=list, repr=False)

    @property
    def open(self) -> float:
        """The points of parts that were left undecided."""
        return sum(part["points"] for part in self.parts if part["verdict"] == UNDECIDED)

    @property
    def wrong(self) -> bool:
        """Whether the score is not the expected one, whatever becomes of what is open."""
        return not self.score - 1e-6 <= self.expected <= self.score + self.open + 1e-6


# How thresholds lie ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A figure of a check on one answer: medians of what its runs gave.

    `room` is the factor by which the bound is kept, below 1 the one by which it is missed.
    """

    answer: str
    value: float
    room: float
    passed: bool  # the part that the figure belongs to

    @property
    def miss(self) -> float:
        """The factor by which the bound is missed."""
        return 1 / self.room if self.room else math.inf


@dataclass(frozen=True)
class Threshold:
    """A bound in a check, with the nearest answers on both sides of it.

    `elsewhere` has those that this one does not catch clearly: each with the bound of the same part
    that does, and by what factor.
    """

    check: str
    what: str
    limit: float
    sign: str  # ≥ or ≤
    exact: bool  # a count, which comes out the same every time, and needs no room
    worked: Reading | None
    slowest: Reading | None  # of the acceptable answers
    fastest: Reading | None  # of the unacceptable answers
    elsewhere: tuple[tuple[Reading, str, float], ...] = ()

    def problems(self) -> list[str]:
        """What falls short, a sentence each."""
        if self.exact:
            return []
        where = f"{self.check}: {self.what} {self.sign} {_figure(self.limit)}"
        good, bad = self.slowest, self.fastest
        found = []
        if good is None:
            found.append(f"{where}: no planted answer keeps this bound")
        elif good.room < ROOM:
            found.append(f"{where}: only {_times(good.room)} of room above it ({good.answer})")
        if bad is None:
            found.append(f"{where}: no planted answer is caught by this bound")
        elif bad.miss < ROOM:
            found.append(f"{where}: only {_times(bad.miss)} of room below it ({bad.answer})")
        return found


def room(figure: dict) -> float:
    """The factor by which a figure keeps its bound; one below 1 says how far it misses it.

    A growth exponent is turned into what it makes of the time over the sizes that were measured:
    `over` is how many times as large as the smallest the largest is.

    >>> room({"value": 30, "at_least": 15}), room({"value": 30, "at_most": 15})
    (2.0, 0.5)
    >>> round(room({"value": 1.0, "at_most": 1.5, "over": 16}), 6)
    4.0
    """
    at_least = "at_least" in figure
    value, limit = figure["value"], figure["at_least" if at_least else "at_most"]
    if "over" in figure:
        ratio = figure["over"] ** (value - limit)
    elif value == limit:
        ratio = 1.0
    else:
        ratio = max(value, 0.0) / limit if limit > 0 else math.inf
    if at_least:
        return ratio
    return 1 / ratio if ratio else math.inf


def thresholds(verdicts: Iterable[Verdict]) -> list[Threshold]:
    """Every bound in the checks that gave these verdicts, in the order in which they were met.

    An answer is acceptable to a bound when it passed the bound's part, and unacceptable when it
    failed the part and missed this bound. One that misses another bound of the part by `ROOM` or
    more does not depend on this one: it counts here only if it misses this one as clearly.
    """
    seen: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for verdict in verdicts:
        for number, part in enumerate(verdict.parts):
            met: dict[str, int] = defaultdict(int)
            for figure in part["figures"]:
                met[figure["what"]] += 1
                key = (verdict.check, number, figure["what"], met[figure["what"]])
                seen[key][verdict.answer].append((figure, part["verdict"] == PASSED))
    readings = {
        key: [_reading(answer, runs) for answer, runs in by_answer.items()]
        for key, by_answer in seen.items()
    }
    return [
        _threshold(key, readings, [figure for runs in by_answer.values() for figure, _ in runs])
        for key, by_answer in seen.items()
    ]


def _reading(answer: str, runs: list[tuple[dict, bool]]) -> Reading:
    return Reading(
        answer,
        statistics.median(figure["value"] for figure, _ in runs),
        statistics.median(room(figure) for figure, _ in runs),
        2 * sum(passed for _, passed in runs) > len(runs),
    )


def _threshold(key: tuple, readings: dict[tuple, list[Reading]], figures: list[dict]) -> Threshold:
    check, part, what, _ = key
    alike = sorted(k for k in readings if (k[0], k[2]) == (check, what))
    name = what if len(alike) == 1 else f"{what} ({alike.index(key) + 1})"
    side = "at_least" if "at_least" in figures[0] else "at_most"
    acceptable = [one for one in readings[key] if one.passed]
    missing, elsewhere = [], []
    for one in readings[key]:
        others = [
            (other.miss, k[2])
            for k, found in readings.items()
            for other in found
            if k != key and k[:2] == (check, part) and other.answer == one.answer
        ]
        most, by = max(others, default=(0.0, ""))
        if one.passed:
            continue
        if one.miss < ROOM <= most:
            elsewhere.append((one, by, most))
        elif one.miss > 1:
            missing.append(one)
    return Threshold(
        check=check,
        what=name,
        limit=statistics.median(figure[side] for figure in figures),
        sign="≥" if side == "at_least" else "≤",
        exact=what != "peak bytes" and all(isinstance(f["value"], int) for f in figures),
        worked=next((one for one in readings[key] if one.answer == WORKED), None),
        slowest=min(acceptable, key=lambda one: one.room, default=None),
        fastest=min(missing, key=lambda one: one.miss, default=None),
        elsewhere=tuple(elsewhere),
    )


# How it is told -------------------------------------------------------------------------------


def calibration(verdicts: list[Verdict]) -> tuple[str, list[str]]:
    """The table of thresholds as Markdown, and all that falls short, a sentence each."""
    found = thresholds(verdicts)
    rows = [
        (
            one.check,
            one.what,
            _shown(one.worked),
            _shown(one.slowest),
            f"{one.sign} {_figure(one.limit)}",
            _shown(one.fastest),
            _times(one.slowest.room) if one.slowest else "—",
            _times(one.fastest.miss) if one.fastest else "—",
            "a count" if one.exact else "short" if one.problems() else "ample",
        )
        for one in found
    ]
    head = (
        *("check", "figure", "worked", "slowest acceptable", "asked", "fastest unacceptable"),
        *("room above", "room below", "room"),
    )
    notes = [
        f"{one.check}, {one.what}: {_shown(reading)} is caught by {by}, {_times(most)} beyond it."
        for one in found
        if not one.exact
        for reading, by, most in one.elsewhere
    ]
    problems = [problem for one in found for problem in one.problems()] + _mistakes(verdicts)
    return "\n\n".join(filter(None, [_table(head, rows), sentences(notes)])), problems


def reliability(verdicts: list[Verdict]) -> tuple[str, list[str]]:
    """The table of verdicts as Markdown, and the wrong ones, a sentence for each answer."""
    groups: dict[tuple, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        groups[one.check, "full" if one.expected == one.possible else "less"].append(one)
    rows = [_counted(*key, told) for key, told in groups.items()]
    if verdicts:
        rows.append(_counted("all", "", verdicts))
    head = ("check", "to get", "answers", "verdicts", "wrong", "undecided", "median s", "worst s")
    return _table(head, rows), _mistakes(verdicts)


def _counted(check: str, expected: str, told: list[Verdict]) -> tuple[str, ...]:
    seconds = [one.seconds for one in told]
    return (
        check,
        expected,
        f"{len({one.answer for one in told}):,}",
        f"{len(told):,}",
        f"{sum(one.wrong for one in told):,}",
        f"{sum(one.open > 0 for one in told):,}",
        f"{statistics.median(seconds):.1f}",
        f"{max(seconds):.1f}",
    )


def _mistakes(verdicts: list[Verdict]) -> list[str]:
    runs: dict[tuple, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        runs[one.check, one.answer].append(one)
    found = []
    for (check, answer), told in runs.items():
        if wrong := [one for one in told if one.wrong]:
            first = wrong[0]
            said = next((p["message"] for p in first.parts if p["verdict"] != PASSED), "")
            said = re.sub("[\x02\x03]", "", said).split("\n")[0]
            found.append(
                f"{check} on {answer}: wrong in {len(wrong)} of {len(told)}, "
                f"{first.score:g} points for {first.expected:g}{': ' if said else ''}{said}"
            )
    return found


def _shown(reading: Reading | None) -> str:
    if reading is None:
        return "—"
    return _figure(reading.value) + ("" if reading.answer == WORKED else f" ({reading.answer})")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


def _times(factor: float) -> str:
    return f"{factor:,.0f}×" if factor >= 10 else f"{factor:.2g}×"


def sentences(lines: Iterable[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table that reads well as it stands."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [head, tuple("-" * width for width in widths), *rows]
    padded = [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


class Told:
    """Prints lines, and remembers them: `text` is all that was said."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, line: str = "") -> None:
        self.text = f"{self.text}\n{line}".lstrip("\n")
        print(line, flush=True)


# Where it is kept -----------------------------------------------------------------------------

PAGE = """\
# Evidence

Written by `make calibrate`, `make flakiness` and the scripts in `benchmarks/`, which anyone can
run: do not edit it. The answers are the planted ones in `tests/planted/`, judged as any submission
is. How performance is graded: [grading.md](grading.md).

## Thresholds and what lies on either side of them

`make calibrate` goes on measuring after a part has failed: every bound gets its figure. An
answer is acceptable where it passes the part, and unacceptable where it fails it and misses this
bound. Room above is the factor between the threshold and the slowest acceptable answer, room below
the one between the threshold and the fastest unacceptable one; for a growth exponent, the factor
that the difference makes in time from the smallest size to the largest. It should be 2 or more for
all that is measured. A count comes out the same every time and needs none. Figures are medians.

{calibrate}
## How often a verdict is wrong

`make flakiness` runs every check on every answer, as often as asked: on those that must get full
points, and on those that must get less. A verdict is wrong if its points are not the ones that the
answer must get; one that is undecided is left to a person. Busy: on every core another process
computes and copies memory all the time. The load average tells how many processes were running or
ready to; a machine on which others work is never idle. Seconds are those on the wall for one check.

{flakiness}
## Beside other tools, and the time taken

`python benchmarks/against_pyperf.py --keep` asks whether our ratios are those that pyperf finds,
`python benchmarks/against_alternatives.py --keep` how the worked solutions stand beside the best
that a user could reach for instead, and `python benchmarks/notebooks.py --keep` how long notebooks
take to validate and to grade. What each column is, the scripts say.

{benchmark}"""

_BLOCK = re.compile(r"<!-- begin (\S+) (.+?) -->\n(.*?)\n<!-- end -->", re.DOTALL)


def keep(path: Path, command: str, title: str, text: str) -> None:
    """Put what a command has found under a title into the page at `path`, and leave the rest."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    blocks = {(of, name): body for of, name, body in _BLOCK.findall(old)}
    blocks[command, title] = f"### {title}\n\n{text}"
    sections: dict[str, str] = {"calibrate": "", "flakiness": "", "benchmark": ""}
    for (of, name), body in sorted(blocks.items()):
        sections[of] += f"<!-- begin {of} {name} -->\n{body}\n<!-- end -->\n\n"
    path.parent.mkdir(exist_ok=True)
    page = PAGE.format(**{of: text.rstrip() + "\n" for of, text in sections.items()})
    path.write_text(page, encoding="utf-8", newline="\n")
