"""Wrong: a new session for every request.

scores: test_fetch_all_async=3
"""


# %% fetch_all_async
async def fetch_all_async(urls):
    async def one(url):
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            return await fetch_async(url, session)

    return await asyncio.gather(*map(one, urls))
