"""Right: a class holds the place, asyncio.timeout the clock, and it reads Retry-After itself.

scores: full
"""


# %% backoff
class Place:
    """A place of the gate and a clock that starts when there is one."""

    def __init__(self, gate, seconds):
        self.gate, self.seconds = gate, seconds

    async def __aenter__(self):
        await self.gate.acquire()
        self.clock = asyncio.timeout(self.seconds)
        await self.clock.__aenter__()

    async def __aexit__(self, *what):
        try:
            return await self.clock.__aexit__(*what)
        finally:
            self.gate.release()


RNG = random.SystemRandom()


def backoff(failures, base=0.5, cap=30.0):
    import math

    ceiling = (
        cap
        if failures > math.log2(max(cap / base, 1)) + 1
        else min(cap, math.ldexp(base, failures - 1))
    )
    return ceiling * (1 - RNG.random() / 2)


# %% fetch
import datetime
from dataclasses import asdict, dataclass


@dataclass
class Page:
    url: str
    status: int | None = None
    text: str | None = None
    error: str | None = None
    attempts: int = 0


def asked_for(headers):
    value = (headers or {}).get("Retry-After")
    if value is None:
        return 0.0
    try:
        return max(float(value), 0.0)
    except ValueError:
        when = datetime.datetime.strptime(value, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        return max(0.0, (when - datetime.datetime.now(UTC)).total_seconds())


class Fetcher:
    def __init__(self, session, gate, timeout):
        self.session, self.gate, self.timeout = session, gate, timeout

    async def once(self, page):
        page.status = page.text = page.error = None
        page.attempts += 1
        try:
            async with Place(self.gate, self.timeout):
                async with self.session.get(
                    page.url, timeout=aiohttp.ClientTimeout(total=None)
                ) as response:
                    body = b"".join([chunk async for chunk in response.content.iter_chunked(64)])
                    page.status = response.status
                    response.raise_for_status()
            page.text = body.decode(response.charset or "utf-8", "replace")
            return None
        except aiohttp.ClientResponseError as error:
            page.error = f"{error.status} {error.message}"
            useful = error.status == 429 or error.status >= 500
            return asked_for(error.headers) if useful else None
        except (OSError, aiohttp.ClientPayloadError, aiohttp.ClientConnectionError) as error:
            page.error = repr(error)
            return 0.0
        except aiohttp.ClientError as error:
            page.error = repr(error)
            return None


async def fetch(
    url, session, gate, *, retries=3, timeout=5.0, base=0.5, cap=30.0, sleep=asyncio.sleep
):
    page, fetcher = Page(url), Fetcher(session, gate, timeout)
    while (
        (asked := await fetcher.once(page)) is not None
        and page.attempts <= retries
        and asked <= cap
    ):
        await sleep(max(asked, backoff(page.attempts, base, cap)))
    return asdict(page)
