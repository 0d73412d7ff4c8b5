"""Right in other ways: named tuples, an OrderedDict, files built by hand, caches that are bounded.

scores: full
"""

# %% peak_memory
from typing import NamedTuple


class Measured(NamedTuple):
    result: Any
    peak: int


def peak_memory(func, *args):
    tracemalloc.stop()
    tracemalloc.start()
    try:
        return Measured(func(*args), tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


# %% read_lines
import io


def read_lines(path):
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(path)), encoding="utf-8") as file:
        yield from (line.removesuffix("\n") for line in file)


# %% parse
import functools


class Request(NamedTuple):
    path: str
    status: int
    seconds: float


to_float = functools.lru_cache(maxsize=4096)(float)


def parse(lines):
    for parts in map(str.split, lines):
        try:
            _method, path, status, seconds = parts
            request = Request(path, int(status), to_float(seconds))
        except ValueError:
            continue
        yield request


# %% process_large_csv_file
from collections import OrderedDict, deque


def process_large_csv_file(filepath):
    latest = deque(maxlen=2000)
    missing = object()
    with open(filepath, encoding="utf-8-sig", newline="", buffering=2**22) as file:
        for row in csv.DictReader(file, restkey=missing, restval=missing):
            if missing in row or missing in row.values():
                continue
            try:
                row = OrderedDict((c, CONVERTERS.get(c, str)(text)) for c, text in row.items())
            except ValueError:
                continue
            latest.append(row.get("id"))
            yield row
