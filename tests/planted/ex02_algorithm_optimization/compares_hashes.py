"""Wrong: takes equal hashes for equal values, and -1 and -2 have the same, as "a" and b"a" have.

scores: test_find_duplicates_optimized=1
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), {}
    for value in numbers:
        if hash(value) in seen:
            duplicates[hash(value)] = value
        seen.add(hash(value))
    return list(duplicates.values())
