"""Wrong: an empty slice is None, resize makes eight bytes for each number, and a slice of a frozen
array is not counted.

scores: test_typed_array=2 test_promises=0
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(f"format {format!r}")
        self.format = format
        self.itemsize = struct.calcsize(format)
        self.exports = 0
        self.readonly = False
        self.numbers = self.block_of(length)

    def block_of(self, length):
        return memoryview(bytearray(length * self.itemsize)).cast(self.format)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            if self.readonly:
                return self.numbers.toreadonly()[index]
            return memoryview(self)[index] if range(len(self))[index] else None
        return self.numbers[index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        self.numbers[index] = value

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("frozen")
        self.exports += 1
        return self.numbers.toreadonly() if self.readonly else self.numbers[:]

    def __release_buffer__(self, view):
        self.exports -= 1

    def alone(self):
        if self.exports:
            raise BufferError("in use")

    def resize(self, length):
        if self.readonly:
            raise TypeError("frozen")
        self.alone()
        new = memoryview(bytearray(8 * length)).cast(self.format)
        kept = min(length, len(self))
        new[:kept] = self.numbers[:kept]
        self.numbers = new

    def freeze(self):
        self.alone()
        self.readonly = True

    def thaw(self):
        self.alone()
        self.readonly = False
