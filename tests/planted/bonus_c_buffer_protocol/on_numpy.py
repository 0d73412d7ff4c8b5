"""Right in other ways: memory from NumPy, slices that are arrays, messages written one by one.

scores: full
"""

# %% TypedArray
FORMATS = tuple("bBhHiIqQfd")


class TypedArray:
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        self.block = np.zeros(length, format)
        self._users = 0

    @property
    def exports(self):
        return self._users

    @property
    def readonly(self):
        return not self.block.flags.writeable

    def __len__(self):
        return self.block.size

    def __getitem__(self, index):
        return np.asarray(self)[index] if isinstance(index, slice) else self.block[index].item()

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        self.block[index] = value

    def __buffer__(self, flags):
        if flags & BufferFlags.WRITABLE and self.readonly:
            raise BufferError("frozen")
        view = memoryview(self.block)
        self._users += 1
        return view

    def __release_buffer__(self, view):
        self._users -= 1

    def resize(self, length):
        self._check()
        if self.readonly:
            raise TypeError("frozen")
        kept = self.block[:length]
        self.block = np.concatenate([kept, np.zeros(length - len(kept), kept.dtype)])

    def _check(self):
        if self._users:
            raise BufferError(self._users)

    def freeze(self):
        self._check()
        self.block.flags.writeable = False

    def thaw(self):
        self._check()
        self.block.flags.writeable = True


# %% messages
def messages(buffer):
    raw = memoryview(buffer).cast("B")
    at, found = 0, []
    while at < raw.nbytes:
        length = np.frombuffer(raw, np.int64, 1, at).item()
        found.append(np.frombuffer(raw, np.float64, length, at + 8))
        at += 8 + 8 * length
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    whole = np.frombuffer(workspace, np.uint8)
    size = source.readinto(whole)
    found = messages(whole[:size])
    for samples in found:
        loudest = np.abs(samples).max(initial=0)
        if loudest:
            samples /= loudest
        sink.write(np.int64([samples.size]))
        sink.write(samples)
    return len(found)
