"""A cheat: the given pipeline, with `run_on` replaced so that it remembers the last figures.

scores: test_pipeline_speed=0
"""


# %% OptimizedPipeline
class OptimizedPipeline(DataAnalysisPipeline):
    pass


# %% + after OptimizedPipeline
remembered = []


def run_on(pipeline, content):
    if not remembered:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sales.csv")
            path.write_bytes(content)
            remembered.append(figures(pipeline(str(path)).run()))
    return remembered[0]
