"""The right formula in floats, made an int in the end: right for small n only.

scores: test_fast_calculation=2
"""


# %% fast_calculation
def fast_calculation(n):
    if n <= 0:
        return 0
    return int((n - 1) * n * (2 * n - 1) / 6)
