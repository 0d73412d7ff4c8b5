"""Wrong: counts by weak references, without __release_buffer__: np.frombuffer holds nothing then.

scores: test_promises=1
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        self.block = bytearray(length * struct.calcsize(format))
        self.format, self.readonly, self.out = format, False, []

    @property
    def exports(self):
        self.out = [view for view in self.out if view() is not None]
        return len(self.out)

    def __len__(self):
        return len(self.block) // struct.calcsize(self.format)

    def __getitem__(self, index):
        return memoryview(self)[index]

    def __setitem__(self, index, value):
        memoryview(self)[index] = value

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("frozen")
        view = memoryview(self.block).cast(self.format)
        view = view.toreadonly() if self.readonly else view
        self.out.append(weakref.ref(view))
        return view

    def resize(self, length):
        if self.exports:
            raise BufferError("in use")
        if self.readonly:
            raise TypeError("frozen")
        size = length * struct.calcsize(self.format)
        del self.block[size:]
        self.block.extend(bytes(size - len(self.block)))

    def freeze(self):
        if self.exports:
            raise BufferError("in use")
        self.readonly = True

    def thaw(self):
        if self.exports:
            raise BufferError("in use")
        self.readonly = False
