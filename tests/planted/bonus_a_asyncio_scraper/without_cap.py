"""Wrong: no cap; and it overflows after a thousand failures.

scores: test_backoff=0 test_fetch=1.5
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    return random.uniform(0, base * 2 ** (failures - 1))
