"""A generator: nothing is found until somebody asks, and no list comes back.

scores: test_find_duplicates_optimized=0 test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), set()
    for value in numbers:
        if value in seen and value not in duplicates:
            duplicates.add(value)
            yield value
        seen.add(value)
