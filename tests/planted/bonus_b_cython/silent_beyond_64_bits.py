"""Wrong beyond 64 bits: wraps around without a word.

scores: test_local_score_typed=4
"""

# %% typed_source
typed_source = """
# cython: language_level=3
import numpy as np

def local_score(const unsigned char[::1] first, const unsigned char[::1] second,
                const long long[:, ::1] scores, long long gap):
    cdef Py_ssize_t i, j, n = first.shape[0], m = second.shape[0]
    cdef long long score, above, left, diagonal, best = 0
    cdef long long[::1] row = np.zeros(m + 1, dtype=np.longlong)
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
