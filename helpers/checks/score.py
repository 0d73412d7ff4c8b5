"""What a check cell shows: a number that nbgrader reads, as a panel that a person reads."""

from __future__ import annotations

import html
import re
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
        body = [line for text in (self.message, think) if text for line in text.splitlines()]
        return [head, *(f"    {_MEASURED.sub(r'\1', line)}" for line in body)]


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
        """The score as HTML that keeps to the theme's own colours."""
        rows = "".join(_row(part) for part in self.parts)
        notes = "".join(f"<p><strong>Note:</strong> {html.escape(n)}</p>" for n in self.notes)
        return (
            '<div style="border-left: 4px solid currentColor; padding: 2px 12px; max-width: 52em">'
            f"<p><strong>{float(self):g} of {self.possible:g} points</strong></p>{notes}"
            f'<table style="margin-left: 0">{rows}</table></div>'
        )


def _row(part: Part) -> str:
    text = "".join(f"<br>{_markup(line)}" for line in part.message.splitlines())
    if part.think and part.verdict != PASSED:
        text += f"<br><em>Think:</em> {_markup(part.think)}"
    cell = 'style="text-align: left; vertical-align: top; white-space: normal; padding: 2px 6px"'
    return (
        f"<tr><td {cell}><strong>{_SIGNS[part.verdict]}</strong></td>"
        f"<td {cell}><strong>{_markup(part.title)}</strong> "
        f"({part.verdict}, {part.earned:g} of {part.points:g}){text}</td></tr>"
    )


def _markup(text: str) -> str:
    escaped = html.escape(text, quote=False)
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
