"""Wrong: keeps room for more numbers, where old ones come back; copies any buffer but bytes.

scores: test_promises=1 test_messages=1
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        self.format, self.exports, self.readonly, self.length = format, 0, False, length
        self.size = struct.calcsize(format)
        self.block = memoryview(bytearray(length * self.size))

    @property
    def numbers(self):
        return self.block[: self.length * self.size].cast(self.format)

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return memoryview(self)[index] if isinstance(index, slice) else self.numbers[index]

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
        used, wanted = self.length * self.size, length * self.size
        if wanted > len(self.block):
            block = memoryview(bytearray(max(wanted, 2 * len(self.block))))
            block[:used] = self.block[:used]
            self.block = block
        self.length = length

    def _check(self):
        if self.exports:
            raise BufferError("in use")

    def freeze(self):
        self._check()
        self.readonly = True

    def thaw(self):
        self._check()
        self.readonly = False


# %% messages
def messages(buffer):
    view = memoryview(buffer)
    if view.format != "B":
        view = memoryview(bytearray(view.tobytes()))
    found = []
    while view:
        (n,) = struct.unpack_from("q", view)
        found.append(np.frombuffer(view[8 : 8 + 8 * n]))
        view = view[8 + 8 * n :]
    return found
