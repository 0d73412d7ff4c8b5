"""Wrong: append_line puts the newline before the text.

scores: test_StringBuilder=4
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
        return self

    def append_line(self, s):
        if not isinstance(s, str):
            raise TypeError("append_line takes a str")
        return self.append("\n").append(s)

    def to_string(self):
        return "".join(self._parts)

    def __len__(self):
        return self._length
