"""Right, with large constants: character by character in place, and a careful builder on a deque.

scores: full
"""


# %% plus_is_linear
def plus_is_linear(strings):
    text = ""
    for s in strings:
        for character in s:
            text += character
    return text


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    text = ""
    for s in reversed(strings):
        text = s + text
    return text


# %% StringBuilder
import collections


class StringBuilder:
    def __init__(self):
        self.parts = collections.deque()
        self.lengths = {"characters": 0}

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("strings only")
        for character in s:
            self.lengths["characters"] += len(character)
        self.parts.append(s)
        return self

    def append_line(self, s):
        if not isinstance(s, str):
            raise TypeError("strings only")
        return self.append(f"{s}\n")

    def to_string(self):
        page = io.StringIO(newline="")
        page.writelines(self.parts)
        return page.getvalue()

    def __len__(self):
        return sum(self.lengths.values())
