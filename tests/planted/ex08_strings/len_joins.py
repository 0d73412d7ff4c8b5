"""Right but slow: len joins all the parts, only to count.

scores: test_StringBuilder=4
"""


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._parts = []

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("append takes a str")
        self._parts.append(s)
        return self

    def append_line(self, s):
        return self.append(s).append("\n")

    def to_string(self):
        return "".join(self._parts)

    def __len__(self):
        return len(self.to_string())
