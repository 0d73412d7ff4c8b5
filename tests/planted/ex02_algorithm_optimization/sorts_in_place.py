"""Sorts the caller's list in place; and hands in made-up figures, of one function twice.

scores: test_find_duplicates_optimized=2 test_results=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    numbers.sort()
    return list({one for one, other in zip(numbers, numbers[1:]) if one == other})


# %% slow_results
fast_results = [(100, 4.1e-06), (1_000, 4.3e-05), (10_000, 5.6e-04)]
slow_results = fast_results
