"""The right formula in floats, and floats out of it.

scores: test_fast_calculation=0 test_optimized_main=0
"""


# %% fast_calculation
def fast_calculation(n):
    return n * (n - 1) * (2 * n - 1) / 6 if n > 0 else 0
