"""Wrong: does not ask again where the connection was refused.

scores: test_fetch=1
"""


# %% fetch
async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        try:
            async with (
                gate,
                session.get(url, timeout=aiohttp.ClientTimeout(total=timeout)) as response,
            ):
                text = await response.text(errors="replace")
        except (
            TimeoutError,
            aiohttp.ServerDisconnectedError,
            aiohttp.ClientPayloadError,
            aiohttp.TooManyRedirects,
        ) as error:
            result["error"] = type(error).__name__
            useful, asked = True, 0.0
        except aiohttp.ClientError as error:
            result["error"] = type(error).__name__
            useful, asked = False, 0.0
        else:
            result["status"] = response.status
            if response.status < 400:
                return result | {"text": text}
            result["error"] = f"HTTP {response.status}"
            useful, asked = response.status >= 500 or response.status == 429, retry_after(response)
        if not useful or attempt > retries or asked > cap:
            break
        await sleep(asked + backoff(attempt, base, cap))
    return result
