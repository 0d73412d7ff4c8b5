"""Wrong: takes the spaces at both ends of a line as well as the newline.

scores: test_pipeline=3
"""


# %% read_lines
def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.strip()
