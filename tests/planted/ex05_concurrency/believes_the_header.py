"""Wrong: the length that was promised, not what came; so half a page counts as a whole one.

scores: test_fetch_async=0
"""


# %% fetch_async
async def fetch_async(url, session):
    async with session.get(url) as response:
        return {"url": url, "status": response.status, "content_length": response.content_length}
