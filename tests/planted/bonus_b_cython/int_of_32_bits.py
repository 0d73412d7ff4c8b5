"""Wrong beyond 32 bits: scores are computed as C ints, which wrap around.

And for long strands: the row is made once, of a fixed length.

scores: test_local_score_typed=3
"""

# %% typed_source
typed_source = """
from libc.stdint cimport int64_t
import numpy as np

cdef int[::1] row = np.zeros(4096, dtype=np.intc)

def local_score(const unsigned char[:] first, const unsigned char[:] second,
                const int64_t[:, :] scores, gap):
    cdef int i, j, n = first.shape[0], m = second.shape[0]
    cdef int score, above, left, diagonal, best = 0, cost = min(gap, 2**31 - 1)
    row[: m + 1] = 0
    for i in range(n):
        diagonal = left = 0
        for j in range(m):
            score = diagonal + <int> scores[first[i], second[j]]
            above = row[j + 1]
            score = max(score, above - cost, left - cost, 0)
            row[j + 1] = left = score
            diagonal = above
            best = max(best, score)
    return best
"""
