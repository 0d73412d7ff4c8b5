"""Wrong: append and append_line return None, so that calls cannot be chained.

scores: test_StringBuilder=4.5
"""


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._parts = []
        self._length = 0

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("append takes a str")
        self._parts.append(s)
        self._length += len(s)

    def append_line(self, s):
        self.append(s)
        self.append("\n")

    def to_string(self):
        return "".join(self._parts)

    def __len__(self):
        return self._length
