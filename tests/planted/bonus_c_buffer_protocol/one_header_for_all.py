"""Right: the headers are written from eight bytes that are used again for each message.

scores: full
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    size = source.readinto(workspace)
    view, header, start, count = memoryview(workspace).cast("B"), bytearray(8), 0, 0
    while start < size:
        header[:] = view[start : start + 8]
        (length,) = struct.unpack("q", header)
        samples = np.frombuffer(view[start + 8 : start + 8 + 8 * length])
        loudest = np.abs(samples).max(initial=0.0)
        if loudest:
            samples /= loudest
        sink.write(header)
        sink.write(samples)
        start += 8 + 8 * length
        count += 1
    return count
