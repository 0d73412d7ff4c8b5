# %% [markdown]
# # A tiny exercise
#
# **Objective:** show every kind of cell to the tests of the build.
#
# **Time:** 5–10 minutes · **Points:** 8 (6 checked automatically, 2 read by a person)

# %% nbgrader={"grade_id": "given_numbers", "locked": true}
numbers = [3, 1, 2]

# %% [markdown]
# ## Sort them · 4 min
#
# The smallest first.


# %% nbgrader={"grade_id": "in_order", "solution": true}
def in_order(values):
    """The values as a list, the smallest first."""
    ### BEGIN SOLUTION
    return sorted(values)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_in_order", "grade": true, "points": 4}
points = 4.0
if in_order([2, 1]) != [1, 2]:
    points -= 2
### BEGIN HIDDEN TESTS
if in_order((9, 8, 9)) != [8, 9, 9]:
    points -= 2
### END HIDDEN TESTS
points

# %% nbgrader={"grade_id": "largest", "solution": true}
### BEGIN SOLUTION
largest = max(numbers)
### END SOLUTION

# %% nbgrader={"grade_id": "test_largest", "grade": true, "points": 2}
2.0 if largest == 3 else 0.0

# %% [markdown]
# ## Measure · 2 min

# %% tags=["nbval-ignore-output"]
import time

print(time.perf_counter())

# %%
import os

print("in", os.getcwd())

# %% [markdown] nbgrader={"grade_id": "report_why", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# Because `sorted` makes a new list.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# Two points for saying that a new list is made.
# === END MARK SCHEME ===
