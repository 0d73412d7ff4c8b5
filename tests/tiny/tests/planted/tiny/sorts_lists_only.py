"""Sorts lists only.

scores: test_in_order=2
"""


# %% in_order
def in_order(values):
    return sorted(values) if isinstance(values, list) else values


# %% + after in_order
first_extra = 1

# %% + after in_order
second_extra = 2

# %% largest tags=["skip-execution"]
largest = 3

# %% [markdown] report_why
# It is fast.
