"""Wrong: a bare `except:` around the yield; 5.7 made an int; lines cut at other characters too.

scores: test_pipeline=2 test_process_large_csv_file=2
"""


# %% read_lines
def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield (line.splitlines() or [""])[0]


# %% parse
def parse(lines):
    for line in lines:
        try:
            _method, path, status, seconds = line.split()
            yield path, int(status), float(seconds)
        except:  # noqa: E722
            continue


# %% process_large_csv_file
def whole(text):
    return int(float(text))


def process_large_csv_file(filepath):
    kinds = {"id": whole, "quantity": whole, "price": float}
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            try:
                row = {column: kinds.get(column, str)(text) for column, text in row.items()}
            except ValueError:
                continue
            yield row
