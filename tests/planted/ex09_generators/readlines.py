"""Reads the whole file by readlines and splitlines, and then yields.

scores: test_pipeline=1 test_csv_streaming=1
"""


# %% read_lines
def read_lines(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    yield from text.splitlines()


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        lines = file.readlines()
    reader = filter(None, csv.reader(lines))
    columns = next(reader, [])
    for fields in reader:
        try:
            values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
        except ValueError:
            continue
        yield dict(zip(columns, values))
