"""Every stage returns a list: right results, no memory saved, nothing lazy.

scores: test_pipeline=2 test_csv_streaming=1
"""


# %% read_lines
def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


# %% parse
def parse(lines):
    requests = []
    for line in lines:
        try:
            _, path, status, seconds = line.split()
            requests.append((path, int(status), float(seconds)))
        except ValueError:
            pass
    return requests


# %% keep
def keep(requests, slower_than):
    return [request for request in requests if request[2] > slower_than]


# %% process_large_csv_file
def process_large_csv_file(filepath):
    good = []
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            try:
                good.append({c: CONVERTERS.get(c, str)(v) for c, v in row.items()})
            except ValueError:
                pass
    return good
