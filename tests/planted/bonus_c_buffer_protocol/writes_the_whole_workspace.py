"""Wrong: writes what is left in the workspace from before as well.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    stream = memoryview(workspace).cast("B")[: source.readinto(workspace)]
    found = messages(stream)
    for samples in found:
        loudest = np.abs(samples).max(initial=0)
        if loudest:
            samples /= loudest
    sink.write(workspace)
    return len(found)
