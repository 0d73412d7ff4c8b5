"""Wrong: the timeout runs while the page is still waiting for its place.

scores: test_scrape=4
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        asked = 0.0
        try:
            async with asyncio.timeout(timeout), gate, session.get(url) as response:
                text = await response.text()
        except aiohttp.InvalidURL as error:
            return result | {"error": str(error)}
        except (aiohttp.ClientError, TimeoutError) as error:
            result["error"] = repr(error)
        else:
            result["status"] = response.status
            if response.ok:
                return result | {"text": text}
            result["error"] = str(response.status)
            asked = retry_after(response)
            if response.status not in (429, *range(500, 600)):
                return result
        if attempt > retries or asked > cap:
            return result
        await sleep(asked + backoff(attempt, base, cap))
