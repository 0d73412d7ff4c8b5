"""Wrong: after a 503 and silence the status is still the 503.

scores: test_fetch=1
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    result = {"url": url, "status": None, "text": None, "error": None, "attempts": 0}
    for attempt in range(1, retries + 2):
        result["attempts"] = attempt
        useful, asked = True, 0.0
        try:
            async with (
                gate,
                session.get(url, timeout=aiohttp.ClientTimeout(total=timeout)) as response,
            ):
                text = await response.text(errors="replace")
        except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            result["error"] = type(error).__name__
        except aiohttp.ClientError as error:
            result["error"] = type(error).__name__
            useful = False
        else:
            result["status"] = response.status
            if response.status < 400:
                return result | {"text": text, "error": None}
            result["error"] = f"HTTP {response.status}"
            useful, asked = response.status >= 500 or response.status == 429, retry_after(response)
        if not useful or attempt > retries or asked > cap:
            break
        await sleep(asked + backoff(attempt, base, cap))
    return result
