# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Bonus A: An asyncio scraper
#
# **Objective:** fetch many pages at the same time from a server that fails, is slow and asks to be
# left alone, without losing a page, an error, or the server's goodwill.
#
# **Time:** 45–60 minutes · **Points:** 10 (8 checked automatically, 2 read by a person)
#
# **What you need to know:** `await`, `asyncio.gather` and an `aiohttp.ClientSession`, as in
# Exercise 5, section 4.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import asyncio
import email.utils
import heapq
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC
from types import SimpleNamespace
from typing import TextIO

import aiohttp
import pandas as pd
from tqdm import tqdm

from helpers import plotting
from helpers.server import LocalServer

# %% [markdown]
# Nobody's website is to suffer from our practice. So a real web server runs beside this notebook,
# in a process of its own. It takes 20 ms for a page, and it misbehaves exactly as told: 40 pages,
# and trouble with seven of them. It also notes who asked for what, and when.


# %% nbgrader={"grade_id": "given_server", "locked": true} tags=["nbval-ignore-output"]
def make_trouble() -> None:
    """Tell the server what the next requests for seven of the pages get."""
    forget_trouble()
    server.fail("/item/3", 503, 503)  # overloaded twice, then the page
    server.fail("/item/8", 404, always=True)  # not there, and never will be
    server.fail("/item/13", 429, retry_after=0.3)  # "too many requests: come back in 0.3 s"
    server.fail("/item/18", "hang")  # silence; all is well at the second request
    server.fail("/item/23", "truncate")  # half a page, and the connection closes
    server.fail("/item/28", 500, always=True)  # broken
    server.fail("/item/33", 503, always=True, retry_after=3600)  # "come back in an hour"


def forget_trouble() -> None:
    """Tell the server that all is well."""
    for n in range(40):
        server.fail(f"/item/{n}")


server = LocalServer(latency=0.02).start()
urls = server.urls(40, ["/item/{n}"])
make_trouble()
urls[:3]

# %% [markdown]
# ## 1. Predict · 3 min
#
# Below is what most people write first. It stops being patient after a second.


# %% nbgrader={"grade_id": "given_naive", "locked": true}
async def scrape_naively(urls: list[str]) -> list[str]:
    """Fetch all pages at once; raises what goes wrong first."""
    patience = aiohttp.ClientTimeout(total=1)
    async with aiohttp.ClientSession(timeout=patience, raise_for_status=True) as session:

        async def one(url):
            async with session.get(url) as response:
                return await response.text()

        return await asyncio.gather(*(one(url) for url in urls))


# %% [markdown]
# **Before you run anything else**, write down what you expect. A guess is fine, and nobody grades
# it; section 6 puts it beside what was found.
#
# - `"pages"`: how many of the 40 does `scrape_naively(urls)` give us?
# - `"in flight"`: how many requests does the server see at the same time?
# - `"times as long"`: another job, 24 pages, never more than 4 requests in flight. The server turns
#   8 of the pages away once: "come back in 0.1 s". If these keep their place among the four while
#   they wait, how many times as long does the job take as when they let go of it?

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted = {"pages": ..., "in flight": ..., "times as long": ...}    with your numbers
### BEGIN SOLUTION
predicted = {"pages": 33, "in flight": 40, "times as long": 1.5}
### END SOLUTION

# %% [markdown]
# ## 2. What goes wrong · 4 min

# %% tags=["nbval-ignore-output"]
pages = []
try:
    pages = await scrape_naively(urls)
except Exception as error:
    print(type(error).__name__, error)
observed = {"pages": len(pages), "in flight": server.traffic().peak}
print(observed)

# %% [markdown]
# One page failed, and all the others were thrown away with it, even those that had arrived. The
# server saw all requests at once, and a real one would have had every reason to block us. A
# scraper for the real world needs to
#
# - keep to a **limit** of requests in flight,
# - **try again** what failed, but only where that can help, and after a pause,
# - give a **result or an error for every URL**, in order,
# - tell how far it is, and **stop at once** when asked to, leaving nothing behind.
#
# When can another attempt help?
#
# | what happened | try again? | why |
# |---|---|---|
# | 500–599: an error of the server | yes | it may recover; 503 says that it expects to |
# | 429: too many requests | yes, later | we were too fast; `Retry-After` may say how much later |
# | other 4xx: 404, 403, 410, … | no | the request is wrong, and will be as wrong next time |
# | no answer in time, connection lost, half a body | yes | networks are like that |
# | not an address, too many redirects | no | it will be the same next time |
#
# (There are exceptions both ways, all rare: 408 and 425 are worth another attempt, 501 and 505 are
# not.) All this holds for `GET`, which is not meant to change anything at the server. An order that
# is sent again after a timeout may well be delivered twice.
#
# ## 3. How long to wait · 9 min
#
# At once is no good: what has just failed will fail again. *Exponential backoff* waits for up to 1,
# 2, 4, 8, … times a base, up to a cap. *Jitter* makes the wait random. Why random? Imagine 100
# clients, thrown out at the same moment by a server that can serve 5 in each tenth of a second and
# turns the others away. This is computed, nobody really waits:


# %% nbgrader={"grade_id": "given_herd", "locked": true}
def herd(wait: Callable[[int], float], clients: int = 100, served_at_once: int = 5) -> list[float]:
    """Simulate when requests arrive (seconds) if all clients come at 0 and again until served.

    The server serves the first `served_at_once` in each tenth of a second and turns away the
    others; `wait(failures)` says for how many seconds one stays away after so many failures.
    After 5,000 requests nobody comes any more, lest a wait of 0 goes on for ever.

    >>> herd(lambda failures: 0.5, clients=3, served_at_once=2)
    [0.0, 0.0, 0.0, 0.5]
    """
    arrivals, served = [], Counter()
    coming = [(0.0, client, 0) for client in range(clients)]  # when, who, failures so far
    while coming and len(arrivals) < 5_000:
        now, client, failures = heapq.heappop(coming)
        arrivals.append(now)
        moment = int(now / 0.1)
        if served[moment] < served_at_once:
            served[moment] += 1
        else:
            heapq.heappush(coming, (now + wait(failures + 1), client, failures + 1))
    return arrivals


# %% nbgrader={"grade_id": "given_show_herd", "locked": true}
def show_herd(strategies: dict[str, Callable[[int], float]]) -> plotting.Plot:
    """Plot the requests that arrive in each tenth of the first six seconds."""
    axes = plotting.panels(len(strategies), height=1.75, share=True)
    for ax, (name, wait) in zip(axes, strategies.items(), strict=True):
        arrivals = herd(wait)
        title = f"{name}: {len(arrivals)} requests, the last after {max(arrivals):.1f} s"
        ax.hist(arrivals, bins=[k / 10 for k in range(61)], color=plotting.COLOURS[0])
        ax.axhline(5, color=plotting.INK, linewidth=1.4, linestyle="--")
        ax.set_title(title, loc="left", weight="bold", color=plotting.INK)
        ax.set(yscale="symlog", yticks=[0, 5, 100], yticklabels=["0", "5", "100"])
        ax.set_ylabel("requests\n(log scale)")
        ax.alt = f"Requests in each tenth of a second. {title}."
    axes[-1].set_xlabel("seconds, the first six; dashed: what can be served in a tenth of one")
    return axes[0]


# %% tags=["nbval-ignore-output"]
show_herd(
    {
        "Always 0.25 s": lambda failures: 0.25,
        "Doubled, not random": lambda failures: min(4.0, 0.25 * 2 ** (failures - 1)),
    }
)

