"""Right in other ways: a view decides what it hands out; a callable object; released views.

scores: full
"""

# %% TypedArray
import collections.abc

FORMATS = tuple("bBhHiIqQfd")


class TypedArray(collections.abc.Sequence):
    def __init__(self, format, length):
        if format not in FORMATS:
            raise ValueError(format)
        self.format, self.exports, self.readonly = format, 0, False
        self.numbers = self._new(length)

    def _new(self, length):
        return memoryview(bytearray(length * struct.calcsize(self.format))).cast(self.format)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        return memoryview(self)[index] if isinstance(index, slice) else self.numbers[index]

    def __setitem__(self, index, value):
        if self.readonly:
            raise TypeError("frozen")
        self.numbers[index] = value

    def __buffer__(self, flags):
        view = self.numbers.__buffer__(flags)
        self.exports += 1
        return view

    def __release_buffer__(self, view):
        self.exports -= 1
        view.release()

    def resize(self, length):
        self._check()
        if self.readonly:
            raise TypeError("frozen")
        new, kept = self._new(length), min(length, len(self))
        new[:kept] = self.numbers[:kept]
        self.numbers = new

    def _check(self):
        if self.exports:
            raise BufferError("in use")

    def freeze(self):
        self._check()
        self.numbers = self.numbers.toreadonly()
        self.readonly = True

    def thaw(self):
        self._check()
        self.numbers = memoryview(self.numbers.obj).cast(self.format)
        self.readonly = False


# %% messages
class Messages:
    """Takes streams apart."""

    header = struct.Struct("@q")

    def __call__(self, buffer):
        with memoryview(buffer) as view, view.cast("B") as raw:
            found, at = [], 0
            while at < raw.nbytes:
                (n,) = self.header.unpack_from(raw, at)
                at += self.header.size
                found.append(np.frombuffer(raw, dtype="=f8", count=n, offset=at))
                at += n * 8
            return found


messages = Messages()


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    with memoryview(workspace) as whole, whole.cast("B") as raw:
        size = source.readinto(raw)
        with raw[:size] as stream:
            found = messages(stream)
            for samples in found:
                if samples.any():
                    samples /= np.linalg.norm(samples, ord=np.inf)
            sink.write(stream)
    return len(found)
