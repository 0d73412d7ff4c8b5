"""Wrong: results come in the order in which the runs end, and a version is the time alone.

Of the five opportunities two take no time.

scores: test_opportunities=3 test_cached_run=2 test_run_many=1
"""

# %% opportunities
opportunities = [
    {"row": row, "seconds": lines.loc[row, "seconds"], "remedy": f"make it faster {row}"}
    for row in (18, 19, 21, 1, 24)
]


# %% cached_run
kept = {}


def cached_run(data_path):
    key = os.path.abspath(data_path), os.stat(data_path).st_mtime_ns
    if key not in kept:
        kept[key] = OptimizedPipeline(data_path).run()
    return copy.deepcopy(kept[key])


# %% run_many
def run_many(data_paths, workers=2):
    from concurrent.futures import as_completed

    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = [pool.submit(OptimizedPipeline(path).run) for path in data_paths]
        return [one.result() for one in as_completed(waiting)]
