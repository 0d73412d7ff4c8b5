"""Wrong: doubles, up to the cap, but for all alike.

scores: test_backoff=0 test_fetch=1.5
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return min(cap, base * 2 ** min(failures - 1, 50))
