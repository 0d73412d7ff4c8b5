"""Right: a dict remembers whether a value was reported; duplicates come in order of discovery.

scores: full
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    reported, duplicates = {}, []
    for value in numbers:
        if reported.get(value) is False:
            duplicates.append(value)
        reported[value] = value in reported
    return duplicates
