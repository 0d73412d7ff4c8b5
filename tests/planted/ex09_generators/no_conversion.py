"""Hands on what csv.DictReader makes: all text, bad rows included.

scores: test_process_large_csv_file=0 test_csv_streaming=1
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
