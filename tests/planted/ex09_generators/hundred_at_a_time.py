"""Right, and near the limit of what counts as flat: reads a hundred rows ahead.

scores: full
"""


# %% process_large_csv_file
def process_large_csv_file(filepath):
    with open(filepath, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        columns = next(reader, None) or []
        for batch in itertools.batched(reader, 100):
            rows = []
            for fields in batch:
                if len(fields) != len(columns) or not fields:
                    continue
                row = dict(zip(columns, fields))
                try:
                    for column in CONVERTERS.keys() & row.keys():
                        row[column] = CONVERTERS[column](row[column])
                except ValueError:
                    continue
                rows.append(row)
            yield from rows