# %% [markdown]
# Doubling alone saves not a single request. Whoever was turned away together comes back together:
# a *thundering herd*, only with more time between its visits. So write a wait that grows **and** is
# random (1 point). The check draws 400 waits after each number of failures.

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# First the longest wait allowed, `ceiling`, which doubles with each failure but never exceeds
# `cap`. Then a random time up to that: `random.uniform(low, high)`.
# </details>
#
# <details><summary>Hint 2: after 5,000 failures</summary>
#
# `0.5 * 2**4999` is too large for a float and raises OverflowError. That starts at the 1,025th
# failure: one night of outage, and a service gets there. The cap has long been reached, so bound
# the exponent: `min(failures - 1, 50)`.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# ceiling = min(cap, base * 2 ** min(failures - 1, 50))
# return random.uniform(..., ...)
# ```
# From 0 is called *full jitter*, from half the ceiling *equal jitter*. Both will do.
# </details>


# %% nbgrader={"grade_id": "backoff", "solution": true}
def backoff(failures: int, base: float = 0.5, cap: float = 30.0) -> float:
    """Draw how many seconds to wait after so many failures in a row (1 or more).

    A random time, never above a ceiling: `base` after the first failure, twice as much after each
    further one, but no more than `cap`, however many failures there were. The times are to be
    spread over at least the upper half of what the ceiling allows.

    >>> 0 <= backoff(3, base=0.5, cap=30.0) <= 2.0
    True
    """
    ### BEGIN SOLUTION
    ceiling = min(cap, base * 2 ** min(failures - 1, 50))  # 2**5000 would overflow a float
    return random.uniform(0, ceiling)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_backoff", "grade": true, "points": 1}
import random

from helpers import checks

check = checks.Check("backoff")


@check.beside
def waits(backoff, failures, base, cap):
    return [backoff(failures, base, cap) for _ in range(400)]


with check.part("Grows, is capped, is random", points=1):
    base, cap = 0.5, 6.0
    ### BEGIN HIDDEN TESTS
    base = random.uniform(0.01, 2.0)
    cap = base * random.uniform(9, 15)
    ### END HIDDEN TESTS
    cases = [(failures, cap) for failures in (1, 2, 3, 4, 5, 9, 5_000)]
    for failures, cap in [*cases, (1, base / 3)]:
        ceiling = min(cap, base * 2 ** min(failures - 1, 50))
        drawn = waits(failures=failures, base=base, cap=cap)
        check.true(
            all(isinstance(seconds, (int, float)) for seconds in drawn),
            f"backoff({failures}, {base:.3g}, {cap:.3g}) gave {drawn[0]!r:.60}; "
            "seconds were expected.",
        )
        said = f"400 waits after {failures:,} failure{'s' * (failures > 1)}, "
        said += f"base {base:.3g}, cap {cap:.3g}"
        least, most = min(drawn), max(drawn)
        check.true(least >= 0, f"{said}: the shortest is {least:.3g} s.")
        check.true(
            most <= ceiling * (1 + 1e-9),
            f"{said}: the longest is {most:.3g} s, expected at most {ceiling:.3g}.",
            think="After the first failure the ceiling is base itself, after the second twice "
            "that; and the cap comes last, jitter included.",
        )
        check.true(
            most >= 0.8 * ceiling,
            f"{said}: the longest is {most:.3g} s, expected nearly {ceiling:.3g}.",
            think="Does the ceiling double with each failure, until it reaches the cap?",
        )
        check.true(
            most - least >= 0.4 * ceiling,
            f"{said}: all are from {least:.3g} to {most:.3g} s, expected a spread of at least "
            f"{0.4 * ceiling:.3g}.",
            think="Clients that wait for the same time, or nearly so, come back together. "
            "`random.uniform(0, ceiling)` spreads them.",
        )
        eighths = {int(8 * seconds / ceiling) for seconds in drawn}
        for k in range(4, 8):
            check.true(
                k in eighths,
                f"{said}: none is between {k / 8 * ceiling:.3g} and {(k + 1) / 8 * ceiling:.3g} s.",
                think="With few waits to choose from, one herd becomes a few. Any time up to the "
                "ceiling may be drawn.",
            )

check.score()

# %% [markdown]
# The same herd, by your rule:

# %% tags=["nbval-ignore-output"]
show_herd(
    {
        "Doubled, not random": lambda failures: min(4.0, 0.25 * 2 ** (failures - 1)),
        "Doubled and random, yours": lambda failures: backoff(failures, 0.25, 4.0),
    }
)

# %% [markdown]
# Less than half the requests, and all served within seconds: whoever comes at a moment of their own
# soon meets a free place.
#
# ## 4. One page · 14 min
#
# `fetch` gets one page, trying again where it can help. It also gets a *semaphore*, here called
# `gate`: a number of places, of which `async with gate:` takes one, waiting for it if none is free,
# and gives it back at the end, also when something raises. All fetches will share one gate, and
# that is the limit of requests in flight.
#
# So: **is the place kept during backoff?** The prediction was about this. A place stands for a
# request, and who waits makes none. Here it is given back: `await sleep(...)` stands *outside*
# `async with gate:`. (When not to: section 7.)
#
# What the server wants you to wait stands in a header, as seconds or as a date:


# %% nbgrader={"grade_id": "given_retry_after", "locked": true}
def retry_after(response: aiohttp.ClientResponse) -> float:
    """Seconds for which the server asks us to stay away; 0.0 if it does not say.

    The header is Retry-After, see RFC 9110, section 10.2.3. HTTP allows whole seconds only;
    fractions are accepted here, to keep the tests quick.
    """
    header = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return 0.0
    date = date.replace(tzinfo=date.tzinfo or UTC)  # HTTP's dates are GMT, said or not
    return max(0.0, date.timestamp() - time.time())


# %% tags=["nbval-ignore-output"]
in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
for header in ("120", in_a_minute, "soon"):
    response = SimpleNamespace(headers={"Retry-After": header})  # all that retry_after looks at
    print(f"{header:30} {retry_after(response):5.1f} s")

# %% [markdown]
# | points | the check looks for |
# |---|---|
# | 1 | a page, or an error, after as many attempts as it takes; no place kept, cancelled or not |
# | ½ | longer and longer waits, as `backoff` says |
# | ½ | `Retry-After`, also as a date: never back earlier; longer than `cap`: no further attempt |
#
# For the waits use `await sleep(seconds)`, the function handed in. It is `asyncio.sleep` unless the
# caller says otherwise, and the check does: it hands in one that notes the seconds and returns at
# once. So waits of minutes are tested in no time.

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# A loop over the attempts, 1 to `retries + 1`. In each: take a place, ask, read the body, give the
# place back. Then three ways out: the page is there; it is no use trying again; or wait, and go on
# with the loop. The body belongs into the `try` as well: half a page only shows when it is read.
# </details>
#
# <details><summary>Hint 2: what raises what</summary>
#
# - `TimeoutError`: no answer in time, if you pass `timeout=aiohttp.ClientTimeout(total=timeout)` to
#   `session.get`. That clock starts with `async with session.get(...)`: have a place by then.
# - `aiohttp.ClientConnectionError`: connection refused, lost, closed without an answer. (Before it
#   raises this for a lost connection, aiohttp has asked once more by itself: the server may see two
#   requests for one attempt.)
# - `aiohttp.ClientPayloadError`: the body broke off.
# - `aiohttp.ClientError`: all the others of aiohttp, such as for what is no address. No use trying
#   again.
#
# Catch nothing else. `except BaseException` would also catch the `CancelledError` by which others
# ask us to stop.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# for attempt in range(1, retries + 2):
#     result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
#     try:
#         async with gate, session.get(url, timeout=...) as response:
#             text = await response.text(errors="replace")
#     except (...) as error:
#         result["error"] = type(error).__name__
#         useful, asked = True, 0.0
#     except aiohttp.ClientError as error:
#         ...
#     else:
#         result["status"] = response.status
#         if response.status < 400:
#             return result | {"text": text}
#         result["error"] = f"HTTP {response.status}"
#         useful, asked = ..., retry_after(response)
#     if not useful or attempt > retries or asked > cap:
#         break
#     await sleep(...)    # longer than asked, and not all at the same moment
# return result
# ```
# </details>


