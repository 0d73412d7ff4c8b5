"""Wrong: names split at commas; the log is opened when read_lines is called, and may stay open.

scores: test_pipeline=3 test_process_large_csv_file=2
"""


# %% read_lines
def read_lines(path):
    file = open(path, encoding="utf-8")

    def lines():
        with file:
            for line in file:
                yield line.removesuffix("\n")

    return lines()


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        columns = file.readline().strip().split(",")
        for fields in filter(None, csv.reader(file)):
            try:
                row = {c: CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)}
            except ValueError:
                continue
            yield row
