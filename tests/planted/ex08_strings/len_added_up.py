"""Right but slow: len adds up the parts after every append; memory is divided by len(result).

scores: test_StringBuilder=4 test_memory_ratio=1
"""


# %% memory_ratio
def memory_ratio(way, strings):
    tracemalloc.start()
    try:
        result = way(strings)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak / len(result)


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self._parts = []
        self._known = None

    def append(self, s):
        if not isinstance(s, str):
            raise TypeError("append takes a str")
        self._parts.append(s)
        self._known = None
        return self

    def append_line(self, s):
        return self.append(s).append("\n")

    def to_string(self):
        return "".join(self._parts)

    def __len__(self):
        if self._known is None:
            self._known = sum(len(part) for part in self._parts)
        return self._known
