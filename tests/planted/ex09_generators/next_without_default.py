"""An empty file ends in a RuntimeError: StopIteration may not leave a generator.

scores: test_process_large_csv_file=2
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        columns = next(reader)
        for fields in reader:
            if not fields:
                continue
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            yield dict(zip(columns, values))
