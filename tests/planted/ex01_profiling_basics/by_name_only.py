"""Takes the five most expensive from get_stats_profile, which knows one function of each name only.

scores: test_top_functions=0
"""


# %% top_functions
def top_functions(stats, n=5):
    profiles = stats.get_stats_profile().func_profiles
    return sorted(profiles, key=lambda name: profiles[name].cumtime, reverse=True)[:n]