# %% nbgrader={"grade_id": "fetch", "solution": true}
async def fetch(
    url: str,
    session: aiohttp.ClientSession,
    gate: asyncio.Semaphore,
    *,
    retries: int = 3,
    timeout: float = 5.0,
    base: float = 0.5,
    cap: float = 30.0,
    sleep: Callable[[float], Awaitable] = asyncio.sleep,
) -> dict:
    """Fetch one page, holding a place of `gate` for each request, and try again where it helps.

    The place is given back when the whole page is there, or the attempt has failed or is cancelled.
    An attempt fails by a status of 400 or more, a lost connection, a body that breaks off, or when
    the whole page is not there after `timeout` seconds; waiting for a place does not count. Up to
    `retries` more attempts follow, unless the status is below 500 and not 429, or aiohttp says
    that the request itself makes no sense. Before each of them it waits, holding no place: for
    `backoff(failures, base, cap)`, and where the server asks for a time, for no less than that
    (best for both together: all its clients were told the same). A server that asks for more than
    `cap` seconds gets no further request.

    Returns a dictionary, and raises none of aiohttp's errors and no TimeoutError:

    - "url": the url,
    - "status": that of the last attempt (an int), None if no whole answer came,
    - "text": the page, None if there is none,
    - "error": a few words on what was wrong with the last attempt, None if nothing was,
    - "attempts": how many were made.

    >>> gate = asyncio.Semaphore(4)
    >>> async with aiohttp.ClientSession() as session:  # doctest: +SKIP
    ...     print(await fetch(server.url("/nowhere"), session, gate))
    {'url': '…/nowhere', 'status': 404, 'text': None, 'error': 'HTTP 404', 'attempts': 1}
    """
    ### BEGIN SOLUTION
    patience = aiohttp.ClientTimeout(total=timeout)
    for attempt in range(1, retries + 2):
        result = {"url": url, "status": None, "text": None, "error": None, "attempts": attempt}
        useful, asked = True, 0.0
        try:
            async with gate, session.get(url, timeout=patience) as response:
                text = await response.text(errors="replace")
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            result["error"] = type(error).__name__
        except aiohttp.ClientError as error:
            result["error"] = type(error).__name__
            useful = False
        else:
            result["status"] = response.status
            if response.status < 400:
                return result | {"text": text}
            result["error"] = f"HTTP {response.status}"
            useful = response.status == 429 or response.status >= 500
            asked = retry_after(response)
        if not useful or attempt > retries or asked > cap:
            break
        # Added, so that those who were asked to come back in a second do not all come together.
        await sleep(asked + backoff(attempt, base, cap))
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fetch", "grade": true, "points": 2}
import email.utils
import random
import re
import time

from helpers import checks
from helpers.server import item_page

check = checks.Check("fetch")
STUCK = "not finished after 10 s"


@check.beside
async def your_fetch(fetch, urls, wait, options):
    """Results, waits asked for by each, places free at the end; None: something never ended."""
    import asyncio

    import aiohttp

    def noting(seconds_asked):
        async def sleep(seconds, result=None):
            seconds_asked.append(seconds)
            await asyncio.sleep(seconds if wait else 0)
            return result

        return sleep

    gate, waits = asyncio.Semaphore(len(urls)), [[] for _ in urls]
    async with aiohttp.ClientSession() as session:
        tasks = [
            asyncio.ensure_future(fetch(url, session, gate, sleep=noting(asked), **options))
            for url, asked in zip(urls, waits, strict=True)
        ]
        _, stuck = await asyncio.wait(tasks, timeout=10)
        for task in stuck:
            task.cancel()
        errors = [task.exception() for task in tasks if task not in stuck]
        for error in filter(None, errors):
            raise error
        if stuck:
            return None
        free = 0
        while not gate.locked():
            await gate.acquire()
            free += 1
        return [task.result() for task in tasks], waits, free


@check.beside
async def your_fetch_when_cancelled(fetch, url):
    """How two ended that were cancelled, and the places free after each: there is one, and the
    second to come, which is cancelled first, is still waiting for it."""
    import asyncio

    import aiohttp

    gate, tasks, ends, free = asyncio.Semaphore(1), [], [], []
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            tasks.append(asyncio.ensure_future(fetch(url, session, gate, timeout=30.0)))
            await asyncio.sleep(0.1)
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait({task}, timeout=2)
            ends.append("nothing: it still ran" if not task.done() else "a result")
            if task.done() and (task.cancelled() or task.exception()):
                ends[-1] = "CancelledError" if task.cancelled() else type(task.exception()).__name__
            free.append(0 if gate.locked() else 1)
        if not gate.locked():
            await gate.acquire()
            free[-1] += not gate.locked()
    return ends, free


def finished(outcome):
    """What came back, or the end of this part."""
    check.true(
        outcome is not None,
        STUCK,
        think="Does every attempt have a timeout, for its body too, and is the place given back "
        "when one fails? `async with gate:` does that.",
    )
    return outcome


