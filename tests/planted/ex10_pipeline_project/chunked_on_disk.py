"""Right in another way: the rows that were there are remembered on disk, by SQLite.

scores: full
"""


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    import sqlite3

    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "str")
    n, mean, m2 = 0, 0.0, 0.0
    top, bottom, groups = -np.inf, np.inf, {}
    with (
        tempfile.TemporaryDirectory() as folder,
        pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows) as reader,
    ):
        disk = sqlite3.connect(Path(folder, "rows.db"))
        disk.execute("CREATE TABLE known (hash INTEGER PRIMARY KEY)")
        disk.execute("CREATE TEMPORARY TABLE block (hash INTEGER PRIMARY KEY, at INTEGER)")
        for chunk in reader:
            hashes = pd.util.hash_pandas_object(chunk, index=False).to_numpy().view("int64")
            pairs = zip(hashes.tolist(), range(len(chunk)), strict=True)
            disk.execute("DELETE FROM block")
            disk.executemany("INSERT OR IGNORE INTO block VALUES (?, ?)", pairs)
            fresh = disk.execute(
                "SELECT at FROM block WHERE hash NOT IN (SELECT hash FROM known) ORDER BY at"
            )
            chunk = chunk.iloc[[at for (at,) in fresh]]
            disk.execute("INSERT OR IGNORE INTO known SELECT hash FROM block")
            disk.commit()
            k = len(chunk)
            if not k:
                continue
            numbers = chunk[NUMBERS].fillna(0).to_numpy()
            delta = numbers.mean(axis=0) - mean
            m2 = m2 + k * numbers.var(axis=0) + delta**2 * n * k / (n + k)
            mean = mean + delta * k / (n + k)
            n += k
            top = np.maximum(top, numbers.max(axis=0))
            bottom = np.minimum(bottom, numbers.min(axis=0))
            large = chunk[chunk["value"] > 100].fillna({"category": "unknown"})
            for category, value in large.groupby("category")["value"]:
                total, count = groups.get(category, (0.0, 0))
                groups[category] = total + value.sum(), count + len(value)
        disk.close()
    if not n:
        mean = m2 = top = bottom = np.full(len(NUMBERS), np.nan)
    std = np.sqrt(m2 / max(n, 1))
    statistics = {
        c: {"mean": mean[i], "max": top[i], "min": bottom[i], "std": std[i]}
        for i, c in enumerate(NUMBERS)
    }
    result = pd.DataFrame(
        {
            ("value", "sum"): {name: s for name, (s, c) in groups.items()},
            ("value", "mean"): {name: s / c for name, (s, c) in groups.items()},
            ("value", "count"): {name: c for name, (s, c) in groups.items()},
        }
    )
    return {"statistics": statistics, "result": result, "row_count": n}
