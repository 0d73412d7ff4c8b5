"""Wrong: float32 for every number, also where rows are compared and sums are made.

The chunks are put together again before anything is computed, and the cache gives away its own.

scores: test_float32_is_exact=0 test_load_lean=2 test_OptimizedPipeline=0 test_pipeline_speed=0
scores: test_run_chunked=3 test_cached_run=2
"""

# %% float32_is_exact
float32_is_exact = dict.fromkeys(["value", "quantity", "price", "discount", "balance"], True)


# %% load_lean
def load_lean(data_path):
    kinds = dict.fromkeys(TEXTS, "category") | dict.fromkeys(NUMBERS, "float32")
    return pd.read_csv(data_path, dtype=kinds)


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "str")
    with pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows) as reader:
        df = pd.concat(reader).drop_duplicates()
    df = df.fillna(dict.fromkeys(NUMBERS, 0) | dict.fromkeys(TEXTS, "unknown"))
    pipeline = DataAnalysisPipeline(data_path)
    large = df[df["value"] > 100]
    return {
        "statistics": pipeline.calculate_statistics(df),
        "result": large.groupby("category").agg({"value": ["sum", "mean", "count"]}),
        "row_count": len(df),
    }


# %% cached_run
kept = {}


def cached_run(data_path):
    stat = os.stat(data_path)
    version = stat.st_mtime_ns, stat.st_size, stat.st_ino
    if kept.get(data_path, [None])[0] != version:
        kept[data_path] = version, OptimizedPipeline(data_path).run()
    return kept[data_path][1]
