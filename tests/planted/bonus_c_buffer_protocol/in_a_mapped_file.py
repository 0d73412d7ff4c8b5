"""Wrong: its memory is an mmap, which cannot be empty, when resize(0) is asked for; negative
indices are refused when a number is stored, and so are requests to read what is frozen.

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
        self.numbers = self.block_of(length) if length else memoryview(b"").cast(format)

    def block_of(self, length):
        import mmap

        return memoryview(mmap.mmap(-1, length * self.itemsize)).cast(self.format)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return memoryview(self)[index]
        return self.numbers[index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        if not 0 <= index < len(self):
            raise IndexError(index)
        self.numbers[index] = value

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.CONTIG:
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
        new = self.block_of(length)
        kept = min(length, len(self))
        new[:kept] = self.numbers[:kept]
        self.numbers = new

    def freeze(self):
        self.alone()
        self.readonly = True

    def thaw(self):
        self.alone()
        self.readonly = False
