"""Wrong three times: a base larger than cap wins; gives up if the wait and the backoff together
are longer than cap; the bar stands still for pages that never answered.

scores: test_backoff=0 test_fetch=1.5 test_scrape=4
"""


# %% backoff
def backoff(failures, base=0.5, cap=30.0):
    ceiling = base
    for _ in range(failures - 1):
        ceiling = min(cap, 2 * ceiling)
    return random.uniform(0, ceiling)


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
        except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
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
        if not useful or attempt > retries:
            break
        wait = asked + backoff(attempt, base, cap)
        if wait > cap:
            break
        await sleep(wait)
    return result


# %% scrape
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
    options = dict(retries=retries, timeout=timeout, base=base, cap=cap, sleep=sleep)
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, **options)
                if result["status"]:
                    bar.update()
                return result

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(url)) for url in urls]
            return [task.result() for task in tasks]
