"""A table of sums as large as main needs, and the loop beyond. Enough for optimized_main.

scores: test_fast_calculation=1
"""

# %% fast_calculation
from itertools import accumulate

SUMS = [0, *accumulate(number * number for number in range(20_000))]


def fast_calculation(n):
    if n < len(SUMS):
        return SUMS[max(n, 0)]
    return slow_calculation(n)
