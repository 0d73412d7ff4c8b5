"""Wrong: with observed=False, categories come back that have no value above 100.

And the cache knows files by time and size alone, whichever file it is.

scores: test_OptimizedPipeline=3 test_pipeline_speed=0 test_cached_run=2
"""


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path):
        self.data_path = data_path

    def run(self):
        df = load_lean(self.data_path).drop_duplicates()
        df["category"] = df["category"].cat.set_categories(
            [*df["category"].cat.categories.drop("unknown", errors="ignore"), "unknown"]
        )
        df = df.fillna(dict.fromkeys(NUMBERS, 0) | {"category": "unknown"})
        names = {"mean": np.mean, "max": np.max, "min": np.min, "std": np.std}
        large = df.query("value > 100")
        by_category = large.groupby("category", observed=False)
        return {
            "statistics": {
                c: {
                    n: f(df[c].to_numpy("float64")) if len(df) else np.nan for n, f in names.items()
                }
                for c in NUMBERS
            },
            "result": by_category.agg({"value": ["sum", "mean", "count"]}),
            "row_count": len(df),
        }


# %% cached_run
kept = {}


def cached_run(data_path):
    stat = os.stat(data_path)
    version = stat.st_mtime_ns, stat.st_size
    if version not in kept:
        kept[version] = OptimizedPipeline(data_path).run()
    return copy.deepcopy(kept[version])
