"""Right and linear, but each message is a copy, which no pipeline can work on in place.

scores: test_messages=1 test_pipeline=0
"""


# %% messages
def messages(buffer):
    return messages_by_offset(bytes(buffer))
