"""Wrong: `except BaseException` takes being cancelled for one more failure, and tries again.

scores: test_fetch=1 test_scrape=4
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
        except (ValueError, aiohttp.NonHttpUrlClientError) as error:
            return result | {"error": str(error)}
        except BaseException as error:
            result["error"] = type(error).__name__
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
