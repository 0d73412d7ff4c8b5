"""Right: the builder keeps UTF-8 in a bytearray; quadratic by a variable shared with a function.

scores: full
"""


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    text = ""

    def add(s):
        nonlocal text
        text += s

    for s in strings:
        add(s)
    return text


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self.data = bytearray()
        self.characters = 0

    def append(self, s: str):
        try:
            self.data += s.encode()
        except AttributeError:
            raise TypeError("not a str") from None
        self.characters += len(s)
        return self

    def append_line(self, s: str):
        return self.append(s).append("\n")

    def to_string(self):
        return self.data.decode()

    def __len__(self):
        return self.characters
