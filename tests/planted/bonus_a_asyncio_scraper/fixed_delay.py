"""Wrong: always the same wait.

scores: test_backoff=0 test_fetch=1.5
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return min(base, cap)
