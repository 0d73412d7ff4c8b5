"""Wrong: each message is written before it is scaled.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    stream = memoryview(workspace).cast("B")[: source.readinto(workspace)]
    sink.write(stream)
    found = messages(stream)
    for samples in found:
        samples /= np.abs(samples).max(initial=0.0) or 1.0
    return len(found)
