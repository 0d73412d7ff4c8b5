"""Right and linear, but each message is a copy.

scores: test_messages=1
"""


# %% messages
def messages(buffer):
    return messages_by_offset(bytes(buffer))
