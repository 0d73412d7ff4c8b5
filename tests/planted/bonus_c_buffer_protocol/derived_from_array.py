"""Right in another way: derives from array.array, and counts what that hands out.

scores: full
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray(array.array):
    def __new__(cls, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        made = super().__new__(cls, format, bytes(length * struct.calcsize(format)))
        made.exports, made.readonly = 0, False
        return made

    def __getitem__(self, index):
        return memoryview(self)[index] if isinstance(index, slice) else super().__getitem__(index)

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        super().__setitem__(index, value)

    def __buffer__(self, flags):
        if self.readonly and flags & BufferFlags.WRITABLE:
            raise BufferError("frozen")
        view = super().__buffer__(BufferFlags.FULL_RO)
        self.exports += 1
        return view.toreadonly() if self.readonly else view

    def __release_buffer__(self, view):
        self.exports -= 1
        view.release()

    def resize(self, length):
        if self.readonly:
            raise TypeError("frozen")
        if self.exports:
            raise BufferError("in use")
        if length < len(self):
            del self[length:]
        else:
            self.extend([0] * (length - len(self)))

    def freeze(self):
        if self.exports:
            raise BufferError("in use")
        self.readonly = True

    def thaw(self):
        if self.exports:
            raise BufferError("in use")
        self.readonly = False
