"""Wrong where all lines are blank: no columns, no fields, and so a dictionary of nothing.

scores: test_process_large_csv_file=2
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        columns = next(reader, [])
        for fields in reader:
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            yield dict(zip(columns, values))
