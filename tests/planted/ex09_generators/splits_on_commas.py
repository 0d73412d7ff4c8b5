"""Streams, but takes a CSV row for a line that can be split at commas.

scores: test_process_large_csv_file=1
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig") as file:
        columns = file.readline().rstrip("\n").split(",")
        for line in file:
            fields = line.rstrip("\n").split(",")
            if len(fields) != len(columns):
                continue
            try:
                yield {c: CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields)}
            except ValueError:
                continue
