"""Wrong: an index wraps around when a number is stored, resize(0) does nothing, flags are compared
as a whole, what is read-only is copied first, and samples are multiplied by a reciprocal.

scores: test_typed_array=2 test_promises=0 test_messages=1 test_pipeline=0
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
            return memoryview(self)[index]
        return self.numbers[index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        self.numbers[index % len(self)] = value

    def __buffer__(self, flags):
        if self.readonly and flags == BufferFlags.WRITABLE:
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
        if not length:
            return
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


# %% messages
def messages(buffer):
    view = memoryview(buffer).cast("B")
    if view.readonly:
        view = memoryview(bytearray(view))
    found = []
    while view:
        (length,) = struct.unpack("q", view[:8])
        payload, view = view[8 : 8 + 8 * length], view[8 + 8 * length :]
        found.append(np.frombuffer(payload))
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    size = source.readinto(workspace)
    view = memoryview(workspace).cast("B")[:size]
    found = messages(view)
    for samples in found:
        loudest = np.abs(samples).max(initial=0.0)
        if loudest:
            samples *= 1 / loudest
    sink.write(view)
    return len(found)
