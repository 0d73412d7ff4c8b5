"""Wrong: whatever aiohttp raises is tried again, what is no address too.

scores: test_fetch=1
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        useful, asked = True, 0.0
        try:
            patience = aiohttp.ClientTimeout(total=timeout)
            async with gate, session.get(url, timeout=patience) as response:
                text = await response.text(errors="replace")
                result["status"], asked = response.status, retry_after(response)
            if response.status < 400:
                return result | {"text": text}
            result["error"] = f"HTTP {response.status}"
            useful = response.status == 429 or response.status >= 500
        except (aiohttp.ClientError, TimeoutError) as error:
            result["error"] = type(error).__name__
        if not useful or attempt > retries or asked > cap:
            break
        await sleep(asked + backoff(attempt, base, cap))
    return result
