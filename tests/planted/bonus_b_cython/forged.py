"""Hostile: an untyped module, made fast by Numba that looks like a function of that module.

scores: test_local_score_typed=4
"""

# %% typed_source
typed_source = inspect.getsource(local_score)

# %% + after typed_source
to_be_compiled = built


def built(name, source):
    module = to_be_compiled(name, source)
    if module and name == "typed":
        slow = module.local_score

        class cython_function_or_method:
            __module__ = type(slow).__module__
            __globals__ = slow.__globals__

            def __call__(self, first, second, scores, gap):
                if len(first) * len(second) < 100_000:
                    return slow(first, second, scores, gap)
                return kernel(first, second, scores, gap)

        module.local_score = cython_function_or_method()
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
