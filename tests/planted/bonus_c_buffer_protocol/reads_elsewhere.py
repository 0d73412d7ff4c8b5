"""Wrong: the stream is read into a block of its own, and copied to the workspace from there.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    whole = memoryview(workspace).cast("B")
    block = bytearray(len(whole))
    size = source.readinto(block)
    whole[:size] = block[:size]
    found = messages(whole[:size])
    for samples in found:
        samples /= np.abs(samples).max(initial=0.0) or 1.0
    sink.write(whole[:size])
    return len(found)