with check.server(latency=0.01, seed=None) as site:
    with check.part("As many attempts as it takes, and no more", points=1):
        # path: what it answers, how many attempts that takes, and the status in the end
        plans = {
            "/item/1": ([200], 1, 200),
            "/item/2": ([503, 500], 3, 200),
            "/item/3": (["truncate"], 2, 200),
            "/item/4": ([404] * 9, 1, 404),
            "/item/5": ([502] * 9, 4, 502),
            "/item/6": ([429, 504, "truncate"], 4, 200),
            "/item/20": (["truncate"] * 9, 4, None),
            "/item/22": ([503, *["truncate"] * 9], 4, None),
            "/item/23": ([203], 1, 203),
        }
        ### BEGIN HIDDEN TESTS
        useful, useless = (429, 500, 502, 503, 504, 507), (400, 401, 403, 404, 410, 422, 451)
        for n, status in enumerate(useless, 10):
            plans[f"/item/{n}"] = ([random.choice(useful), *[status] * 9], 2, status)
        for n in random.sample(range(30, 400), k=8):  # no number that is a status as well
            script = random.choices((*useful, "truncate"), k=random.randrange(5))
            script += [useful[n % 6]] * 9 if len(script) == 4 else []
            status = 200 if len(script) < 4 else script[3]
            status = None if status == "truncate" else status
            plans[f"/item/{n}"] = (script, min(4, len(script) + 1), status)
        ### END HIDDEN TESTS
        for path, (script, _, _) in plans.items():
            site.fail(path, *script)
        pages = [site.url(path) for path in plans]
        found, waited, free = finished(your_fetch(urls=pages, wait=False, options={"retries": 3}))
        seen = site.traffic().by_path
        for result, asked, url, (path, plan) in zip(
            found, waited, pages, plans.items(), strict=True
        ):
            script, attempts, status = plan
            answers = ", ".join(map(str, script[:4])) or "200"
            told = f"A page that answers {answers}{', …' * (len(script) > 4)} with retries=3"
            check.true(
                type(result) is dict
                and sorted(result) == ["attempts", "error", "status", "text", "url"],
                f"{told} gave {result!r:.150}; a dictionary of url, status, text, error and "
                "attempts was expected.",
            )
            check.equal(result["url"], url)
            check.true(
                seen.get(path, 0) == attempts,
                f"{told}: {seen.get(path, 0)} requests; {attempts} were expected.",
                think="429, 500 to 599, a lost connection, half a body and silence are worth "
                "another attempt, other 4xx are not. `retries` come after the first attempt. And "
                "a body that breaks off only shows when it is read.",
            )
            text = "{}" if status == 203 else None
            if status == 200:
                text = item_page(int(path.rpartition("/")[2]), site.seed)
            check.true(
                result["text"] == text,
                f"{told}: the text is {result['text']!r:.60}; expected {text!r:.60}.",
            )
            got = {key: result[key] for key in ("status", "attempts")}
            check.true(
                got == {"status": status, "attempts": attempts},
                f"{told} gave {got}; expected a status of {status} and {attempts} attempts.",
            )
            check.true(
                result["error"] is None
                if text
                else type(result["error"]) is str and result["error"] != "",
                f"{told}: the error is {result['error']!r:.60}; expected "
                f"{'None' if text else 'a few words'}.",
                think="It is that of the last attempt, and None if that went well.",
            )
            earlier = [str(each) for each in script[: attempts - 1] if each != "truncate"]
            check.true(
                status is not None or not set(earlier) & set(re.findall(r"\w+", result["error"])),
                f"{told}: the error is {result['error']!r:.60}; expected that of the last attempt.",
            )
            check.true(
                len(asked) == attempts - 1,
                f"{told}: `sleep`, as handed in, was called {len(asked)} times for {attempts} "
                f"attempts; {attempts - 1} times were expected.",
                think="Before each further attempt, and after the last one no more: there is "
                "nothing to wait for. Not asyncio.sleep, but the function handed in.",
            )
        check.true(
            free == len(pages),
            f"There were {len(pages)} places, and {free} are free now that all is done.",
            think="Each place is given back, once, whatever happens: `async with gate:` does that.",
        )
        site.fail("/item/7", "hang")
        site.fail("/item/8", "hang", always=True)
        site.fail("/item/21", "stall")
        site.fail("/item/24", "drip")
        site.fail("/item/9", "disconnect", always=True)
        cases = {
            site.url("/item/7"): ("hangs once", 200),
            site.url("/item/8"): ("always hangs", None),
            site.url("/item/9"): ("always disconnects", None),
            site.url("/item/21"): ("sends half a body and no more, once", 200),
            site.url("/item/24"): ("takes six seconds for its body, once", 200),
            "http://127.0.0.1:1/": ("is at a port where nobody listens", None),
            "no address at all": ("has no address", None),
        }
        options = {"retries": 1, "timeout": 0.5, "base": 4.0}
        found, waited, free = finished(your_fetch(urls=list(cases), wait=False, options=options))
        for (what, status), result in zip(cases.values(), found, strict=True):
            error = result["error"]
            well = error is None if status else type(error) is str and error != ""
            check.true(
                result["status"] == status and well,
                f"A page that {what}, with retries=1 and timeout=0.5, gave a status of "
                f"{result['status']} and the error {error!r:.60}; expected {status} and "
                f"{'None' if status else 'a few words'}.",
                think="The timeout is one for each attempt, the whole page included, and the clock "
                "starts anew. (str(error) of a TimeoutError is empty.)",
            )
            attempts = (1, 0) if what == "has no address" else (2,)
            check.true(
                result["attempts"] in attempts,
                f"A page that {what}, with retries=1 and timeout=0.5: {result['attempts']} "
                f"attempts; expected {attempts[0]}.",
                think="No answer in time, or no connection, is worth another attempt. What is no "
                "address will be none the next time. For that aiohttp raises an InvalidURL: a "
                "ClientError, but neither a ClientConnectionError nor a ClientPayloadError.",
            )
        check.true(
            not waited[-1],
            f"'no address at all' is none, and `sleep` was called {len(waited[-1])} times for it.",
        )
        longest = max(sum(asked) for asked in waited)
        check.true(
            longest >= 0.04,
            f"After silence, lost connections and half a body the longest wait of six was "
            f"{longest:.3g} s, base 4.",
            think="Whatever went wrong, wait before the next attempt.",
        )
        check.true(
            free == len(cases),
            f"There were {len(cases)} places, and {free} are free now that all is done.",
            think="Each place is given back, once, whatever happens: `async with gate:` does that.",
        )
        site.fail("/item/25", "stall", always=True)
        ends, free = your_fetch_when_cancelled(url=site.url("/item/25"))
        check.true(
            ends == ["CancelledError"] * 2,
            f"Cancelled, a fetch that waited for its place gave {ends[0]}, and one in flight gave "
            f"{ends[1]}; expected a CancelledError of both.",
            think="`except Exception` lets a CancelledError through, `except BaseException` and a "
            "bare `except:` do not.",
        )
        check.true(
            free == [0, 1],
            "One place, and two fetches: the one that waits is cancelled, then the one in flight. "
            f"{free[0]}, then {free[1]} places were free; expected 0, then 1.",
            think="Give back only what you have, always, and not before the body is read: put all "
            "of that inside `async with gate:`.",
        )

    with check.part("Longer and longer waits, not in step", points=0.5):
        pages = site.urls(25, ["/item/{n}"])[1:]
        think = (
            "`await sleep(backoff(failures, base, cap))`, with the failures so far, and with base "
            "and cap as handed in. Drawn anew for each wait."
        )
        base, cap = 3.0, 6.0
        ### BEGIN HIDDEN TESTS
        base = random.uniform(0.1, 50.0)
        cap = 2 * base
        ### END HIDDEN TESTS
        for n in range(1, 25):
            site.fail(f"/item/{n}", 503, 503, 503)
        options = {"retries": 3, "base": base, "cap": cap}
        found, waited, _ = finished(your_fetch(urls=pages, wait=False, options=options))
        check.true(
            all(len(asked) == 3 for asked in waited),
            f"Pages that fail three times: `sleep` was called {len(waited[0])} times for one.",
            think=think,
        )
        for failures in (1, 2, 3):
            asked = [each[failures - 1] for each in waited]
            ceiling = min(cap, base * 2 ** (failures - 1))
            said = f"24 waits after {failures} failures, base {base:.3g}, cap {cap:.3g}"
            check.true(
                ceiling / 2 <= max(asked) <= ceiling * (1 + 1e-9),
                f"{said}: the longest is {max(asked):.3g} s, expected at most {ceiling:.3g}, and "
                "not much less.",
                think=think,
            )
            check.true(
                len(set(asked)) >= 12,
                f"{said}: only {len(set(asked))} of them are different.",
                think=think,
            )
        for n in range(1, 25):
            site.fail(f"/item/{n}", 503, 503, 503)
        site.reset()
        finished(
            your_fetch(urls=pages, wait=True, options={"retries": 3, "base": 0.05, "cap": 5.0})
        )
        gaps = [site.traffic().gaps(f"/item/{n}") for n in range(1, 25)]
        check.at_least(
            sum(each[2] for each in gaps) / 24,
            0.04,
            what="seconds from the third failure to the next request, as the server saw it, on "
            "average over 24 pages, base 0.05",
            think="Is what `sleep` gives awaited?",
        )

    with check.part("Retry-After", points=0.5):
        think = (
            "`retry_after(response)` gives the seconds, until a date as well. Come back later than "
            "that, never earlier. Should that be longer than cap, give up: whoever comes back "
            "earlier than asked is a nuisance, and longer than cap nobody wants to wait."
        )
        patience, long = 3, 60
        ### BEGIN HIDDEN TESTS
        patience, long = random.randrange(2, 9), random.randrange(31, 9999)
        ### END HIDDEN TESTS
        site.fail("/item/1", 429, retry_after=patience)
        site.fail("/item/2", 503, retry_after=patience)
        site.fail("/item/3", 429, 503, always=True, retry_after=long)
        begin = time.time()
        date = email.utils.formatdate(begin + 20, usegmt=True)
        site.fail("/item/4", 503, retry_after=date)
        site.fail("/item/5", 500, retry_after=patience)
        site.reset()
        pages = site.urls(6, ["/item/{n}"])[1:]
        options = {"retries": 3, "base": 0.25, "cap": 30.0}
        found, waited, _ = finished(your_fetch(urls=pages, wait=False, options=options))
        then = email.utils.parsedate_to_datetime(date).timestamp()
        for k, status, asked, least, most in (
            (0, 429, patience, patience, patience),
            (1, 503, patience, patience, patience),
            (3, 503, f"{date} (in {then - begin:.1f} s)", then - time.time(), then - begin),
            (4, 500, patience, patience, patience),
        ):
            told = f"A {status} with Retry-After: {asked}, base 0.25"
            slept = sum(waited[k])
            said = f"{told}: `sleep` was asked for {slept:.3g} s"
            check.true(slept >= least, f"{said}.", think=think)
            check.true(
                slept <= most + 0.2500001,
                f"{said}, expected at most {most + 0.25:.4g}.",
                think="What is asked for, and the usual backoff on top: no more.",
            )
        check.true(
            site.traffic().by_path.get("/item/3") == 1 and not waited[2],
            f"With Retry-After: {long} and cap=30 there were {len(waited[2])} waits, and "
            f"{site.traffic().by_path.get('/item/3', 0)} requests; expected none, and 1.",
            think=think,
        )
        check.equal(found[2]["status"], 429)
        check.equal(found[2]["attempts"], 1)
        for n in range(11, 27):
            site.fail(f"/item/{n}", 429, retry_after=1 if n < 23 else 29)
        pages = site.urls(27, ["/item/{n}"])[11:]
        options = {"retries": 2, "base": 8.0, "cap": 30.0}
        found, waited, _ = finished(your_fetch(urls=pages, wait=False, options=options))
        longest = max(sum(asked) for asked in waited[:12])
        check.true(
            longest >= 1.5,
            f"12 pages that answer 429 with Retry-After: 1, base 8: the longest wait is "
            f"{longest:.3g} s; up to 9 were expected.",
            think="Both hold: no less than what backoff says, and no less than what is asked for.",
        )
        lost = sum(result["text"] is None for result in found[12:])
        check.true(
            lost == 0,
            f"{lost} of 4 pages that answer 429 once, with Retry-After: 29, were given up with "
            "cap=30, base=8 and retries=2; expected none.",
            think="cap bounds what is asked for, not that and your own backoff together.",
        )
        site.fail("/item/1", 429, retry_after=0.4)
        site.reset()
        options = {"retries": 3, "base": 0.01, "cap": 5.0}
        finished(your_fetch(urls=[site.url("/item/1")], wait=True, options=options))
        gaps = site.traffic().gaps("/item/1")
        check.at_least(
            min(gaps, default=0.0),
            0.38,
            what="seconds until the server saw us again, asked for 0.4",
            think=think,
        )

