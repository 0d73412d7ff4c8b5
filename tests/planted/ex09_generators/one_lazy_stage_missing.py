"""A pipeline with one list in it, and a CSV generator that makes a list of the reader first.

scores: test_pipeline=2 test_csv_streaming=1
"""


# %% parse
def parse(lines):
    for line in list(lines):
        try:
            _method, path, status, seconds = line.split()
            request = path, int(status), float(seconds)
        except ValueError:
            continue
        yield request


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = filter(None, csv.reader(file))
        columns = next(reader, [])
        for fields in list(reader):
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            yield dict(zip(columns, values))
