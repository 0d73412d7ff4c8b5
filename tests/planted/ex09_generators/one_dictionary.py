"""Yields one dictionary again and again: right when looked at in time, wrong when kept.

scores: test_process_large_csv_file=0
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    row = {}
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        columns = next(reader, [])
        for fields in reader:
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            row.update(zip(columns, values))
            yield row