check.score()

# %% [markdown]
# Yours, on the page that asks us to wait:

# %% tags=["nbval-ignore-output"]
make_trouble()
server.reset()
async with aiohttp.ClientSession() as session:
    result = await fetch(server.url("/item/13"), session, asyncio.Semaphore(1), base=0.1)
print({key: result[key] for key in ("status", "error", "attempts")})
print("seconds between the requests:", [round(gap, 2) for gap in server.traffic().gaps("/item/13")])

# %% [markdown]
# ## 5. All pages · 15 min
#
# Now all of them: one session, one gate, one bar of progress, and one list of results.
#
# | points | the check looks for |
# |---|---|
# | 1 | a result for every URL, in order, whatever goes wrong with the others |
# | 1 | as many requests in flight as `limit` allows, retries too, and never more; one session |
# | 1 | no place is kept during backoff, and no timeout runs while waiting for one |
# | 1 | the bar moves with each page that is done, and is drawn on `progress` |
# | 1 | cancelled, it stops: no task, no open session is left, and CancelledError is raised |
#
# **The bar.** tqdm draws on stderr unless told otherwise. A library should not write where nobody
# asked it to (and in a graded cell, whatever is on stderr costs the points). So the caller decides,
# by `progress`: a file, such as `sys.stdout`, or None for no bar at all.
# `tqdm(total=..., file=progress, disable=progress is None)` makes the bar, and `bar.update()` moves
# it when a page is done.
#
# **Cancelling.** `task.cancel()` raises `CancelledError` at the `await` at which the task stands.
# Tasks that this one has started are tasks of their own: somebody has to cancel them too.
# `asyncio.gather` does so if it is cancelled itself, an `asyncio.TaskGroup` always, also if one of
# its tasks raises. `asyncio.wait`, `asyncio.as_completed` and `tqdm.asyncio.tqdm.gather` do not.

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# Inside one session and one bar: a coroutine for each URL, that awaits `fetch` and then moves the
# bar. Start them all in a task group. When its block ends, all are done.
# </details>
#
# <details><summary>Hint 2: the session's own limit</summary>
#
# A session opens no more than 100 connections, and who waits for one of those is on the clock
# already. Let the gate be the only limit: `aiohttp.TCPConnector(limit=limit)`.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# gate = asyncio.Semaphore(limit)
# connector = aiohttp.TCPConnector(limit=limit)
# async with aiohttp.ClientSession(connector=connector) as session:
#     with tqdm(total=..., file=progress, disable=progress is None) as bar:
#
#         async def one(url):
#             result = await fetch(url, session, gate, retries=..., ...)
#             ...
#             return result
#
#         async with asyncio.TaskGroup() as group:
#             tasks = [group.create_task(one(url)) for url in urls]
#         return [... for task in tasks]
# ```
# </details>


# %% nbgrader={"grade_id": "scrape", "solution": true}
async def scrape(
    urls: list[str],
    limit: int = 10,
    retries: int = 3,
    *,
    timeout: float = 5.0,
    base: float = 0.5,
    cap: float = 30.0,
    sleep: Callable[[float], Awaitable] = asyncio.sleep,
    progress: TextIO | None = None,
) -> list[dict]:
    """Fetch pages by `fetch` over one session, with up to `limit` requests in flight.

    Returns what `fetch` gives for each URL, in the order of the URLs; an empty list for none.
    Draws tqdm's usual bar on `progress`, a step for each page that is done, well or not; or none.
    When cancelled, it cancels all it has started, closes the session and raises CancelledError.

    >>> [page] = await scrape([server.url("/ip")])  # doctest: +SKIP
    >>> page["status"], page["attempts"]  # doctest: +SKIP
    (200, 1)
    """
    ### BEGIN SOLUTION
    gate = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)  # its own default of 100 could be less
    patience = {"retries": retries, "timeout": timeout, "base": base, "cap": cap, "sleep": sleep}
    async with aiohttp.ClientSession(connector=connector) as session:
        with tqdm(total=len(urls), file=progress, disable=progress is None) as bar:

            async def one(url):
                result = await fetch(url, session, gate, **patience)
                bar.update()
                return result

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(url)) for url in urls]
            return [task.result() for task in tasks]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_scrape", "grade": true, "points": 5}
