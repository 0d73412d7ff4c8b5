"""Wrong: takes the share that is spent computing, from two clocks, for the share asleep.

scores: test_diagnosis=1
"""

# %% diagnosis
diagnosis = {
    "most_wall_time": "time.sleep",
    "most_cpu_time": "slow_calculation()",
    "calls": 400,
    "asleep": 0.09,
}
