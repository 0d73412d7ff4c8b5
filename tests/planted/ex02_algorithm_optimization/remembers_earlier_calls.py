"""Wrong from the second call on: a mutable default argument keeps what earlier lists held.

scores: test_find_duplicates_optimized=0 test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers, seen=set()):
    duplicates = set()
    for value in numbers:
        if value in seen:
            duplicates.add(value)
        seen.add(value)
    return list(duplicates)
