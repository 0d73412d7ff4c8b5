"""Right but slow: remembers the results of the loop. Fast for a number it has met, only then.

scores: test_fast_calculation=1 test_optimized_main=1
"""


# %% fast_calculation
@functools.cache
def fast_calculation(n):
    return sum(number * number for number in range(n))
