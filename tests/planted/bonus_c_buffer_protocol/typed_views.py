"""Right in another way: the view is cast to doubles and split there.

scores: full
"""


# %% messages
def messages(buffer):
    doubles = memoryview(buffer).cast("B").cast("d")
    found, start = [], 0
    while start < len(doubles):
        length = struct.unpack("q", doubles[start : start + 1])[0]
        found.append(np.asarray(doubles[start + 1 : start + 1 + length]))
        start += 1 + length
    return found


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    view = memoryview(workspace).cast("B")
    size = 0
    while count := source.readinto(view[size:]):
        size += count
    messages_found = 0
    for samples in messages(view[:size]):
        loudest = np.max(np.abs(samples), initial=0)
        np.true_divide(samples, loudest if loudest else 1, out=samples)
        messages_found += 1
    sink.write(view[:size])
    return messages_found
