"""Wrong: seconds without `await`, seven ways of the eight; threads for pure Python.

scores: test_comparison=0 test_when_to_use=0
"""

# %% comparison
comparison = {
    "I/O": {"sequential": 1.3, "threads": 0.2, "async": 0.1},
    "CPU": {"sequential": 0.9, "threads": 0.9, "async": 0.9, "processes": 0.5},
}

# %% + after comparison
comparison["I/O"]["processes"] = float("nan")

# %% when_to_use
when_to_use = dict.fromkeys(situations, "threads")
