"""Right in other ways: an array.array that grows in place, a new view for every user; offsets.

scores: full
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(f"no such format: {format!r}")
        self.items = array.array(format, bytes(length * struct.calcsize(format)))
        self.exports = 0
        self.readonly = False

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        with memoryview(self) as view:
            return view[index]

    def __setitem__(self, index, value):
        with memoryview(self) as view:
            view[index] = value

    def __buffer__(self, flags):
        if BufferFlags.WRITABLE in BufferFlags(flags) and self.readonly:
            raise BufferError("read-only")
        view = memoryview(self.items)
        if self.readonly:
            view = view.toreadonly()
        self.exports += 1
        return view

    def __release_buffer__(self, view):
        self.exports -= 1
        view.release()

    def resize(self, length):
        if self.readonly:
            raise TypeError("read-only")
        if self.exports:
            raise BufferError("in use")
        if length < len(self.items):
            del self.items[length:]
        else:
            self.items.frombytes(bytes((length - len(self.items)) * self.items.itemsize))

    def freeze(self):
        self._lock(True)

    def thaw(self):
        self._lock(False)

    def _lock(self, readonly):
        if self.exports:
            raise BufferError("in use")
        self.readonly = readonly


# %% messages
def messages(buffer):
    found, at = [], 0
    stream = np.frombuffer(buffer, np.uint8)
    while at < len(stream):
        length = int(stream[at : at + 8].view(np.int64)[0])
        found.append(stream[at + 8 : at + 8 + 8 * length].view(np.float64))
        at += 8 + 8 * length
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    with memoryview(workspace).cast("B") as whole:
        size = source.readinto(whole)
        start = count = 0
        while start < size:
            (length,) = struct.unpack_from("q", whole, start)
            samples = np.frombuffer(whole, np.float64, length, start + 8)
            loudest = np.abs(samples).max() if length else 0
            if loudest > 0:
                np.divide(samples, loudest, out=samples)
            start += 8 + 8 * length
            count += 1
        sink.write(whole[:size])
    return count
