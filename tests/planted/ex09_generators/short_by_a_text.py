"""Wrong: a row that lacks a text passes for whole; every line parsed is cached; peak less current.

scores: test_peak_memory=1 test_pipeline=2 test_process_large_csv_file=2
"""


# %% peak_memory
def peak_memory(func, *args):
    tracemalloc.start()
    try:
        result = func(*args)
        current, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return result, peak - current


# %% parse
import functools


@functools.cache
def parsed(line):
    try:
        _method, path, status, seconds = line.split()
        return path, int(status), float(seconds)
    except ValueError:
        return None


def parse(lines):
    yield from filter(None, map(parsed, lines))


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row:
                continue
            try:
                for column in CONVERTERS.keys() & row.keys():
                    row[column] = CONVERTERS[column](row[column])
            except (TypeError, ValueError):
                continue
            yield row