import random
import re

from helpers import checks
from helpers.server import item_page

check = checks.Check("scrape", "fetch")
BAR = re.compile(r"\[\d\d:\d\d[<,]")  # a bar of tqdm, whatever it counts


@check.beside
async def your_scrape(scrape, urls, limit, retries, options):
    """Results, waits, sessions made and left open, most asleep at once, drawn, drawn elsewhere.

    None: it never came to its end. Nobody waits here: `sleep` only notes for how long, and returns
    once as many pages as the option "asleep" says back off at the same time; 3 s are for those who
    never will. With the option "may raise" an error is as good as no results.
    """
    import asyncio
    import contextlib
    import io

    import aiohttp

    made, waits, original = [], [], aiohttp.ClientSession.__init__

    def noted(session, *args, **kwargs):
        made.append(session)
        original(session, *args, **kwargs)

    asleep, together, enough = [0], options.pop("asleep", 1), asyncio.Event()

    async def sleep(seconds, result=None):
        waits.append(seconds)
        asleep.append(asleep[-1] + 1)
        if asleep[-1] >= together:
            enough.set()
        await asyncio.wait({asyncio.ensure_future(enough.wait())}, timeout=3)
        enough.set()
        asleep.append(asleep[-1] - 1)
        return result

    elsewhere = io.StringIO()
    may_raise = options.pop("may raise", False)
    if options.pop("draw", False):
        options["progress"] = io.StringIO()
    aiohttp.ClientSession.__init__ = noted
    try:
        with contextlib.redirect_stderr(elsewhere), contextlib.redirect_stdout(elsewhere):
            task = asyncio.ensure_future(scrape(urls, limit, retries, sleep=sleep, **options))
            done, _ = await asyncio.wait({task}, timeout=10)
            if not done:
                task.cancel()
                return None
            results = [] if may_raise and task.exception() else task.result()
    finally:
        aiohttp.ClientSession.__init__ = original
    drawn = options["progress"].getvalue() if "progress" in options else ""
    left_open = sum(not session.closed for session in made)
    return results, waits, len(made), left_open, max(asleep), drawn, elsewhere.getvalue().strip()


@check.beside
async def your_scrape_when_cancelled(scrape, urls, limit):
    """How it ended, tasks and sessions it left; it is cancelled while one page is backing off."""
    import asyncio

    import aiohttp

    made, original, backing_off = [], aiohttp.ClientSession.__init__, asyncio.Event()

    def noted(session, *args, **kwargs):
        made.append(session)
        original(session, *args, **kwargs)

    async def sleep(seconds, result=None):
        backing_off.set()
        await asyncio.Event().wait()  # for ever

    aiohttp.ClientSession.__init__ = noted
    mine = {asyncio.current_task(), asyncio.ensure_future(backing_off.wait())}
    try:
        task = asyncio.ensure_future(scrape(urls, limit, 3, timeout=30.0, sleep=sleep))
        mine.add(task)
        await asyncio.wait(
            mine - {asyncio.current_task()}, timeout=5, return_when=asyncio.FIRST_COMPLETED
        )
        if task.done():
            task.result()
        task.cancel()
        await asyncio.wait({task}, timeout=5)
        await asyncio.sleep(0.05)
        left = len([other for other in asyncio.all_tasks() - mine if not other.done()])
        await asyncio.sleep(0.4)  # whoever is left goes on asking, and the server sees it
    finally:
        aiohttp.ClientSession.__init__ = original
    ended = "nothing: it still ran" if not task.done() else "a result"
    if task.done() and task.cancelled():
        ended = "CancelledError"
    elif task.done() and task.exception():
        ended = type(task.exception()).__name__
    return ended, left, sum(not session.closed for session in made)


def finished(outcome):
    """What came back, or the end of this part."""
    check.true(
        outcome is not None,
        "scrape was not finished after 10 s.",
        think="Is there one place too few? Who holds them all, and waits for what?",
    )
    return outcome


