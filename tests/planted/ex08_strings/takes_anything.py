"""Wrong: str() around whatever comes; len counts bytes; to_string empties the builder.

scores: test_StringBuilder=3.5
"""


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._parts = []
        self._length = 0

    def append(self, s):
        self._parts.append(str(s))
        self._length += len(str(s).encode())
        return self

    def append_line(self, s):
        return self.append(s).append("\n")

    def to_string(self):
        text = "".join(self._parts)
        self._parts.clear()
        return text

    def __len__(self):
        return self._length
