"""Wrong: a tenth of jitter leaves the herd together.

scores: test_backoff=0
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return min(cap, base * 2 ** min(failures - 1, 50)) * random.uniform(0.9, 1.0)
