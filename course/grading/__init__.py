"""Grading of code that cannot be trusted: scrub, sandbox, judge, runs, report."""
