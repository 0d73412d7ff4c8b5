"""Slow: all that is returned are views, but the whole rest is copied to read 8 bytes of it.

scores: test_messages=1 test_pipeline=0
"""


# %% messages
def messages(buffer):
    found, rest = [], memoryview(buffer).cast("B")
    while rest:
        (length,) = struct.unpack("q", bytes(rest)[:8])
        found.append(np.frombuffer(rest[8 : 8 + 8 * length]))
        rest = rest[8 + 8 * length :]
    return found
