"""Right, but computed again in every call: there is no cache.

scores: test_cached_run=2
"""


# %% cached_run
results = {}


def cached_run(data_path: str) -> dict:
    return OptimizedPipeline(data_path).run()
