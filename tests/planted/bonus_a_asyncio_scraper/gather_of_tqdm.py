"""Wrong: tqdm's own gather, whose tasks go on when it is cancelled.

scores: test_scrape=4
"""

# %% scrape
from tqdm.asyncio import tqdm as async_tqdm


async def scrape(urls, limit=10, retries=3, *, progress=None, **patience):
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await async_tqdm.gather(
            *(fetch(url, session, gate, retries=retries, **patience) for url in urls),
            file=progress,
            disable=progress is None,
        )
