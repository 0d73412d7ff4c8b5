"""Checks of a learner's code: right, and as fast and as lean as it should be. Start at `Check`."""

from .check import Check, close
from .score import Score, measured

__all__ = ["Check", "Score", "close", "measured"]
