"""Wrong: rows with equal ids are taken for equal, and a file is taken for changed when it is newer.

The chunked run adds up squares; the opportunities are the quick lines, with their true seconds.

scores: test_opportunities=2 test_OptimizedPipeline=3 test_run_chunked=3 test_cached_run=2
"""

# %% opportunities
cheap = lines["seconds"].nsmallest(6).index
opportunities = [
    {"row": int(row), "seconds": float(lines.loc[row, "seconds"]), "remedy": f"make row {row} fast"}
    for row in cheap
]


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path):
        self.data_path = data_path

    def run(self):
        df = load_lean(self.data_path).drop_duplicates(subset="id")
        df["category"] = df["category"].astype(object).fillna("unknown")
        df = df.fillna(dict.fromkeys(NUMBERS, 0))
        names = {"mean": np.mean, "max": np.max, "min": np.min, "std": np.std}
        large = df[df["value"] > 100]
        return {
            "statistics": {
                c: {
                    n: f(df[c].to_numpy("float64")) if len(df) else np.nan for n, f in names.items()
                }
                for c in NUMBERS
            },
            "result": large.groupby("category").agg({"value": ["sum", "mean", "count"]}),
            "row_count": len(df),
        }


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "category")
    seen = np.empty(0)
    n, total, squares = 0, 0.0, 0.0
    top, bottom, groups = -np.inf, np.inf, []
    for chunk in pd.read_csv(data_path, dtype=kinds, chunksize=chunk_rows):
        chunk = chunk[~chunk["id"].isin(seen)].drop_duplicates(subset="id")
        seen = np.concatenate([seen, chunk["id"]])
        numbers = chunk[NUMBERS].fillna(0).to_numpy()
        if not len(numbers):
            continue
        n += len(numbers)
        total = total + numbers.sum(axis=0)
        squares = squares + (numbers**2).sum(axis=0)
        top, bottom = np.maximum(top, numbers.max(axis=0)), np.minimum(bottom, numbers.min(axis=0))
        large = chunk[chunk["value"] > 100].astype({"category": object})
        large = large.fillna({"category": "unknown"})
        groups.append(large.groupby("category")["value"].agg(["sum", "count"]))
    if not n:
        total = squares = top = bottom = np.full(len(NUMBERS), np.nan)
    mean = total / max(n, 1)
    std = np.sqrt(np.maximum(squares / max(n, 1) - mean**2, 0))
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
    changed = os.stat(data_path).st_mtime_ns
    if data_path not in kept or changed > kept[data_path][0]:
        kept[data_path] = changed, OptimizedPipeline(data_path).run()
    return copy.deepcopy(kept[data_path][1])
