"""The loop left to NumPy: much faster, but its cost grows with n. Enough for optimized_main.

scores: test_fast_calculation=1
"""

# %% fast_calculation
import numpy as np


def fast_calculation(n):
    numbers = np.arange(max(n, 0), dtype=np.int64)
    return int(numbers @ numbers)
