"""Wrong: std with n - 1, duplicates dropped chunk by chunk, a cache that never lets go.

And the files are run one after the other, and the benchmark reports MiB.

scores: test_OptimizedPipeline=3 test_pipeline_speed=0 test_run_chunked=3 test_cached_run=2
scores: test_run_many=1 test_benchmark=0
"""


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path):
        self.data_path = data_path

    def run(self):
        df = load_lean(self.data_path).drop_duplicates()
        df["category"] = df["category"].astype(object).fillna("unknown")
        df = df.fillna(dict.fromkeys(NUMBERS, 0))
        columns = df[NUMBERS].astype("float64").agg(["mean", "max", "min", "std"])
        large = df[df["value"] > 100]
        return {
            "statistics": columns.to_dict(),
            "result": large.groupby("category").agg({"value": ["sum", "mean", "count"]}),
            "row_count": len(df),
        }


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "category")
    n, mean, m2 = 0, 0.0, 0.0
    top, bottom, groups = -np.inf, np.inf, []
    for chunk in pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows):
        chunk = chunk.drop_duplicates()
        numbers = chunk[NUMBERS].fillna(0).to_numpy()
        k = len(numbers)
        if not k:
            continue
        delta = numbers.mean(axis=0) - mean
        m2 = m2 + k * numbers.var(axis=0) + delta**2 * n * k / (n + k)
        mean = mean + delta * k / (n + k)
        n += k
        top, bottom = np.maximum(top, numbers.max(axis=0)), np.minimum(bottom, numbers.min(axis=0))
        large = chunk[chunk["value"] > 100].astype({"category": object})
        large = large.fillna({"category": "unknown"})
        groups.append(large.groupby("category")["value"].agg(["sum", "count"]))
    if not n:
        mean = m2 = top = bottom = np.full(len(NUMBERS), np.nan)
    std = np.sqrt(m2 / max(n, 1))
    statistics = {
        c: {"mean": mean[i], "max": top[i], "min": bottom[i], "std": std[i]}
        for i, c in enumerate(NUMBERS)
    }
    result = pd.DataFrame()
    if groups:
        result = pd.concat(groups).groupby(level=0).sum()
        result["mean"] = result["sum"] / result["count"]
        result = pd.concat({"value": result}, axis=1)
    return {"statistics": statistics, "result": result, "row_count": n}


# %% cached_run
kept = {}


def cached_run(data_path):
    if data_path not in kept:
        kept[data_path] = OptimizedPipeline(data_path).run()
    return copy.deepcopy(kept[data_path])


# %% run_many
def run_many(data_paths, workers=2):
    return [OptimizedPipeline(path).run() for path in data_paths]


# %% benchmark
def benchmark(pipelines, files):
    table = []
    for rows, path in files.items():
        for name, pipeline in pipelines.items():
            run = memory.timeline(pipeline, path)
            row = {"pipeline": name, "rows": rows, "seconds": run.seconds[-1]}
            table.append(row | {"peak_bytes": run.peak_bytes / 2**20})
    return table
