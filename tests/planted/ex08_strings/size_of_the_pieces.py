"""Wrong: memory over the size of the pieces; a builder whose parts are a default argument.

scores: test_memory_ratio=1 test_StringBuilder=0.5
"""


# %% memory_ratio
def memory_ratio(way, strings):
    used = memory.allocations(way, strings)
    return used.peak_bytes / sum(map(sys.getsizeof, strings))


# %% StringBuilder
class StringBuilder:
    def __init__(self, parts=[]):
        self.parts = parts

    def append(self, s):
        self.parts.append(s)
        return self

    def append_line(self, s):
        return self.append(s + "\n")

    def to_string(self):
        return "".join(self.parts)

    def __len__(self):
        return sum(map(len, self.parts))
