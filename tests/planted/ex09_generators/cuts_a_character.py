"""Wrong: takes the last character of each line, which need not be a newline in the last one.

scores: test_pipeline=3
"""


# %% read_lines
def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line[:-1]
