"""Makes a number of whatever looks like one, an article number 007 for example.

scores: test_process_large_csv_file=1
"""


# %% process_large_csv_file
def converted(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            row = {column: converted(text) for column, text in row.items()}
            if all(isinstance(row.get(c, 0), (int, float)) for c in CONVERTERS):
                yield row
