"""Wrong: a run that raises leaves None among the results, and nobody hears of it.

scores: test_run_many=1
"""


# %% run_many
def run_many(data_paths, workers=2):
    def run(path):
        try:
            return OptimizedPipeline(path).run()
        except Exception:
            return None

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(run, data_paths))
