"""A table of all sums up to the largest number so far: quick when it is filled, large, and not for
a billion. Enough for optimized_main.

scores: test_fast_calculation=1
"""

# %% fast_calculation
sums = [0]


def fast_calculation(n):
    while len(sums) < n + 1:
        k = len(sums) - 1
        sums.append(sums[-1] + k * k)
    return sums[max(n, 0)]
