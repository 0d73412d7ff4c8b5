"""Wrong diagnosis: believes the CPU clock for everything, and gives the share in percent.

scores: test_diagnosis=0
"""

# %% diagnosis
diagnosis = {
    "most_wall_time": "slow_calculation",
    "most_cpu_time": "slow_calculation",
    "calls": 400,
    "asleep": 90.9,
}
