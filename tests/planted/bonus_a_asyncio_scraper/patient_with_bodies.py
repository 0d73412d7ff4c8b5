"""Wrong: the clock runs until an answer begins; a body that stops in the middle is waited for.

scores: test_fetch=1
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        useful, asked = True, 0.0
        async with gate:
            try:
                response = await asyncio.wait_for(session.get(url), timeout)
                async with response:
                    text = await response.text()
            except (
                aiohttp.ClientConnectionError,
                aiohttp.ClientPayloadError,
                TimeoutError,
            ) as lost:
                result["error"] = type(lost).__name__
            except aiohttp.ClientError as error:
                return result | {"error": str(error)}
            else:
                result["status"] = response.status
                if response.status < 400:
                    return result | {"text": text}
                result["error"] = f"HTTP {response.status}"
                useful = response.status == 429 or response.status >= 500
                asked = retry_after(response)
        if not useful or attempt > retries or asked > cap:
            return result
        await sleep(asked + backoff(attempt, base, cap))
