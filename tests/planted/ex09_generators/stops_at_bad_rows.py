"""Converts whatever comes: the first bad row raises, and there is no row after it.

scores: test_process_large_csv_file=2
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for column, convert in CONVERTERS.items():
                if column in row:
                    row[column] = convert(row[column])
            yield row
