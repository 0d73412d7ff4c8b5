"""Wrong from the second builder on: the parts belong to the class, so all builders share them.

scores: test_StringBuilder=0.5
"""


# %% StringBuilder
class StringBuilder:
    _parts = []

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
        return sum(map(len, self._parts))
