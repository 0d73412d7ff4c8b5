"""Wrong: coroutines that call requests, and so stop the loop, whatever session they are given.

scores: test_fetch_async=0 test_fetch_all_async=0
"""


# %% fetch_async
async def fetch_async(url, session):
    return fetch_url(url)
