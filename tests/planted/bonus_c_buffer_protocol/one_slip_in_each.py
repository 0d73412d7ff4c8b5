"""Wrong: an index too low wraps around, freeze() freezes and then refuses, the arrays hold no
buffer, and the workspace is kept.

scores: test_typed_array=2 test_promises=1 test_messages=1 test_pipeline=0
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        self.format, self.exports, self.readonly = format, 0, False
        self.numbers = self._new(length)

    def _new(self, length):
        return memoryview(bytearray(length * struct.calcsize(self.format))).cast(self.format)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return memoryview(self)[index]
        return self.numbers[index % len(self) if index < 0 else index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        self.numbers[index] = value

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("frozen")
        self.exports += 1
        return self.numbers.toreadonly() if self.readonly else self.numbers

    def __release_buffer__(self, view):
        self.exports -= 1

    def resize(self, length):
        self._check()
        if self.readonly:
            raise TypeError("frozen")
        new, kept = self._new(length), min(length, len(self))
        new[:kept] = self.numbers[:kept]
        self.numbers = new

    def _check(self):
        if self.exports:
            raise BufferError("in use")

    def freeze(self):
        self.readonly = True
        self._check()

    def thaw(self):
        self._check()
        self.readonly = False


# %% messages
def messages(buffer):
    view = memoryview(buffer).cast("B")
    found, start = [], 0
    while start < len(view):
        (length,) = struct.unpack_from("q", view, start)
        found.append(np.ndarray(length, float, buffer=view, offset=start + 8))
        start += 8 + 8 * length
    return found


# %% normalise_zero_copy
VIEWS = {}


def normalise_zero_copy(source, sink, workspace):
    view = VIEWS[id(workspace)] = memoryview(workspace).cast("B")
    stream = view[: source.readinto(view)]
    found = messages(stream)
    for samples in found:
        samples /= np.abs(samples).max(initial=0.0) or 1.0
    sink.write(stream)
    return len(found)
