"""Hostile: quadratic in name only, slow by waiting in a loop; a builder that never looks at len.

scores: test_plus=2 test_StringBuilder=3
"""


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    result = ""
    for s in strings:
        result += s
    sum(range(400_000))
    return result


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._parts = []

    def append(self, s):
        self._parts.append(s)
        return self

    def append_line(self, s):
        return self.append(s + "\n")

    def to_string(self):
        return "".join(self._parts)

    def __len__(self):
        return len(self._parts)
