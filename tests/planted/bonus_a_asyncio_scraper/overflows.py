"""Wrong: capped, but 2**4999 does not fit a float.

scores: test_backoff=0
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return random.uniform(0, min(cap, base * 2 ** (failures - 1)))
