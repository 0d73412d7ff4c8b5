"""Right, in other ways: our own helper, expressions and built-ins for the stages, DictReader.

scores: full
"""


# %% peak_memory
def peak_memory(func, *args):
    used = memory.allocations(func, *args)
    return used.result, used.peak_bytes


# %% ten_million
COUNT = 10_000_000
list_run, generator_run = (
    memory.timeline(lambda f=f: f(range(COUNT)), name=f.__name__)
    for f in (process_with_list, process_with_generator)
)


# %% read_lines
def read_lines(path):
    with Path(path).open(encoding="utf-8") as file:
        yield from (line[:-1] if line.endswith("\n") else line for line in file)


# %% parse
import re

REQUEST = re.compile(r"\S+ (\S+) (\d+) (\d+\.?\d*)")


def parse(lines):
    found = filter(None, map(REQUEST.fullmatch, lines))
    return (
        (path, int(status), float(seconds)) for path, status, seconds in map(re.Match.groups, found)
    )


# %% keep
def keep(requests, slower_than):
    return filter(lambda request: request[2] > slower_than, requests)


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            try:
                yield {c: CONVERTERS[c](v) if c in CONVERTERS else v for c, v in row.items()}
            except ValueError:
                pass
