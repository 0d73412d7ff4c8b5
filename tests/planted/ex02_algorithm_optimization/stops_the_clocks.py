"""Hostile: right but slow, with stopped clocks and counting numbers that do not count.

scores: test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    return [value for value in set(numbers) if numbers.count(value) > 1]


# %% + after find_duplicates_optimized
import time

time.perf_counter = time.process_time = time.perf_counter_ns = lambda: 0
counting.integers = lambda values, tally=None: (
    list(values),
    type("Tally", (), {"comparisons": 0, "hashes": 2 * len(values)})(),
)
as_given = find_duplicates_slow


def find_duplicates_slow(numbers):
    as_given(numbers[:3_000])  # makes the baseline look slower
    return as_given(numbers)
