"""Right but not lean: the builder keeps every character on its own.

scores: test_StringBuilder=4
"""


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._characters = []

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("append takes a str")
        self._characters.extend(s)
        return self

    def append_line(self, s):
        return self.append(s).append("\n")

    def to_string(self):
        return "".join(self._characters)

    def __len__(self):
        return len(self._characters)
