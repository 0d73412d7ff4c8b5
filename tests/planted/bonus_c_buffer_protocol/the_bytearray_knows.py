"""Right: whether anybody uses the memory is asked of the bytearray itself; exports only counts.

scores: full
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
        self.block = bytearray(length * self.itemsize)
        self.numbers = memoryview(self.block).cast(format)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return (self.numbers.toreadonly() if self.readonly else self.numbers)[index]
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
        self.numbers.release()
        try:
            self.block.append(0)
            self.block.pop()
        finally:
            self.numbers = memoryview(self.block).cast(self.format)

    def resize(self, length):
        if self.readonly:
            raise TypeError("frozen")
        self.alone()
        self.numbers.release()
        size = length * self.itemsize
        if size < len(self.block):
            del self.block[size:]
        else:
            self.block.extend(bytes(size - len(self.block)))
        self.numbers = memoryview(self.block).cast(self.format)

    def freeze(self):
        self.alone()
        self.readonly = True

    def thaw(self):
        self.alone()
        self.readonly = False
