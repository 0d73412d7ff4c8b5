"""Right, and the slowest that is all C: every check that Cython has, and strided memoryviews.

scores: full
"""

# %% typed_source
typed_source = '''# cython: overflowcheck=True, boundscheck=True, wraparound=True, language_level=3
import array

def local_score(bytes first, bytes second, const long long[:, :] scores, long long gap):
    """Return the best score of two strands, as the given function does."""
    cdef long long score, above, left, diagonal, best = 0
    cdef long long[:] row = array.array("q", [0]) * (len(second) + 1)
    cdef unsigned char a, b
    cdef Py_ssize_t j
    for a in first:
        diagonal = left = 0
        j = 0
        for b in second:
            j += 1
            score = diagonal + scores[a, b]
            above = row[j]
            if above - gap > score:
                score = above - gap
            if left - gap > score:
                score = left - gap
            if score < 0:
                score = 0
            row[j] = left = score
            diagonal = above
            if score > best:
                best = score
    return best
'''
