"""Wrong: parts by their position, so that a line of five parts is taken for a request.

scores: test_pipeline=3
"""


# %% parse
def parse(lines):
    for line in lines:
        parts = line.split()
        try:
            request = parts[1], int(parts[2]), float(parts[3])
        except (IndexError, ValueError):
            continue
        yield request
