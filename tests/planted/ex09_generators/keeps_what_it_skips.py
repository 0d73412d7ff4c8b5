"""Wrong: lines and rows that are skipped are kept, to be reported; and the peak is a float.

scores: test_peak_memory=1 test_pipeline=3 test_process_large_csv_file=2
"""


# %% peak_memory
def peak_memory(func, *args):
    tracemalloc.start()
    try:
        result = func(*args)
        return result, float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


# %% parse
def parse(lines):
    skipped = []
    for line in lines:
        try:
            _method, path, status, seconds = line.split()
            request = path, int(status), float(seconds)
        except ValueError:
            skipped.append(line)
            continue
        yield request


# %% process_large_csv_file
def process_large_csv_file(filepath):
    bad = []
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            try:
                if None in row or None in row.values():
                    raise ValueError("another number of fields")
                good = {column: CONVERTERS.get(column, str)(text) for column, text in row.items()}
            except ValueError:
                bad.append(row)
                continue
            yield good
