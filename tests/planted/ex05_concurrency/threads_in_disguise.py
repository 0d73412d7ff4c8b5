"""Wrong: asyncio in name only. Threads do the work, and the session is not used.

scores: test_fetch_async=0 test_fetch_all_async=2
"""


# %% fetch_async
async def fetch_async(url, session):
    return await asyncio.to_thread(fetch_url, url)
