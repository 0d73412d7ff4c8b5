"""The notebook as it is handed out.

scores: zero
base: release
"""
