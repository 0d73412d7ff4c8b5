"""Right: reads half a MiB at a time, and closes in `finally` instead of `with`.

scores: full
"""


# %% read_lines
def read_lines(path):
    file = open(path, encoding="utf-8", buffering=2**19)
    try:
        for line in file:
            yield line.rstrip("\r\n")
    finally:
        file.close()


# %% process_large_csv_file
def process_large_csv_file(filepath):
    file = open(filepath, encoding="utf-8-sig", newline="", buffering=2**19)
    try:
        reader = csv.reader(file)
        columns = next(reader, [])
        for fields in reader:
            if len(fields) == len(columns) > 0:
                try:
                    yield {
                        name: CONVERTERS.get(name, str)(text) for name, text in zip(columns, fields)
                    }
                except ValueError:
                    continue
    finally:
        file.close()
