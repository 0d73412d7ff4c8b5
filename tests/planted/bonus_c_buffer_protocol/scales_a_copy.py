"""Wrong: all that source and sink see is the workspace, but the samples are scaled in a copy of it.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    stream = memoryview(workspace).cast("B")[: source.readinto(workspace)]
    block = bytearray(stream)
    found = messages(block)
    for samples in found:
        samples /= np.abs(samples).max(initial=0.0) or 1.0
    stream[:] = block
    sink.write(stream)
    return len(found)
