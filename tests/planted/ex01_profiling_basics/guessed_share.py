"""Wrong: a share asleep that no table shows.

scores: test_diagnosis=1
"""

# %% diagnosis
diagnosis = {
    "most_wall_time": "time.sleep",
    "most_cpu_time": "slow_calculation",
    "calls": 400,
    "asleep": 0.4,
}
