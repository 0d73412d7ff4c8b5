"""Right: starts tasks as places become free, and waits for the first that is done.

scores: full
"""


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
    gate, jobs, results = asyncio.Semaphore(limit), iter(enumerate(urls)), {}
    awake, change, running = 0, asyncio.Event(), {}

    async def nap(seconds):
        nonlocal awake
        awake -= 1
        change.set()
        try:
            return await sleep(seconds)
        finally:
            awake += 1

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    bar = tqdm(total=len(urls), file=progress, disable=progress is None)
    signal = asyncio.create_task(change.wait())
    try:
        more = True
        while more or running:
            while more and awake < limit:
                job = next(jobs, None)
                if job is None:
                    more = False
                    break
                awake += 1
                running[
                    asyncio.create_task(
                        fetch(
                            job[1],
                            session,
                            gate,
                            retries=retries,
                            timeout=timeout,
                            base=base,
                            cap=cap,
                            sleep=nap,
                        )
                    )
                ] = job[0]
            if not running:
                break
            done, _ = await asyncio.wait({*running, signal}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {signal}:
                awake -= 1
                results[running.pop(task)] = task.result()
                bar.update()
            if signal.done():
                change.clear()
                signal = asyncio.create_task(change.wait())
    finally:
        for task in (*running, signal):
            task.cancel()
        await asyncio.gather(*running, signal, return_exceptions=True)
        bar.close()
        await session.close()
    return [results[position] for position in range(len(urls))]
