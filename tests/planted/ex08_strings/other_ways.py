"""Everything done, in other ways than ours: an attribute, readings of a clock, a StringIO inside.

scores: full
"""

# %% prediction
predicted_plus = 4
predicted_join = 4


# %% plus_is_linear
def plus_is_linear(strings):
    text = ""
    for position in range(len(strings)):
        text = text + strings[position]
    return text


# %% plus_is_quadratic
class Page:
    def __init__(self):
        self.text = ""


def plus_is_quadratic(strings):
    page = Page()
    for s in strings:
        page.text += s
    return page.text


# %% benchmark_ways
import time


def benchmark_ways(ways, strings):
    results = {name: way(strings) for name, way in ways.items()}
    first = list(results.values())[0]
    for name in results:
        if results[name] != first:
            raise ValueError(f"not the same: {name}")
    figures = {}
    for name in ways:
        readings = []
        for _ in range(7):
            begin = time.perf_counter()
            ways[name](strings)
            readings.append(time.perf_counter() - begin)
        figures[name] = min(readings)
    return figures


# %% memory_ratio
def memory_ratio(way, strings):
    used = memory.allocations(way, strings)
    return used.peak_bytes / sys.getsizeof(used.result)


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self.file = io.StringIO(newline="")
        self.length = 0

    def append(self, s):
        self.length += self.file.write(s)
        return self

    def append_line(self, s):
        self.append(s)
        self.append("\n")
        return self

    def to_string(self):
        return self.file.getvalue()

    def __len__(self):
        return self.length


# %% recommendation
recommendation = dict(
    [
        ("two or three pieces", "+"),
        ("a list of strings", "join"),
        ("made in a loop", "+="),
        ("call by call", "StringIO"),
        ("bytes, piece by piece", "list and join"),
    ]
)

# %% report_answer [markdown]
# Each += makes a new string and copies the old one, so 1 + 2 + … + n pieces, that is about n²/2.
# CPython leaves the copy out when the string belongs to one local variable only and grows it where
# it is. My prediction was 4 for both. In the function it was about that, in the cell it was far
# more (see section 2), because there result is a global.
#
# join and += take once the text, the list a little more, the attribute twice, StringIO 2.25 times.
# With short pieces the list is much larger than the text.
#
# I would use join for what is in a list, because it is the fastest in each row, StringIO for what
# comes call by call, since its time is near that of the list, and + for two or three pieces. += in
# a loop is fine if it is local and nobody else holds the string.
