"""Right: each message is read, scaled and written before the next, its header read on its own.

scores: full
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    whole, header, start, count = memoryview(workspace).cast("B"), bytearray(8), 0, 0
    while source.readinto(header) == 8:
        (length,) = struct.unpack("q", header)
        samples = np.frombuffer(whole[start : start + 8 * length])
        source.readinto(samples)
        samples /= np.max(np.abs(samples), initial=0.0) or 1.0
        sink.write(header)
        sink.write(samples)
        start += 8 * length
        count += 1
    return count
