"""Wrong: no limit to patience; a session that nobody closes; statuses that become exceptions.

scores: test_fetch_async=0 test_fetch_all_async=2
"""


# %% fetch_async
async def fetch_async(url, session):
    async with session.get(url) as response:
        response.raise_for_status()
        body = await response.read()
        return {"url": url, "status": response.status, "content_length": len(body)}


# %% fetch_all_async
async def fetch_all_async(urls):
    session = aiohttp.ClientSession()
    return await asyncio.gather(*(fetch_async(url, session) for url in urls))
