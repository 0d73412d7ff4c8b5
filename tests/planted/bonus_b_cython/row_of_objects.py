"""Half typed: numbers have C types, but the row stays a Python list that holds objects.

scores: test_local_score_typed=3
"""

# %% typed_source
typed_source = """
from libc.stdint cimport INT64_MAX, int64_t, uint8_t
import numpy as np

def local_score(const uint8_t[:] first, const uint8_t[:] second, const int64_t[:, :] scores, gap):
    cdef Py_ssize_t i, j, n = len(first), m = len(second)
    best = 0
    cdef list row = [0] * (m + 1)
    if n and m and int(np.max(scores)) * min(n, m) > INT64_MAX:
        raise OverflowError("too large")
    for i in range(n):
        diagonal = left = 0
        for j in range(m):
            score = diagonal + scores[first[i], second[j]]
            above = row[j + 1]
            if above - gap > score:
                score = above - gap
            if left - gap > score:
                score = left - gap
            if score < 0:
                score = 0
            row[j + 1] = left = score
            diagonal = above
            if score > best:
                best = score
    return best
"""
