"""Wrong: of every request or row a number is kept, so memory grows, if slowly.

scores: test_pipeline=2 test_csv_streaming=2
"""


# %% keep
def keep(requests, slower_than):
    fast = []
    for request in requests:
        if request[2] > slower_than:
            yield request
        else:
            fast.append(request[2])


# %% process_large_csv_file
def process_large_csv_file(filepath):
    ids = []
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            try:
                row = {column: CONVERTERS.get(column, str)(text) for column, text in row.items()}
            except ValueError:
                continue
            ids.append(row.get("id"))
            yield row
