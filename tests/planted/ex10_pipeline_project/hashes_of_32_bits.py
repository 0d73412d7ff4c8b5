"""Wrong: the chunked run knows rows by the sum of their columns' hashes, in 32 bits.

Rows whose numbers have changed places have the same sum, and some of many rows share their 32 bits.

scores: test_run_chunked=3
"""


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "str")
    seen, parts, groups = np.empty(0, np.uint32), [], []
    for chunk in pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows):
        hashes = sum(pd.util.hash_array(chunk[c].to_numpy()) for c in chunk).astype(np.uint32)
        hashes, first = np.unique(hashes, return_index=True)
        new = ~np.isin(hashes, seen)
        seen = np.union1d(seen, hashes[new])
        chunk = chunk.iloc[np.sort(first[new])]
        if chunk.empty:
            continue
        x = chunk[NUMBERS].fillna(0).to_numpy()
        parts.append([np.full(len(NUMBERS), len(x)), x.mean(0), x.var(0), x.max(0), x.min(0)])
        large = chunk[chunk["value"] > 100].fillna({"category": "unknown"})
        groups.append(large.groupby("category")["value"].agg(["sum", "count"]))
    if not parts:
        return DataAnalysisPipeline(data_path).run()
    n, means, variances, highest, lowest = np.array(parts).transpose(1, 0, 2)
    share = n / n.sum(axis=0)
    mean = (share * means).sum(axis=0)
    std = np.sqrt((share * (variances + (means - mean) ** 2)).sum(axis=0))
    rows = zip(NUMBERS, mean, highest.max(axis=0), lowest.min(axis=0), std, strict=True)
    statistics = {c: dict(zip(("mean", "max", "min", "std"), r, strict=True)) for c, *r in rows}
    result = pd.concat(groups).groupby(level=0).sum()
    result.insert(1, "mean", result["sum"] / result["count"])
    result = pd.concat({"value": result}, axis=1) if len(result) else pd.DataFrame()
    return {"statistics": statistics, "result": result, "row_count": len(seen)}
