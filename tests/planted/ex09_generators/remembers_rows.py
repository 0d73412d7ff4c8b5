"""Lazy, but keeps every row to drop duplicates: memory grows all the same.

scores: test_pipeline=2 test_csv_streaming=2
"""


# %% keep
def keep(requests, slower_than):
    seen = []
    for request in requests:
        seen.append(request)
        if request[2] > slower_than:
            yield seen[-1]


# %% process_large_csv_file
def process_large_csv_file(filepath):
    rows = []
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = filter(None, csv.reader(file))
        columns = next(reader, [])
        for fields in reader:
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            rows.append(dict(zip(columns, values)))
            yield rows[-1].copy()
