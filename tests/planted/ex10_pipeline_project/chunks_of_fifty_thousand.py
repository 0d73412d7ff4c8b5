"""Wrong: the chunked run holds 50,000 rows at a time, however many it is asked to hold.

A grader's long rows show it in both parts that look at memory.

scores: test_run_chunked=3
"""


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "category")
    seen = np.empty(0, dtype=np.uint64)
    n, mean, m2 = 0, 0.0, 0.0
    top, bottom, groups = -np.inf, np.inf, []
    for chunk in pd.read_csv(data_path, dtype=kinds, chunksize=50_000):
        hashes = pd.util.hash_pandas_object(chunk, index=False).to_numpy()
        hashes, first = np.unique(hashes, return_index=True)
        new = ~np.isin(hashes, seen)
        seen = np.sort(np.concatenate([seen, hashes[new]]))
        chunk = chunk.iloc[np.sort(first[new])]
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
