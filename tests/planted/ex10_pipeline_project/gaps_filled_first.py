"""Wrong: gaps are filled before rows are compared, so a row with a gap equals one with a 0.

And the benchmark gives the seconds of three calls, and the memory that tracemalloc knows of; ids
have room up to 65,535 only.

scores: test_load_lean=2 test_OptimizedPipeline=3 test_benchmark=0
"""


# %% load_lean
def load_lean(data_path):
    kinds = dict.fromkeys(TEXTS, "category") | dict.fromkeys(NUMBERS, "float64")
    return pd.read_csv(data_path, dtype=kinds | {"id": "uint16", "quantity": "float32"})


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path: str):
        self.data_path = data_path

    def run(self) -> dict:
        df = DataAnalysisPipeline(self.data_path).load_data()
        df = df.fillna(dict.fromkeys(NUMBERS, 0) | dict.fromkeys(TEXTS, "unknown"))
        df = df.drop_duplicates()
        statistics = DataAnalysisPipeline(self.data_path).calculate_statistics(df)
        large = df[df["value"] > 100]
        result = large.groupby("category").agg({"value": ["sum", "mean", "count"]})
        return {"statistics": statistics, "result": result, "row_count": len(df)}


# %% benchmark
def benchmark(pipelines, files):
    table = []
    for rows, path in files.items():
        for name, pipeline in pipelines.items():
            seconds = timeit.timeit(lambda: pipeline(path), number=3)
            peak = memory.allocations(pipeline, path).peak_bytes
            row = dict(pipeline=name, rows=rows, seconds=seconds, peak_bytes=peak)
            table.append(row)
    return table
