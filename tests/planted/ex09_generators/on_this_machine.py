"""Wrong: no encoding said; Ctrl-C leaves tracing on; a row of empty texts is taken for blank.

scores: test_peak_memory=2 test_pipeline=3 test_process_large_csv_file=2
"""


# %% peak_memory
def peak_memory(func, *args):
    tracemalloc.start()
    try:
        result = func(*args)
    except Exception:
        tracemalloc.stop()
        raise
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, peak


# %% read_lines
def read_lines(path):
    with open(path) as file:
        for line in file:
            yield line.rstrip("\n")


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        rows = (fields for fields in csv.reader(file) if any(fields))
        columns = next(rows, [])
        for fields in rows:
            try:
                row = {c: CONVERTERS.get(c, str)(f) for c, f in zip(columns, fields, strict=True)}
            except ValueError:
                continue
            yield row
