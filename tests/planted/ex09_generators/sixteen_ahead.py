"""Wrong: sixteen lines are drawn where one is asked for; and files stay open after an error.

scores: test_pipeline=1 test_csv_streaming=3
"""


# %% read_lines
def read_lines(path):
    file = open(path, encoding="utf-8")
    try:
        for line in file:
            yield line.rstrip("\n")
    except GeneratorExit:
        file.close()
        raise
    file.close()


# %% parse
def parse(lines):
    for batch in itertools.batched(lines, 16):
        for line in batch:
            try:
                _method, path, status, seconds = line.split()
                request = path, int(status), float(seconds)
            except ValueError:
                continue
            yield request


# %% process_large_csv_file
def process_large_csv_file(filepath):
    file = open(filepath, encoding="utf-8-sig", newline="")
    try:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            try:
                row = {column: CONVERTERS.get(column, str)(text) for column, text in row.items()}
            except ValueError:
                continue
            yield row
    except GeneratorExit:
        file.close()
        raise
    file.close()
