"""Wrong: rows without a category vanish from the groups; the seconds of the profile are made up.

scores: test_opportunities=0 test_OptimizedPipeline=3 test_pipeline_speed=0
"""

# %% opportunities
opportunities = [
    {"row": row, "seconds": 0.123456 * row, "remedy": f"a remedy for row {row}"}
    for row in range(1, 7)
]


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path):
        self.data_path = data_path

    def run(self):
        df = load_lean(self.data_path).drop_duplicates()
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
