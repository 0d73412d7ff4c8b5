"""Streams, but leaves its files to the garbage collector.

scores: test_pipeline=3 test_csv_streaming=3
"""


# %% read_lines
def read_lines(path):
    for line in open(path, encoding="utf-8"):
        yield line.rstrip("\n")


# %% process_large_csv_file
def process_large_csv_file(filepath):
    file = open(filepath, encoding="utf-8-sig", newline="")
    reader = filter(None, csv.reader(file))
    columns = next(reader, [])
    for fields in reader:
        try:
            values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
        except ValueError:
            continue
        yield dict(zip(columns, values))
    file.close()
