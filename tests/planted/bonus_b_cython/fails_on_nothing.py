"""Wrong for empty strands: it looks at the largest letter before it asks whether there is one.

And it refuses a table with a very low score, as if that could bring a stretch beyond 64 bits.

scores: test_local_score_typed=3
"""

# %% typed_source
typed_source = """# cython: boundscheck=False, wraparound=False
from libc.stdint cimport INT64_MAX, int64_t, uint8_t
import numpy as np

def local_score(const uint8_t[::1] first, const uint8_t[::1] second,
                const int64_t[:, ::1] scores, int64_t gap):
    cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
    cdef int64_t score, above, left, diagonal, best = 0
    cdef int64_t[::1] row = np.zeros(m + 1, dtype=np.int64)
    if max(first) >= scores.shape[0] or max(second) >= scores.shape[1]:
        raise IndexError("unknown letter")
    if max(int(np.max(scores)), -int(np.min(scores))) * min(n, m) > INT64_MAX:
        raise OverflowError
    for i in range(n):
        diagonal = left = 0
        for j in range(m):
            score = diagonal + scores[first[i], second[j]]
            above = row[j + 1]
            score = max(score, above - gap, left - gap, 0)
            row[j + 1] = left = score
            diagonal = above
            best = max(best, score)
    return best
"""
