"""Right and fast, but by Numba: the module that was built from the .pyx is not what is handed in.

scores: test_local_score_typed=4
"""

# %% + after typed_source
to_be_compiled = built


def built(name, source):
    module = to_be_compiled(name, source)
    if module and name == "typed":

        def local_score(first, second, scores, gap):
            if first and second:
                if max(first) >= len(scores) or max(second) >= len(scores[0]):
                    raise IndexError("unknown letter")
                if int(scores.max()) * min(len(first), len(second)) > 2**63 - 1:
                    raise OverflowError("too large")
            return kernel(first, second, scores, gap)

        module.local_score = local_score
    return module


@njit
def kernel(first, second, scores, gap):
    row = np.zeros(len(second) + 1, dtype=np.int64)
    best = 0
    for i in range(len(first)):
        diagonal = left = 0
        for j in range(len(second)):
            score, above = diagonal + scores[first[i], second[j]], row[j + 1]
            score = max(score, above - gap, left - gap, 0)
            row[j + 1] = left = score
            diagonal = above
            best = max(best, score)
    return best
