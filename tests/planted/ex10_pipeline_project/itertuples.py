"""Right but slow, the fastest that should not pass: a loop over rows as tuples.

The chunked run remembers hashes in a set: right, but ten times the memory.

scores: test_pipeline_speed=0 test_run_chunked=4
"""


# %% OptimizedPipeline
class OptimizedPipeline(DataAnalysisPipeline):
    def clean_data(self, df):
        df = df.drop_duplicates()
        return df.fillna(dict.fromkeys(NUMBERS, 0) | dict.fromkeys(TEXTS, "unknown"))

    def calculate_statistics(self, df):
        if df.empty:
            return super().calculate_statistics(df)
        names = {"mean": np.mean, "max": np.max, "min": np.min, "std": np.std}
        return {c: {n: f(df[c].to_numpy()) for n, f in names.items()} for c in NUMBERS}

    def filter_and_aggregate(self, df):
        large = [row for row in df.itertuples(index=False) if row.value > 100]
        if not large:
            return pd.DataFrame()
        return pd.DataFrame(large).groupby("category").agg({"value": ["sum", "mean", "count"]})


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    seen, kept = set(), []
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "category")
    n, mean, m2 = 0, 0.0, 0.0
    top, bottom = -np.inf, np.inf
    sums, counts = {}, {}
    for chunk in pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows):
        fresh = []
        for number in pd.util.hash_pandas_object(chunk, index=False).tolist():
            fresh.append(number not in seen)
            seen.add(number)
        chunk = chunk[fresh]
        if chunk.empty:
            continue
        numbers = chunk[NUMBERS].fillna(0).to_numpy()
        k = len(numbers)
        delta = numbers.mean(axis=0) - mean
        m2 = m2 + k * numbers.var(axis=0) + delta**2 * n * k / (n + k)
        mean = mean + delta * k / (n + k)
        n += k
        top, bottom = np.maximum(top, numbers.max(axis=0)), np.minimum(bottom, numbers.min(axis=0))
        large = chunk[chunk["value"] > 100]
        for name, value in zip(large["category"], large["value"], strict=True):
            name = name if isinstance(name, str) else "unknown"
            sums[name] = sums.get(name, 0.0) + value
            counts[name] = counts.get(name, 0) + 1
    if not n:
        mean = m2 = top = bottom = np.full(len(NUMBERS), np.nan)
    std = np.sqrt(m2 / max(n, 1))
    statistics = {
        c: {"mean": mean[i], "max": top[i], "min": bottom[i], "std": std[i]}
        for i, c in enumerate(NUMBERS)
    }
    result = pd.DataFrame(
        {
            ("value", "sum"): sums,
            ("value", "mean"): {k: sums[k] / counts[k] for k in sums},
            ("value", "count"): counts,
        }
    )
    return {"statistics": statistics, "result": result, "row_count": n}
