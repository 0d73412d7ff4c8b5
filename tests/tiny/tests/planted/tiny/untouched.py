"""Handed in as it was handed out.

scores: zero
base: release
sample: dev
"""
