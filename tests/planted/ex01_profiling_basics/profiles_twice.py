"""Wrong: what is written and what is returned are the profiles of two calls.

scores: test_save_profile=1
"""


# %% save_profile
def save_profile(func, path):
    with profiling.Profile() as profiler:
        func()
    with open(path, "w") as file:
        with profiling.Profile() as another:
            func()
        pstats.Stats(another, stream=file).sort_stats("cumulative").print_stats(20)
    return pstats.Stats(profiler)


# %% main_stats
with profiling.Profile() as profiler:
    main()
main_stats = pstats.Stats(profiler)
with open("profile_results.txt", "w") as file:
    pstats.Stats(profiler, stream=file).sort_stats("cumulative").print_stats()
