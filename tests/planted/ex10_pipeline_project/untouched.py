"""The released notebook, handed in as it is.

scores: zero
base: release
"""
