"""Right but slow: the builder adds to a string in an attribute, which is copied every time.

scores: test_StringBuilder=4
"""


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._text = ""

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("append takes a str")
        self._text += s
        return self

    def append_line(self, s):
        if not isinstance(s, str):
            raise TypeError("append_line takes a str")
        self._text += s + "\n"
        return self

    def to_string(self):
        return self._text

    def __len__(self):
        return len(self._text)
