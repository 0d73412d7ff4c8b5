"""What a check cell shows: a number that nbgrader reads, as a panel that a person reads."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import asdict, dataclass, field
from typing import Any

MIME = "application/vnd.performance-practice.checks+json"
PASSED, FAILED, RAISED, NOT_ATTEMPTED, UNDECIDED = (
    "passed",
    "failed",
    "raised",
    "not attempted",
    "undecided",
)
_SIGNS = {PASSED: "✓", FAILED: "✗", RAISED: "✗", NOT_ATTEMPTED: "○", UNDECIDED: "?"}
# From the best to the worst. Green and vermilion of Okabe and Ito: readable on white and on black,
# and never the only thing that tells.
_COLOURS = dict.fromkeys([PASSED], "#009e73") | dict.fromkeys([NOT_ATTEMPTED, UNDECIDED], "#808080")
_COLOURS |= dict.fromkeys([FAILED, RAISED], "#d55e00")
_COLUMNS = 83  # as many as `nbgrader validate` shows of a line
_MEASURED = re.compile("\x02([^\x03]*)\x03")


def measured(figure: object) -> str:
    """`figure` as text, marked as measured, so that pages can show that and nbval pass over it."""
    return f"\x02{figure}\x03"


@dataclass
class Part:
    """One part of a check: what it asks, its outcome, and what to say about it."""

    title: str
    points: float
    verdict: str = NOT_ATTEMPTED
    message: str = ""
    think: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def earned(self) -> float:
        return self.points if self.verdict == PASSED else 0.0

    def lines(self) -> list[str]:
        """The part as lines of text."""
        head = f"{_SIGNS[self.verdict]} {self.title} ({self.verdict})"
        think = f"Think: {self.think}" if self.think and self.verdict != PASSED else ""
        body = _MEASURED.sub(r"\1", "\n".join(filter(None, [self.message, think]))).splitlines()
        return [*_wrapped(head, "", "  "), *(row for line in body for row in _wrapped(line))]


class Score(float):
    """The points of a check cell: a plain number to nbgrader, a panel in a notebook."""

    parts: list[Part]
    notes: list[str]

    def __new__(cls, parts: list[Part], notes: list[str] | None = None) -> Score:
        score = super().__new__(cls, round(sum(part.earned for part in parts), 6))
        score.parts, score.notes = parts, notes or []
        return score

    @property
    def possible(self) -> float:
        return round(sum(part.points for part in self.parts), 6)

    def __str__(self) -> str:
        head = f"{float(self):g} of {self.possible:g} points"
        return "\n".join([head, *self.notes, *(line for p in self.parts for line in p.lines())])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            "text/plain": repr(float(self)),
            "text/html": self.panel(),
            MIME: {
                "score": float(self),
                "possible": self.possible,
                "parts": [asdict(part) for part in self.parts],
                "notes": self.notes,
            },
        }

    def panel(self) -> str:
        """The score as HTML that is as readable in a dark theme as in a light one."""
        worst = max((part.verdict for part in self.parts), key=list(_COLOURS).index, default=PASSED)
        notes = "".join(f"<p><strong>Note:</strong> {html.escape(n)}</p>" for n in self.notes)
        parts = "".join(_item(part) for part in self.parts)
        return (
            f'<div style="border-left: 4px solid {_COLOURS[worst]}; padding: 2px 14px; '
            'max-width: 56em"><p style="margin: 0"><strong>'
            f"{float(self):g} of {self.possible:g} points</strong></p>{notes}"
            f'<ul style="list-style: none; margin: 0; padding: 0 0 0 1.5em">{parts}</ul></div>'
        )


def _wrapped(line: str, first: str = "    ", rest: str = "    ") -> list[str]:
    whole = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.wrap(line, _COLUMNS, initial_indent=first, subsequent_indent=rest, **whole)


def _item(part: Part) -> str:
    lines = [_markup(line) for line in part.message.splitlines()]
    if part.think and part.verdict != PASSED:
        lines.append(f"<em>Think:</em> {_markup(part.think)}")
    sign = f'<strong style="float: left; margin-left: -1.5em; color: {_COLOURS[part.verdict]}">'
    return (
        f'<li style="margin: 6px 0">{sign}{_SIGNS[part.verdict]}</strong>'
        f"<strong>{_markup(part.title)}</strong> "
        f"({part.verdict}, {part.earned:g} of {part.points:g})"
        f"{''.join(f'<div>{line}</div>' for line in lines)}</li>"
    )


def _markup(text: str) -> str:
    escaped = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return _MEASURED.sub(r'<span class="measured">\1</span>', escaped)


class CheckFailed(AssertionError):
    """A check cell did not earn all its points."""

    def __init__(self, score: Score, brief: bool) -> None:
        self.score = score
        super().__init__(
            f"{float(score):g} of {score.possible:g} points. Mend what is not marked ✓ above, "
            "then run this cell again."
            if brief
            else str(score)
        )

    def _render_traceback_(self) -> list[str]:
        # Where in the check it failed tells a learner nothing; what it found does.
        return str(self).splitlines()
