"""The right numbers by a loop, which is quick and remembers only what it was asked for itself.

scores: test_fibonacci_cached=1 test_cache_report=0
"""


# %% fibonacci_cached
@lru_cache(maxsize=None)
def fibonacci_cached(n):
    if n <= 1:
        return n
    now, following = 0, 1
    for _ in range(n):
        now, following = following, now + following
    return now
