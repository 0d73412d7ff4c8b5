"""Right: quadratic by a hash, readings in turns, a StringIO whose position is the length.

scores: full
"""


# %% plus_is_linear
def plus_is_linear(strings):
    text, rest = "", iter(strings)
    while (s := next(rest, None)) is not None:
        text = text + s
    return text


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    text = ""
    for s in strings:
        hash(text)
        text += s
    return text


# %% benchmark_ways
def benchmark_ways(ways, strings):
    texts = [way(strings) for way in ways.values()]
    for name, text in zip(ways, texts):
        if text != texts[0]:
            raise ValueError(f"{name} returns something else")
    timers = {name: timeit.Timer(partial(way, strings)) for name, way in ways.items()}
    number = {name: int(0.003 / max(timer.timeit(1), 1e-7)) + 1 for name, timer in timers.items()}
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(7):
        for name, timer in timers.items():
            best[name] = min(best[name], timer.timeit(number[name]) / number[name])
    return best


# %% memory_ratio
import contextlib


def memory_ratio(way, strings):
    with contextlib.ExitStack() as stack:
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        text = way(strings)
        return tracemalloc.get_traced_memory()[1] / text.__sizeof__()


# %% StringBuilder
class StringBuilder:
    def __init__(self):
        self.page = io.StringIO()

    def append(self, s):
        self.page.write(s)
        return self

    def append_line(self, s):
        print(s + "", file=self.page)
        return self

    def to_string(self):
        return self.page.getvalue()

    def __len__(self):
        return self.page.tell()
