"""Wrong: reads Retry-After itself, and only if it is a number of seconds.

scores: test_fetch=1.5
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    patience = aiohttp.ClientTimeout(total=timeout)
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        useful, asked = True, 0.0
        try:
            async with gate, session.get(url, timeout=patience) as response:
                text = await response.text()
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            result["error"] = type(error).__name__
        except aiohttp.ClientError as error:
            return result | {"error": str(error)}
        else:
            result["status"] = response.status
            if response.status < 400:
                return result | {"text": text}
            result["error"] = f"HTTP {response.status}"
            useful = response.status == 429 or response.status >= 500
            asked = float(response.headers.get("Retry-After", 0))
        if not useful or attempt > retries or asked > cap:
            return result
        await sleep(asked + backoff(attempt, base, cap))