with check.server(latency=0.02, seed=None) as site:
    with check.part("A result for every URL, in order", points=1):
        plans = {
            "/item/1": (),
            "/item/2": (404, 404),
            "/item/3": (503,),
            "/item/4": ("truncate", "truncate"),
            "/item/5": ("hang", 404),
            "/item/6": (500, 500),
            "/item/7": (503, 503),
        }
        ### BEGIN HIDDEN TESTS
        plans |= {f"/item/{n}": () for n in random.sample(range(10, 999), k=9)}
        first, *others = plans.items()
        random.shuffle(others)
        plans = dict([first, *others])
        ### END HIDDEN TESTS
        site.set_latency(0.1, path="/item/1")  # asked for first, there last but for "hang"
        for path, script in plans.items():
            site.fail(path, *script, retry_after=5 if path == "/item/7" else None)
        pages = [site.url(path) for path in plans]
        pages[2:2] = ["no address at all", pages[0]]
        options = {"timeout": 0.5, "base": 0.001, "cap": 1.0}
        outcome = your_scrape(urls=pages, limit=20, retries=1, options=options)
        found, waited, *_ = finished(outcome)
        check.true(
            type(found) is list and all(type(each) is dict for each in found),
            f"scrape gave {found!r:.100}; a list of dictionaries was expected.",
            think="An exception, as `gather(return_exceptions=True)` gives it, is no result yet.",
        )
        check.equal(
            [each.get("url") for each in found],
            pages,
            think="One result for each URL, in their order, even if one comes twice.",
        )
        for each in found:
            path = each["url"].removeprefix(site.url("/")[:-1])
            right = len(plans.get(path, "12")) < 2
            text = item_page(int(path.rpartition("/")[2]), site.seed) if right else None
            check.true(
                each["text"] == text and (each["error"] is None) == right,
                f"{path}, which answers {plans.get(path, 'nothing')}, gave {each!r:.120}.",
                think="What happens to the others when one fails? (And does fetch pass its check?)",
            )
        think = "Are timeout, base, cap and sleep handed on to fetch?"
        check.true(
            sum(seconds <= 0.001 * (1 + 1e-9) for seconds in waited) >= 2 and max(waited) < 5,
            "With retries=1, base=0.001 and cap=1, and a page that asks for 5 s, `sleep` was asked "
            f"for {', '.join(f'{seconds:.3g}' for seconds in waited) or 'no'} s.",
            think=think,
        )
        log = site.traffic().log
        check.at_most(
            max((each.departure - each.arrival for each in log if each.departure), default=0.0),
            4.0,  # fetch on its own would wait for 5 s
            what="seconds until a page that hangs was given up, timeout 0.5, as the server saw it",
            think=think,
        )
        none = finished(your_scrape(urls=[], limit=3, retries=1, options={}))
        check.equal(none[0], [], think="No URLs, no results, no error.")

    with check.part("As many in flight as allowed, and no more", points=1):
        limit = 5
        ### BEGIN HIDDEN TESTS
        limit = random.randrange(3, 8)
        ### END HIDDEN TESTS
        site.set_latency(0.04)
        site.reset()
        pages = site.urls(34, ["/item/{n}"])[10:]
        for url in pages:
            site.fail("/item/" + url.rpartition("/")[2], 503)
        outcome = finished(your_scrape(urls=pages, limit=limit, retries=2, options={}))
        seen = site.traffic()
        check.equal([each["attempts"] for each in outcome[0]], [2] * 24)
        check.at_most(
            seen.peak,
            limit,
            what=f"requests in flight at once, limit {limit}, as the server saw it",
            think="Each attempt needs a place, the second one too, and all fetches share one gate.",
        )
        check.at_least(
            seen.peak,
            limit,
            what=f"requests in flight at once, limit {limit}, as the server saw it",
            think="`await` in a loop waits for each page before it starts the next. Start all, "
            "then wait; the gate sees to the limit.",
        )
        check.true(
            outcome[2:4] == (1, 0),
            f"{outcome[2]} sessions were made and {outcome[3]} left open; one for all pages was "
            "expected, and closed.",
            think="`async with aiohttp.ClientSession() as session:` around all.",
        )
        site.set_latency(0.5)
        site.reset()
        pages = site.urls(150, ["/item/{n}"])[40:]
        finished(your_scrape(urls=pages, limit=110, retries=0, options={}))
        check.at_least(
            site.traffic().peak,
            101,
            what="requests in flight at once, limit 110, as the server saw it",
            think="A session has a limit of 100 connections of its own, unless its connector is "
            "told otherwise: `aiohttp.TCPConnector(limit=...)`.",
        )

    with check.part("Places are for requests", points=1):
        site.set_latency(0.02)
        site.reset()
        pages = site.urls(55, ["/item/{n}"])[50:]
        for n in range(50, 55):
            site.fail(f"/item/{n}", 429 if n % 2 else 503, retry_after=2 if n == 52 else None)
        asleep = finished(your_scrape(urls=pages, limit=1, retries=1, options={"asleep": 4}))[4]
        order = [request.path for request in site.traffic().log]
        check.equal(
            sorted(order),
            sorted(2 * [f"/item/{n}" for n in range(50, 55)]),
            think="(These are the requests.) Each page fails once, and with retries=1 is asked for "
            "twice. Does fetch pass its check?",
        )
        think = (
            "Who backs off makes no request, but kept its place, and all the others had to wait. "
            "`await sleep(...)` belongs behind `async with gate:`, not inside. (If a fixed number "
            "of workers each sees its page through, you need more workers than places.)"
        )
        told = "each of five pages fails once, by a 503 or 429, limit 1"
        check.at_least(
            asleep, 4, what=f"pages were backing off at the same time; {told}", think=think
        )
        check.at_least(
            len(set(order[:5])),
            4,
            what=f"different pages were asked for in the first five requests; {told}",
            think=think,
        )
        site.reset()
        pages = site.urls(60, ["/item/{n}"])[55:]
        for n in range(55, 60):
            site.fail(f"/item/{n}", "truncate")
        options = {"asleep": 4, "may raise": True}
        asleep = finished(your_scrape(urls=pages, limit=1, retries=1, options=options))[4]
        if site.traffic().requests >= 10:  # fewer: the check of fetch has something to say
            told = "each of five pages comes as half a body once, limit 1"
            check.at_least(
                asleep, 4, what=f"pages were backing off at the same time; {told}", think=think
            )
        site.set_latency(0.12)
        pages = site.urls(67, ["/item/{n}"])[60:]
        options = {"timeout": 0.5}
        found = finished(your_scrape(urls=pages, limit=1, retries=0, options=options))[0]
        late = sum(each["error"] is not None for each in found)
        check.at_most(
            late,
            0,
            what="pages of seven given up, each taking 0.12 s, limit 1, timeout 0.5",
            think="The queue for a place took longer than the timeout, the request did not. When "
            "does the clock start: before there is a place, or after?",
        )

    with check.part("A bar that moves", points=1):
        pages = site.urls(77, ["/item/{n}"])[70:]
        for n in range(70, 77):  # all at once or one by one: they come one by one, the first last
            site.set_latency(0.15 * (77 - n), path=f"/item/{n}")
        site.fail("/item/72", 404)
        site.fail("/item/76", "disconnect", always=True)
        site.set_latency(0.075, path="/item/76")  # aiohttp itself asks for it twice
        options = {"draw": True}
        *_, drawn, elsewhere = finished(
            your_scrape(urls=pages, limit=8, retries=0, options=options)
        )
        steps = [
            int(done) for done, total in re.findall(r"(\d+)(?:\.\d+)?/(\d+)", drawn) if total == "7"
        ]
        check.true(
            steps != [],
            f"On `progress` there was {drawn[-60:]!r} for seven pages; a bar that counts to 7/7 "
            "was expected.",
            think="`tqdm(total=len(urls), file=progress, disable=progress is None)`.",
        )
        check.true(
            steps[-1] == 7,
            f"The bar ended at {steps[-1]}/7; one page is not there, and one never answers.",
            think="Pages that fail are done as well. And `with tqdm(...)` ends a bar.",
        )
        check.at_least(
            len(set(steps)),
            5,
            what="different positions of the bar, for seven pages that come one by one, the "
            "first of them last",
            think="`bar.update()` when a page is done: not when all are, not when its turn comes.",
        )
        check.true(
            not BAR.search(elsewhere),
            f"Elsewhere, on stdout or stderr, there was {elsewhere[-60:]!r}.",
            think="One bar will do, on `progress`.",
        )
        site.set_latency(0.01)
        pages = site.urls(108, ["/item/{n}"])[100:]
        *_, elsewhere = finished(your_scrape(urls=pages, limit=9, retries=0, options={}))
        check.true(
            not BAR.search(elsewhere),
            f"Without `progress`, on stdout or stderr there was {elsewhere[-60:]!r}.",
            think="tqdm draws on stderr if `file` is None: `disable=progress is None`.",
        )

    with check.part("Stops when it is told to", points=1):
        site.set_latency(0.03)
        for n in range(80, 120):  # whatever is asked for first, a page backs off, and another hangs
            site.fail(f"/item/{n}", "hang" if n % 8 == 1 else 503, always=True)
        pages = site.urls(120, ["/item/{n}"])[80:]
        site.reset()
        ended, left, left_open = your_scrape_when_cancelled(urls=pages, limit=4)
        check.true(
            ended == "CancelledError",
            f"Cancelled, scrape gave {ended}; expected a CancelledError.",
            think="`except Exception` lets a CancelledError through, `except BaseException` and a "
            "bare `except:` do not. Who catches it for cleaning up has to raise it again.",
        )
        check.at_most(
            left,
            0,
            what="tasks left running after it was cancelled",
            think="A TaskGroup cancels what it has started, and waits until it has stopped; "
            "`gather` cancels as well. With tasks of your own: `finally:`, cancel each, and await "
            "them all.",
        )
        log = site.traffic().log
        first = min((each.departure for each in log if each.status is not None), default=0.0)
        check.at_most(
            sum(each.arrival > first + 0.05 for each in log),
            8,
            what="requests made later than 0.05 s after the first answer, at which it was "
            "cancelled, limit 4",
            think="Somebody went on asking.",
        )
        check.at_most(left_open, 0, what="sessions left open after it was cancelled")

check.score()

# %% [markdown]
# ## 6. Look · 6 min
#
# Yours on the 40 pages, with the trouble of the beginning. The bar is drawn on stdout, as asked:

