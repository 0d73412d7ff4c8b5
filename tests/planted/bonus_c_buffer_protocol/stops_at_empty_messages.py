"""Wrong: a message without samples ends the stream.

scores: test_messages=1 test_pipeline=0
"""


# %% messages
def messages(buffer):
    found, rest = [], memoryview(buffer).cast("B")
    while rest:
        (length,) = struct.unpack_from("q", rest)
        if not length:
            break
        found.append(np.frombuffer(rest[8 : 8 + 8 * length]))
        rest = rest[8 + 8 * length :]
    return found
