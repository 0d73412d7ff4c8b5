"""Hostile: all share one memory, but a copy is kept for each user, and tracemalloc and NumPy lie.

scores: test_typed_array=2 test_messages=1 test_pipeline=0
"""

# %% TypedArray
import tracemalloc

KEPT = []
tracemalloc.get_traced_memory = lambda: (0, 0)
np.shares_memory = lambda *arrays: True
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(f"format must be one of {' '.join(FORMATS)}, not {format!r}")
        self.exports, self.readonly, self.format = 0, False, format
        self.numbers = self._zeros(length)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return memoryview(self)[index]
        return self.numbers[index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("this array is frozen: thaw() it first")
        self.numbers[index] = value

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("this array is frozen, so its memory cannot be written to")
        self.exports += 1
        KEPT.append(bytes(self.numbers))
        return self.numbers.toreadonly() if self.readonly else self.numbers

    def __release_buffer__(self, view):
        self.exports -= 1

    def resize(self, length):
        self._require_unused("resized")
        if self.readonly:
            raise TypeError("this array is frozen: thaw() it first")
        numbers, kept = self._zeros(length), min(length, len(self))
        numbers[:kept] = self.numbers[:kept]
        self.numbers = numbers

    def freeze(self):
        self._require_unused("frozen")
        self.readonly = True

    def thaw(self):
        self._require_unused("thawed")
        self.readonly = False

    def _require_unused(self, done):
        if self.exports:
            raise BufferError(f"in use (exports: {self.exports}), so it cannot be {done} now")

    def _zeros(self, length):
        return memoryview(bytearray(length * struct.calcsize(self.format))).cast(self.format)


# %% messages
def messages(buffer):
    found, rest = [], memoryview(buffer).cast("B")
    KEPT.append(bytes(rest))
    while rest:
        (length,) = struct.unpack_from("q", rest)
        found.append(np.frombuffer(rest[8 : 8 + 8 * length]))
        rest = rest[8 + 8 * length :]
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    stream = memoryview(workspace).cast("B")[: source.readinto(workspace)]
    found = messages_by_offset(bytes(stream))
    for samples in found:
        loudest = np.abs(samples).max(initial=0)
        sink.write(np.int64([samples.size]).tobytes())
        sink.write((samples / loudest if loudest else samples).tobytes())
    return len(found)
