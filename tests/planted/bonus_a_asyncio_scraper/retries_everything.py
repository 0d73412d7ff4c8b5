"""Wrong: tries again whatever went wrong, a 404 too.

scores: test_fetch=1
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        asked = 0.0
        try:
            patience = aiohttp.ClientTimeout(total=timeout)
            async with gate, session.get(url, timeout=patience) as response:
                text = await response.text()
                result["status"], asked = response.status, retry_after(response)
                response.raise_for_status()
                return result | {"text": text}
        except (aiohttp.ClientError, TimeoutError) as error:
            result["error"] = type(error).__name__
        if attempt > retries or asked > cap:
            return result
        await sleep(asked + backoff(attempt, base, cap))
