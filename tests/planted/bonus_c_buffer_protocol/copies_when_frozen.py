"""Wrong: a frozen array hands out copies of its memory.

scores: test_promises=1
"""

# %% TypedArray
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
            raise BufferError("this array is frozen")
        self.exports += 1
        if self.readonly:
            return memoryview(bytes(self.numbers)).cast(self.format)
        return self.numbers

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
