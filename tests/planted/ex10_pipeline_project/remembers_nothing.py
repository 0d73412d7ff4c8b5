"""Right, but computed again in every call: there is no cache.

And several files give an iterator, where a list is promised.

scores: test_cached_run=2 test_run_many=1
"""

# %% cached_run
results = {}


def cached_run(data_path: str) -> dict:
    return OptimizedPipeline(data_path).run()


# %% run_many
def run_many(data_paths, workers=2):
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return pool.map(lambda path: OptimizedPipeline(path).run(), data_paths)
