"""Right, by hand: places taken and given back one by one, tasks cancelled and awaited in the end.

scores: full
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    try:
        most = base * 2.0 ** (failures - 1)
    except OverflowError:
        most = cap
    return random.random() * min(most, cap)


# %% + after given_retry_after
AGAIN = {429, *range(500, 600)}


async def attempt(url, session, gate, timeout):
    """Status, text, error, seconds that the server asks for, whether another attempt may help."""
    await gate.acquire()
    try:
        response = await asyncio.wait_for(session.request("GET", url), timeout)
        text = await asyncio.wait_for(response.text(), timeout)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        bad = isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError))
        return None, None, repr(error), 0.0, not bad
    finally:
        gate.release()
    if response.ok:
        return response.status, text, None, 0.0, False
    again = response.status in AGAIN
    return response.status, None, response.reason or "?", retry_after(response), again


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    attempts = 0
    while True:
        attempts += 1
        status, text, error, asked, again = await attempt(url, session, gate, timeout)
        if not again or attempts > retries or asked > cap:
            break
        await sleep(asked + backoff(attempts, base, cap))
    return {"attempts": attempts, "error": error, "text": text, "status": status, "url": url}


# %% scrape
from tqdm.asyncio import tqdm as async_tqdm


async def scrape(
    urls,
    limit=10,
    retries=3,
    *,
    timeout=5.0,
    base=0.5,
    cap=30.0,
    sleep=asyncio.sleep,
    progress=None,
):
    gate = asyncio.Semaphore(limit)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=max(limit, 1)))
    options = dict(retries=retries, timeout=timeout, base=base, cap=cap, sleep=sleep)
    tasks = [asyncio.create_task(fetch(url, session, gate, **options)) for url in urls]
    try:
        drawn = {"total": len(urls), "file": progress, "disable": progress is None}
        for done in async_tqdm.as_completed(tasks, **drawn):
            await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await session.close()
    return [task.result() for task in tasks]
