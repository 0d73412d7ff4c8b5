"""Slow: the given way on a copy of the buffer.

scores: test_messages=1 test_pipeline=0
"""


# %% messages
def messages(buffer):
    return messages_copying(bytes(buffer))