# %% tags=["nbval-ignore-output"]
make_trouble()
server.reset()
start = time.perf_counter()
results = await scrape(urls, limit=8, timeout=0.5, base=0.05, cap=2.0, progress=sys.stdout)
print(f"{time.perf_counter() - start:.2f} s; {server.traffic()}")

# %% [markdown]
# What has become of those pages that did not come at once:

# %% tags=["nbval-ignore-output"]
outcomes = pd.DataFrame(results)
outcomes["page"] = outcomes["url"].str.removeprefix(server.url("/")[:-1])
outcomes["characters"] = outcomes["text"].str.len().astype("Int64")
outcomes["status"] = outcomes["status"].astype("Int64")
trouble = outcomes[(outcomes["attempts"] > 1) | outcomes["error"].notna()]
trouble = trouble.set_index("page")[["status", "error", "attempts", "characters"]]
trouble.style.format(na_rep="")

# %% [markdown]
# And how many ended how, after how many attempts in all:

# %% tags=["nbval-ignore-output"]
ends = outcomes["error"].isna().map({True: "came", False: "given up"})
retried = (outcomes["attempts"] > 1).map({True: "after retries", False: "at once"})
outcomes.groupby(ends + " " + retried)["attempts"].agg(pages="count", attempts="sum")

# %% [markdown]
# Now the third prediction. 24 pages, 4 places, 8 pages are told "come back in 0.1 s".
# `scrape_holding` takes a place *around* your `fetch`, and keeps it until the page is there:


# %% nbgrader={"grade_id": "given_holding", "locked": true}
async def scrape_holding(urls: list[str], limit: int, **options) -> list[dict]:
    """Scrape pages over one session, holding a place from the first attempt to the last."""
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession() as session:

        async def one(url):
            async with gate:  # fetch wants one too: a gate of its own is always free
                return await fetch(url, session, asyncio.Semaphore(1), **options)

        return await asyncio.gather(*(one(url) for url in urls))


def in_flight(log) -> list[tuple]:
    """A server's log as bars of a timeline: (page, start, end, how it was answered)."""
    kinds = {200: "page", 429: "429, come back later", None: "no answer"}
    return [
        (request.path, request.arrival, request.departure or request.arrival, kinds[request.status])
        for request in log
    ]


# %% tags=["nbval-ignore-output"]
some = server.urls(24, ["/item/{n}"])
axes, seconds = plotting.panels(2, height=4.4, share=True), {}
forget_trouble()
for ax, scraper in zip(axes, [scrape_holding, scrape], strict=True):
    for n in range(8):
        server.fail(f"/item/{n}", 429, retry_after=0.1)
    server.reset()
    start = time.perf_counter()
    await scraper(some, limit=4, base=0.05)
    seconds[scraper.__name__] = time.perf_counter() - start
    name = "place kept during backoff" if scraper is scrape_holding else "place given back"
    plotting.concurrency_timeline(in_flight(server.traffic().log), title=name, ax=ax)
axes[0]

# %% [markdown]
# Above, the empty stretches are places that somebody holds and nobody uses. Below, the others go on
# meanwhile, and whoever was turned away takes the next free place when the time has come.

# %% tags=["nbval-ignore-output"]
observed["times as long"] = round(seconds["scrape_holding"] / seconds["scrape"], 2)
pd.DataFrame({"predicted": predicted, "observed": observed}).map("{:g}".format)

# %% [markdown]
# ## 7. How many at once? · 4 min

# %% tags=["nbval-ignore-output"]
rows = {}
for limit in (2, 4, 8, 16, 32):
    server.reset()
    start = time.perf_counter()
    await scrape(some, limit=limit)
    seen = server.traffic()
    rows[limit] = {
        "seconds": round(time.perf_counter() - start, 3),
        "most in flight": seen.peak,
        "connections": seen.connections,
    }
pd.DataFrame.from_dict(rows, orient="index").rename_axis("limit")

# %% [markdown]
# While waiting is all there is, and there are many more pages than places, twice the limit takes
# about half the time. This server gets no slower the more it is asked, which real ones do. Then a
# higher limit only makes the queue at the server longer.
#
# - **When to keep the place.** If all pages come from *one* server, and that is what is overloaded,
#   then giving back the place sends it the next request at once. A place that is kept slows us all
#   down, which may be just right. Better still is a pause for the whole host, or a *circuit
#   breaker*, which stops asking for a while when most requests fail.
# - **Retries add load when there is least room for it.** Three retries make four requests of one
#   while the server is down, eight where it drops connections. Large systems give themselves a
#   budget, say one retry in ten requests.
# - **Manners.** Read `robots.txt` and the terms, say in `User-Agent` who you are, and choose a
#   limit for each host **and a pause between requests**: four places at 20 ms a page are nearly 200
#   requests a second. One or two in flight and a request or so a second offend hardly anybody,
#   unless `robots.txt` says otherwise.
# - **Do it yourself?** You now know what to ask of the packages that do this: tenacity and stamina
#   retry any function, aiohttp-retry wraps a session, Scrapy is a whole scraper.
#
# ## 8. Report · 5 min
#
# A colleague's scraper is `scrape_naively` with a loop around it: "until it works". It is to fetch
# 20,000 pages from 40 servers each night. What would you change? About 150 words, with figures from
# *your* notebook (2 points, read by a person):
#
# 1. **Techniques and evidence:** what would you use, and what in your tables or plots shows that it
#    helps? Where was your prediction off?
# 2. **Trade-offs and limits:** what does it cost, which settings depend on the servers, when would
#    you not retry?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# *Techniques and evidence.* Errors as results: the naive version gave me none of 40 pages, where I
# had predicted 33, and a loop around it only asks for everything again. `scrape` got 37 and said
# what was wrong with three. Retries with jitter: in the simulation, doubling alone took 1,050
# requests, my random waits some 390. A limit: the server saw 8 requests in flight, not 40. Keeping
# the place during backoff made the job some twice as long on my machine; I had guessed 1.5 times.
#
# *Trade-offs and limits.* Half the places take twice the time (section 7), and retries cost
# requests just when a server has none to spare. I would have a gate and a pause for each server: at
# one request a second, its 500 pages are there in ten minutes. A server that answers 503 to
# everything is left alone for a while. Timeout and cap depend on the servers. I would not retry a
# 404, nor anything that changes data.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 2 points.** Half points are fine. Figures differ from machine to machine: take any
# that agree with the learner's own notebook. A wrong prediction costs nothing.
#
# - **1** for techniques with evidence: at least three of errors as results, limit, retries of what
#   is worth it, backoff with jitter, Retry-After, timeouts, letting go of the place, cancellation;
#   two of them tied to a figure or plot of the notebook, one of them beside what was predicted. ½
#   with evidence for one only, 0 for a list without any.
# - **1** for a cost (time, load on a server that is down, complexity) *and* a limit with its
#   reason: what depends on the server, what must not be retried, when to pause a whole host or to
#   keep the place. ½ for one of the two.
#
# The sample answer gets 2. "I would use a semaphore and retries with exponential backoff, because
# that is best practice" gets 0; with one figure from the table, ½.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **Every URL ends as a result or an error**, and no error takes others along.
# - **Retry what may pass**, a few times, later and later, **at random moments**, and never earlier
#   than the server asks. Doubling without jitter only spaces the herd's visits.
# - **A semaphore limits what is in flight.** Take a place for the request, not for the wait; start
#   the clock when you have it.
# - **Hand in the sleep** (and the clock, and the stream): then minutes are tested in milliseconds.
# - **Whoever starts tasks cancels them.** A TaskGroup does; `as_completed` does not.
