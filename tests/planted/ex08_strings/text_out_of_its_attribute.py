"""Right: the builder appends in place, as a local variable that holds the only reference.

scores: full
"""


# %% plus_is_linear
def plus_is_linear(strings):
    waiting, text = list(strings)[::-1], ""
    while waiting:
        text += waiting.pop()
    return text


# %% plus_is_quadratic
collected = ""


def plus_is_quadratic(strings):
    global collected
    collected = ""
    for s in strings:
        collected += s
    return collected


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self.text = ""

    def append(self, s):
        if type(s) is not str:
            raise TypeError(s)
        text, self.text = self.text, ""
        text += s
        self.text = text
        return self

    def append_line(self, s):
        self.append(s)
        return self.append("\n")

    def to_string(self):
        return self.text

    def __len__(self):
        return len(self.text)
