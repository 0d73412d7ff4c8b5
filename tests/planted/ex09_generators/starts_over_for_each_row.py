"""Right and flat, but slow: finds each row by reading the file from its beginning.

scores: test_csv_streaming=1
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    for number in itertools.count(1):
        with open(filepath, encoding="utf-8-sig", newline="") as file:
            reader = filter(None, csv.reader(file))
            columns = next(reader, [])
            fields = next(itertools.islice(reader, number - 1, None), None)
        if fields is None:
            return
        try:
            values = [CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)]
        except ValueError:
            continue
        yield dict(zip(columns, values))
