"""Wrong here: a place is kept during backoff, though only where a connection was lost.

scores: test_scrape=4
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    patience = aiohttp.ClientTimeout(total=timeout)
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        last = attempt > retries
        async with gate:
            try:
                async with session.get(url, timeout=patience) as response:
                    text = await response.text()
            except (
                aiohttp.ClientConnectionError,
                aiohttp.ClientPayloadError,
                TimeoutError,
            ) as lost:
                result["error"] = type(lost).__name__
                if last:
                    return result
                await sleep(backoff(attempt, base, cap))
                continue
            except aiohttp.ClientError as error:
                return result | {"error": str(error)}
        result["status"] = response.status
        if response.status < 400:
            return result | {"text": text}
        result["error"] = f"HTTP {response.status}"
        asked = retry_after(response)
        if last or asked > cap or (response.status < 500 and response.status != 429):
            return result
        await sleep(asked + backoff(attempt, base, cap))
