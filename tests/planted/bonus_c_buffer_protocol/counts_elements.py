"""Wrong: takes the elements of any view for bytes.

scores: test_messages=1
"""


# %% messages
def messages(buffer):
    found, rest = [], memoryview(buffer)
    while rest:
        (length,) = struct.unpack_from("q", rest)
        found.append(np.frombuffer(rest[8 : 8 + 8 * length]))
        rest = rest[8 + 8 * length :]
    return found
