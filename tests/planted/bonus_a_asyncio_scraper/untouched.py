"""Untouched: the notebook as it was handed out.

scores: zero
base: release
"""
