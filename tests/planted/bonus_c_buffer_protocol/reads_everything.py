"""Wrong: the stream is read into memory of its own and copied to the workspace.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    data = source.read()
    stream = memoryview(workspace).cast("B")[: len(data)]
    stream[:] = data
    found = messages(stream)
    for samples in found:
        loudest = np.abs(samples).max(initial=0)
        if loudest:
            samples /= loudest
    sink.write(stream)
    return len(found)
