"""Hostile: reads all at once past the counters, and makes tracemalloc forget it.

scores: test_csv_streaming=1
"""

# %% process_large_csv_file
import io
import os


def process_large_csv_file(filepath):
    with open(filepath, "rb"):
        pass
    handle = os.open(filepath, os.O_RDONLY)
    try:
        content = os.read(handle, os.path.getsize(filepath)).decode("utf-8-sig")
    finally:
        os.close(handle)
    rows = []
    for row in csv.DictReader(io.StringIO(content, newline="")):
        if None in row or None in row.values():
            continue
        try:
            rows.append({c: CONVERTERS.get(c, str)(v) for c, v in row.items()})
        except ValueError:
            pass
    del content
    if tracemalloc.is_tracing():
        tracemalloc.clear_traces()
        tracemalloc.reset_peak()
    yield from rows
