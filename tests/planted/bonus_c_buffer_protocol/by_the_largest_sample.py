"""Wrong: scales by the largest sample, not by the loudest: the sign matters.

scores: test_pipeline=0
"""


# %% normalise_zero_copy
def normalise_zero_copy(source, sink, workspace):
    stream = memoryview(workspace).cast("B")[: source.readinto(workspace)]
    found = messages(stream)
    for samples in found:
        loudest = samples.max(initial=0)
        if loudest > 0:
            samples /= loudest
    sink.write(stream)
    return len(found)
