"""Wrong: prints the duplicates and returns None.

scores: test_find_duplicates_optimized=0 test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen = set()
    for value in numbers:
        if value in seen:
            print(value)
        seen.add(value)
