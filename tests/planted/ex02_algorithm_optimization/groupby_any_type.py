"""Right: sorts by type and value, so that a mixture can be sorted too, and groups.

scores: full
"""

# %% find_duplicates_optimized
from itertools import groupby


def find_duplicates_optimized(numbers):
    in_order = sorted(numbers, key=lambda value: (type(value).__name__, value))
    groups = (list(group) for _, group in groupby(in_order))
    return [group[0] for group in groups if len(group) > 1]
