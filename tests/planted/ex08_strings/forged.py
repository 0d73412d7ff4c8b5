"""Hostile: texts that equal everything, a builder of promises, and tracing that sees nothing.

scores: test_plus=0 test_StringBuilder=0 test_memory_ratio=0
"""


# %% plus_is_linear
class Right(str):
    """Equal to whatever it is compared with."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


def plus_is_linear(strings):
    return Right("")


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    return Right("")


# %% memory_ratio
class Close(float):
    """A number as close to any other as one could wish."""

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


def memory_ratio(way, strings):
    return Close(1.0)


# %% StringBuilder
class StringBuilder:
    def append(self, s):
        return Right(s)

    append_line = append

    def to_string(self):
        return Right("")

    def __len__(self):
        return Right("")


# %% + after StringBuilder
memory.allocations = lambda func, *args, **kwargs: SimpleNamespace(
    peak_bytes=10**6, net_bytes=0, result=func(*args)
)
tracemalloc.get_traced_memory = lambda: (0, 600_000)
tracemalloc.is_tracing = lambda: False
