"""Right but slow: remembers what it has seen in a list, and walks along it for every number.

scores: test_find_duplicates_growth=0
sample: ben
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen = []
    duplicates = []
    for number in numbers:
        if number in seen:
            if number not in duplicates:
                duplicates.append(number)
        else:
            seen.append(number)
    return duplicates


# %% report_answer [markdown]
# My function has only one loop, so it is O(n). At 10,000 numbers it is several times as fast as the
# slow one (see the table). It needs a second list, that is the price. The exponent is not 1 though,
# and I do not know why.
