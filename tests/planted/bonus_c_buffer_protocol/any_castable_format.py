"""Wrong: any format that cast knows is taken, resize always makes doubles, freeze and thaw both
toggle, an array of two dimensions is misread, and a workspace of an odd number of bytes is
refused.

scores: test_typed_array=2 test_promises=0 test_messages=1 test_pipeline=0
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
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
            return memoryview(self)[index]
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
        new = memoryview(bytearray(8 * length)).cast("d")
        for k in range(min(length, len(self))):
            new[k] = self.numbers[k]
        self.numbers = new

    def freeze(self):
        self.alone()
        self.readonly = not self.readonly

    def thaw(self):
        self.alone()
        self.readonly = not self.readonly


# %% messages
def messages(buffer):
    raw = np.asarray(memoryview(buffer)).view(np.uint8)
    found, start = [], 0
    while start < len(raw):
        (length,) = struct.unpack_from("q", raw, start)
        end = start + 8 + 8 * length
        found.append(raw[start + 8 : end].view(np.float64))
        start = end
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    size = source.readinto(workspace)
    words = np.frombuffer(workspace)[: size // 8]
    found = messages(words)
    for samples in found:
        loudest = np.abs(samples).max(initial=0.0)
        if loudest:
            samples /= loudest
    sink.write(words)
    return len(found)
