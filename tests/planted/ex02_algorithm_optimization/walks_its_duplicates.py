"""Right but slow: a set of what was seen, and a list of the duplicates, walked along each time.

scores: test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), []
    for value in numbers:
        if value in seen and value not in duplicates:
            duplicates.append(value)
        seen.add(value)
    return duplicates
