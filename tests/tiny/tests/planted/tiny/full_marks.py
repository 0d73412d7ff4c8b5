"""Everything as in the worked notebook.

scores: full
sample: ada
"""
