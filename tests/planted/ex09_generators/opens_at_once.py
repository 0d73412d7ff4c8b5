"""Streams and closes, but opens the file when it is called, before a row is asked for.

scores: test_csv_streaming=3
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    return rows_of(open(filepath, encoding="utf-8-sig", newline=""))


def rows_of(opened):
    with opened as file:
        reader = filter(None, csv.reader(file))
        columns = next(reader, [])
        for fields in reader:
            try:
                values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
            except ValueError:
                continue
            yield dict(zip(columns, values))
