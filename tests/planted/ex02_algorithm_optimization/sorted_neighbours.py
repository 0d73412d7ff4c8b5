"""Right for what can be sorted, O(n log n): near enough to linear, but not for a mixture of types.

scores: test_find_duplicates_optimized=3
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    duplicates = []
    in_order = sorted(numbers)
    for one, other in zip(in_order, in_order[1:]):
        if one == other and (not duplicates or duplicates[-1] != one):
            duplicates.append(one)
    return duplicates
