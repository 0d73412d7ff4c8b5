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
# # Exercise 5: Concurrency
#
# **Objective:** speed up work that waits with threads and with asyncio, and work that computes with
# processes, and show what helps where, by a clock, by CPU time and by what a server saw.
#
# **Time:** 45–60 minutes · **Points:** 20 (15 checked automatically, 5 read by a person)
#
# **What you need to know:** functions, lists, dictionaries, `with`. Neither threads nor asyncio.
#
# Cells that say *Replace these two lines* are yours. Below each task stands a check: run it as
# often as you like, it tells what it found.

# %% nbgrader={"grade_id": "given_setup", "locked": true}
import asyncio
import concurrent.futures
import importlib
import inspect
import multiprocessing
import os
import pickle
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import Pool

import aiohttp
import pandas as pd

from helpers import plotting
from helpers.server import LocalServer

os.environ["no_proxy"] = "127.0.0.1"  # requests to this machine need no way out of it

# %% [markdown]
# Fetching from the internet would measure the internet. So a real web server runs beside this
# notebook, in a process of its own. It waits 20 ms before it answers, as a server far away would,
# and it counts: requests, connections, and how many requests were in flight at once.

# %% nbgrader={"grade_id": "given_server", "locked": true} tags=["nbval-ignore-output"]
LATENCY = 0.02  # seconds the server lets pass before it answers
server = LocalServer(latency=LATENCY).start()
urls = server.urls(50)  # five addresses, ten times each
urls[:5]

# %% [markdown]
# ## 1. Predict · 4 min
#
# Two jobs. One fetches 50 pages. The other adds up numbers, ten times. Both do one thing after the
# other. Both keep their innermost function in a file; section 5 tells why.

# %% nbgrader={"grade_id": "given_io_work", "locked": true}
# %%writefile io_work.py
"""Work that waits."""

import requests

TIMEOUT = 5  # seconds that a server may keep us waiting


def fetch_url(url: str) -> dict:
    """Fetch one page: its address, the status of the answer, and how many bytes came.

    A status such as 404 is an answer too. Raises requests.RequestException when none comes, when
    it breaks off, or when the server is silent for TIMEOUT seconds.
    """
    response = requests.get(url, timeout=TIMEOUT)
    return {"url": url, "status": response.status_code, "content_length": len(response.content)}


# %% nbgrader={"grade_id": "given_cpu_work", "locked": true}
# %%writefile cpu_work.py
"""Work that computes."""

import math
import os
import threading
import time


def process_number(n: int) -> float:
    """Add up √i · sin i · cos i for i = 0, 1, … n - 1: time in proportion to n."""
    total = 0.0
    for i in range(n):
        total += math.sqrt(i) * math.sin(i) * math.cos(i)
    return total


def clocked(n: int) -> tuple[int, int, float, float]:
    """Run process_number(n) and tell who did it when: process, thread, start, end in seconds."""
    start = time.time()
    process_number(n)
    return os.getpid(), threading.get_ident(), start, time.time()


# %% nbgrader={"grade_id": "given_sequential", "locked": true}
importlib.invalidate_caches()  # the two files are new
from cpu_work import clocked, process_number
from io_work import TIMEOUT, fetch_url

numbers = [500_000, 400_000, 300_000, 200_000, 100_000] * 2


def fetch_sequential(urls: list[str]) -> list[dict]:
    """Fetch pages one after the other."""
    return [fetch_url(url) for url in urls]


def process_sequential(numbers: list[int]) -> list[float]:
    """Process numbers one after the other."""
    return [process_number(n) for n in numbers]


# %% [markdown]
# **Before you run anything else**, write down how many times as fast each job gets, compared with
# one thing after the other: with threads, with asyncio, with processes. "1" means: no faster.
# A guess is fine, and nobody grades it. The section on comparing will put it beside what you find.

# %% nbgrader={"grade_id": "prediction", "solution": true}
# predicted = ...    like this, with your numbers in place of the 1:
# {"I/O": {"threads": 1, "async": 1, "processes": 1},
#  "CPU": {"threads": 1, "async": 1, "processes": 1}}
### BEGIN SOLUTION
predicted = {
    "I/O": {"threads": 20, "async": 50, "processes": 2},
    "CPU": {"threads": 1, "async": 1, "processes": os.cpu_count()},
}
### END SOLUTION

# %% [markdown]
# ## 2. Waiting or working? · 4 min
#
# A clock on the wall counts everything. The system also keeps an account of *CPU time*: the time
# in which a processor worked for this process. The quotient tells the two jobs apart. A part of
# each will do.

# %% tags=["nbval-ignore-output"]
rows = {}
for function, argument in [(fetch_sequential, urls[:10]), (process_sequential, numbers[2:5])]:
    wall, cpu = time.perf_counter(), time.process_time()
    function(argument)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows[function.__name__] = {"wall seconds": wall, "CPU seconds": cpu, "CPU / wall": cpu / wall}
pd.DataFrame(rows).T.round(2)

# %% [markdown]
# Near 1: the job keeps a processor busy all the time; it is *CPU-bound*. (Somewhat less where other
# programs want the processor too.) Near 0: it mostly waits; it is *I/O-bound*, and something else
# could be done meanwhile. What did the server see?

# %%
print(server.traffic())
server.reset()

# %% [markdown]
# Never more than one request in flight, and a new connection for each: `requests.get` opens one,
# uses it once, and closes it.
#
# ## 3. Threads · 8 min
#
# A thread runs a function beside the others of the same process. In CPython only one of them runs
# Python code at a time: the one that holds the *global interpreter lock*, the GIL. But whoever
# waits for the network lets go of it. So fifty threads can *wait* at the same time, and waiting is
# all this job does.
#
# `concurrent.futures.ThreadPoolExecutor` keeps a number of threads and hands out work to them.
#
# | points | the check looks for |
# |---|---|
# | 1 | what `fetch_sequential` returns, in the same order, whichever page comes first |
# | 2 | requests in flight at the same time, as the server sees them: four or more |
# | 1 | a request that fails is heard of: its exception comes out of your function |

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# Open an executor in a `with`: it then waits for its threads at the end. All the work has to be
# handed in *before* you wait for the first result.
# </details>
#
# <details><summary>Hint 2: order and exceptions</summary>
#
# `executor.map(function, items)` hands them all in at once and yields the results in the order of
# the items, not in that of their completion. What a call raised comes up when you get to its
# result.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# with ThreadPoolExecutor(max_workers=...) as executor:
#     return list(executor.map(..., ...))
# ```
# `max_workers` is for you to choose: what would one do? And ten thousand?
# </details>


# %% nbgrader={"grade_id": "fetch_threading", "solution": true}
def fetch_threading(urls: list[str]) -> list[dict]:
    """Fetch pages by `fetch_url`, four or more at the same time, in threads.

    Returns what `fetch_sequential(urls)` returns, in the same order; an empty list for none.
    Raises what `fetch_url` raises, should a request fail.

    >>> fetch_threading([server.url("/ip")])[0]["status"]
    200
    """
    ### BEGIN SOLUTION
    with ThreadPoolExecutor(max_workers=20) as executor:
        return list(executor.map(fetch_url, urls))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fetch_threading", "grade": true, "points": 4}
import random

import requests

from helpers import checks
from helpers.server import item_page

check = checks.Check("fetch_threading")
learner = check.learner


@check.beside
def your_function(fetch_threading, urls):
    return list(fetch_threading(urls))


@check.beside
def what_is_left_of_the_list(fetch_threading, urls):
    fetch_threading(urls)
    return urls


with check.server(latency=0.05, seed=None) as site:

    def answers(pages):
        """What a right function gives for pages `/item/<n>` and for those that are not there."""
        sizes = {}
        for url in pages:
            n = url.rpartition("/item/")[2]
            page = item_page(int(n), site.seed) if n.isdecimal() else "{}"
            sizes[url] = len(page.encode())
        return [
            {"url": url, "status": 200 if "/item/" in url else 404, "content_length": sizes[url]}
            for url in pages
        ]

    with check.part("The results of fetch_sequential, in the same order", points=1):
        paths = ["/item/1", "/item/2", "/nowhere", "/item/3", "/item/1"]
        ### BEGIN HIDDEN TESTS
        paths = [f"/item/{n}" for n in random.choices(range(2, 99), k=9)]
        paths = ["/item/1", *paths, "/lost", *paths[:3]]
        ### END HIDDEN TESTS
        site.set_latency(0.2, path="/item/1")  # asked for first, there last
        pages = [site.url(path) for path in paths]
        check.equal(
            learner.fetch_threading(pages),
            answers(pages),
            think="The first page is slow here, the third is not there, one comes twice. Which of "
            "the results belongs to which URL? A list of dictionaries is asked for: `list` makes "
            "one of what `executor.map` gives, and what a future gives is its `.result()`.",
        )
        check.equal(learner.fetch_threading([]), [], think="No pages, no results, no error.")
        check.true(
            what_is_left_of_the_list(urls=pages) == pages,
            "The list of URLs that was handed in has changed.",
            think="It is the caller's, who may need it again: work on a copy, or a queue.",
        )

    with check.part("The requests wait at the same time", points=2):
        site.reset()
        pages = site.urls(24, ["/item/{n}"])
        found = your_function(urls=pages[2:])
        seen = site.traffic()
        check.equal(sorted(page["url"] for page in found), sorted(pages[2:]))
        check.equal(
            seen.by_path,
            {f"/item/{n}": 1 for n in range(2, 24)},
            think="Each page is to be asked for once, while your function runs.",
        )
        check.at_least(
            seen.peak,
            4,
            what="requests in flight at once, as the server saw it",
            think="Where does your code wait? A `.join()` or `.result()` right behind each start "
            "waits for one thread before the next begins. Start all, then wait. And are there four "
            "threads or more to do it?",
        )

    with check.part("A request that fails is heard of", points=1):
        pages = site.urls(3, ["/item/{n}"])
        ### BEGIN HIDDEN TESTS
        pages = site.urls(12, ["/item/{n}"])
        random.shuffle(pages)
        ### END HIDDEN TESTS
        for fault in ("disconnect", "truncate"):
            site.fail("/item/2", fault, always=True)
            check.raises(
                requests.RequestException,
                your_function,
                urls=pages,
                think="What happens in a thread stays there until somebody asks for its result: "
                "`.result()` of a future raises it again, and so does going through what "
                "`executor.map` gives. Does anything of yours catch it on the way?",
            )

check.score()

# %% [markdown]
# Now yours, on the 50 pages, with the clock and with the server as a witness:

# %% tags=["nbval-ignore-output"]
start = time.perf_counter()
fetch_threading(urls)
print(f"{time.perf_counter() - start:.2f} s; {server.traffic()}")
server.reset()

# %% [markdown]
# ## 4. asyncio · 12 min
#
# Threads take turns when the system says so. *Coroutines* take turns when they say so themselves:
# one thread runs them all, and each goes on until an `await` really has to wait. Meanwhile the
# *event loop* goes on with another one. Nothing is switched by surprise, so what stands between two
# `await`s needs no lock. But whoever waits *without* `await`, in `requests.get` or `time.sleep`,
# stops them all.
#
# So a library is needed that knows how to wait: aiohttp. Scripts start a loop by
# `asyncio.run(main())`. A notebook already runs in one:

# %% tags=["nbval-ignore-output"]
coroutine = asyncio.sleep(0.01, "slept well")
try:
    asyncio.run(coroutine)
except RuntimeError as error:
    print("RuntimeError:", error)
await coroutine

# %% [markdown]
# In a notebook you just `await`. Calling a coroutine function runs nothing yet; it gives a
# *coroutine*, to be awaited, or to be handed with many others to `asyncio.gather`.
#
# First a single page. An `aiohttp.ClientSession` keeps connections open, for the next request to
# use again. That is why it is handed in, and not made here. The check (1 point) awaits yours three
# times in a row, on one session: the server should see one connection.

# %% [markdown]
# <details><summary>Hint 1: the request</summary>
#
# `async with session.get(url) as response:` waits for the first part of the answer, and then
# `response.status` is known. At the end of the block, the connection goes back to the session.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# async with session.get(url) as response:
#     body = await response.read()    # the bytes: wait until all of them are there
#     return {"url": ..., "status": ..., "content_length": ...}
# ```
# </details>


# %% nbgrader={"grade_id": "fetch_async", "solution": true}
async def fetch_async(url: str, session: aiohttp.ClientSession) -> dict:
    """Fetch one page over `session`, as `fetch_url` does, and let others run meanwhile.

    Returns {"url": url, "status": its status, "content_length": bytes that came}; a status such
    as 404 is an answer too. The session stays open: it is the caller's.
    Raises aiohttp.ClientError when no answer comes, or when it breaks off.

    >>> async with aiohttp.ClientSession() as session:  # doctest: +SKIP
    ...     print(await fetch_async(server.url("/nowhere"), session))
    {'url': 'http://127.0.0.1:8000/nowhere', 'status': 404, 'content_length': 2}
    """
    ### BEGIN SOLUTION
    async with session.get(url) as response:
        body = await response.read()
        return {"url": url, "status": response.status, "content_length": len(body)}
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fetch_async", "grade": true, "points": 1}
import random

import aiohttp

from helpers import checks
from helpers.server import item_page

check = checks.Check("fetch_async")


@check.beside
async def three_pages_over_one_session(fetch_async, pages):
    """Their results, whether the session was closed, and how often time.sleep was called."""
    import time

    import aiohttp

    slept, original = [], time.sleep

    def noted(seconds):
        slept.append(seconds)
        original(seconds)

    time.sleep = noted
    try:
        async with aiohttp.ClientSession() as session:
            found = [await fetch_async(url, session) for url in pages]
            return found, session.closed, len(slept)
    finally:
        time.sleep = original


@check.beside
async def a_page_that_breaks_off(fetch_async, page):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        return await fetch_async(page, session)


with (
    check.server(seed=None) as site,
    check.part("As fetch_url, over the session handed in", points=1),
):
    n = 7
    ### BEGIN HIDDEN TESTS
    n = random.randrange(10_000)
    ### END HIDDEN TESTS
    pages = [site.url(path) for path in (f"/item/{n}", "/nowhere?q=a%7Eb", "/item/3")]
    found, closed, slept = three_pages_over_one_session(pages=pages)
    texts = [item_page(n, site.seed), "{}", item_page(3, site.seed)]
    sizes = [len(text.encode()) for text in texts]
    check.equal(
        found,
        [
            {"url": url, "status": status, "content_length": size}
            for url, status, size in zip(pages, [200, 404, 200], sizes, strict=True)
        ],
        think="The second page is not there, which is an answer like any other: no exception. The "
        "url is the text that was handed in, and the length counts bytes, not characters.",
    )
    check.true(not closed, "The session was closed.", think="`async with session:` would close it.")
    check.equal(site.traffic().requests, 3, think="One request for each page.")
    check.at_most(
        site.traffic().connections,
        1,
        what="connections for three requests",
        think="Is the request made by `session.get`, and not by requests? And is its body read to "
        "the end, inside `async with`? Only then can the next go over the same connection.",
    )
    check.equal(slept, 0, think="`time.sleep` stops all coroutines; `await asyncio.sleep(…)`.")
    site.fail("/item/3", "truncate", always=True)
    check.raises(
        aiohttp.ClientError,
        a_page_that_breaks_off,
        page=pages[2],
        think="Half of the body came, and then no more. Is it read to the end, and is what that "
        "raises passed on?",
    )

check.score()

# %% [markdown]
# Now all of them. One session, as many requests in flight as you like, and a limit to patience:
# aiohttp's own is five minutes, which is more than anybody has.
#
# | points | the check looks for |
# |---|---|
# | 2 | the results in the order of the URLs, and four requests or more in flight at the same time |
# | 1 | one session, closed at the end: at most 100 connections (aiohttp's limit) for 250 requests |
# | 1 | what fails is heard of: no answer, and silence for TIMEOUT seconds; the session is closed |

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# `await` in a loop waits for one page before it asks for the next. Make all the coroutines first,
# then await them together.
# </details>
#
# <details><summary>Hint 2: the two tools</summary>
#
# `await asyncio.gather(*coroutines)` gives a list of the results, in the order of the coroutines,
# and raises the first exception. `aiohttp.ClientTimeout(total=seconds)` goes into the session, as
# `timeout=`.
# </details>
#
# <details><summary>Hint 3: nearly the answer</summary>
#
# ```python
# timeout = aiohttp.ClientTimeout(total=TIMEOUT)
# async with aiohttp.ClientSession(timeout=timeout) as session:
#     return await asyncio.gather(*(... for url in urls))
# ```
# </details>


# %% nbgrader={"grade_id": "fetch_all_async", "solution": true}
async def fetch_all_async(urls: list[str]) -> list[dict]:
    """Fetch pages by `fetch_async`, many at the same time, over one session.

    Returns what `fetch_sequential(urls)` returns, in the same order; an empty list for none.
    Opens at most 100 connections, which is aiohttp's own limit, and closes them at the end.
    Raises aiohttp.ClientError when a request fails, TimeoutError when one is not answered in
    TIMEOUT seconds.

    >>> (await fetch_all_async([server.url("/ip")]))[0]["status"]  # doctest: +SKIP
    200
    """
    ### BEGIN SOLUTION
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return await asyncio.gather(*(fetch_async(url, session) for url in urls))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_fetch_all_async", "grade": true, "points": 4}
import random

import aiohttp

from helpers import checks
from helpers.server import item_page

check = checks.Check("fetch_all_async")
learner = check.learner


@check.beside
async def what_your_coroutine_gives(fetch_all_async, pages):
    """Its result, and what is left of the list; or the type of what is no coroutine."""
    import inspect

    coroutine = fetch_all_async(pages)
    if not inspect.isawaitable(coroutine):
        return f"a {type(coroutine).__name__}", pages
    return await coroutine, pages


@check.beside
async def statuses_with_our_fetch_async(fetch_all_async, pages):
    """The statuses that come back when `fetch_async` is a right one, if it is called by name."""

    async def fetch_async(url, session):
        async with session.get(url) as response:
            body = await response.read()
            return {"url": url, "status": response.status, "content_length": len(body)}

    names = fetch_all_async.__globals__
    theirs = {name: names[name] for name in ["fetch_async"] if name in names}
    names["fetch_async"] = fetch_async
    try:
        return [page["status"] for page in await fetch_all_async(pages)]
    finally:
        del names["fetch_async"]
        names.update(theirs)


@check.beside
async def fetch_all_async_on_many_pages(fetch_all_async, pages):
    """Results, sessions that were made meanwhile, and how many of them were left open."""
    import aiohttp

    made, original = [], aiohttp.ClientSession.__init__

    def noted(session, *args, **kwargs):
        made.append(session)
        original(session, *args, **kwargs)

    aiohttp.ClientSession.__init__ = noted
    try:
        results = len(await fetch_all_async(pages))
    except aiohttp.ClientError as error:
        results = type(error).__name__
    finally:
        aiohttp.ClientSession.__init__ = original
    return results, len(made), sum(not session.closed for session in made)


@check.beside
async def fetch_all_async_with_little_patience(fetch_all_async, fetch_url, pages):
    """What it raised: names of classes. With TIMEOUT = 0.3, wherever that is looked up."""
    import asyncio

    places = [fetch_all_async.__globals__, fetch_url.__globals__]
    before = [place.get("TIMEOUT") for place in places]
    for place in places:
        place["TIMEOUT"] = 0.3
    task = asyncio.ensure_future(fetch_all_async(pages))
    try:
        # Whoever has written 5 in place of TIMEOUT is waited for.
        done, _ = await asyncio.wait({task}, timeout=6.5)
        if not done:
            return ["nothing"]
        error = task.exception()
        return ["no exception"] if error is None else [k.__name__ for k in type(error).__mro__]
    finally:
        task.cancel()
        for place, seconds in zip(places, before, strict=True):
            place["TIMEOUT"] = seconds


with check.server(latency=0.05, seed=None) as site:

    def answers(pages):
        """What a right function gives for pages `/item/<n>`."""
        texts = [item_page(int(url.rpartition("/")[2]), site.seed) for url in pages]
        return [
            {"url": url, "status": 200, "content_length": len(text.encode())}
            for url, text in zip(pages, texts, strict=True)
        ]

    with check.part("In order, and at the same time", points=2):
        site.set_latency(0.2, path="/item/0")  # asked for first, there last
        pages = [site.url(f"/item/{n}") for n in (0, 5, 3, 8, 3, 9, 7, 12)]
        ### BEGIN HIDDEN TESTS
        pages = [site.url(f"/item/{n}") for n in [0, *random.choices(range(999), k=16)]]
        pages += pages[:3]
        ### END HIDDEN TESTS
        found, after = what_your_coroutine_gives(pages=pages)
        check.true(
            type(found) is not str,
            f"fetch_all_async(...) gave {found}, which cannot be awaited.",
            think="It has to be `async def`: the caller's event loop runs it.",
        )
        check.equal(
            found,
            answers(pages),
            think="The first page is slow, and one comes twice. A list is asked for, in the order "
            "of the URLs: what `await asyncio.gather(...)` gives.",
        )
        check.true(
            after == pages,
            "The list of URLs that was handed in has changed.",
            think="It is the caller's, who may need it again: work on a copy, or a queue.",
        )
        seen = site.traffic()
        check.true(
            len(set(pages)) <= seen.requests <= len(pages),
            f"{len(pages)} URLs were asked for by {seen.requests} requests.",
            think="Each page is to be asked for once, while your function runs.",
        )
        check.at_least(
            seen.peak,
            4,
            what="requests in flight at once, as the server saw it",
            think="`await` in a loop waits for each page before the next is asked for, and "
            "`requests.get` in a coroutine stops all the others. Make all coroutines, then await "
            "them together.",
        )
        found, _ = what_your_coroutine_gives(pages=[])
        check.equal(found, [], think="No pages, no results, no error.")
        check.equal(
            statuses_with_our_fetch_async(pages=[site.url("/item/1"), site.url("/nowhere")]),
            [200, 404],
            think="A page that is not there is an answer too, whatever the session is told.",
        )

    with check.part("One session for all", points=1):
        site.set_latency(0.0)
        site.set_latency(0.0, path="/item/0")
        site.reset()
        results, sessions, left_open = fetch_all_async_on_many_pages(
            pages=site.urls(250, ["/item/{n}"])
        )
        check.equal(results, 250)
        check.at_most(
            sessions,
            1,
            what="sessions for 250 pages",
            think="Each session has its own connections. Make one, and hand it to all.",
        )
        check.at_most(
            left_open,
            0,
            what="sessions left open",
            think="`async with aiohttp.ClientSession() as session:` closes it at the end.",
        )
        check.equal(site.traffic().requests, 250)
        check.at_most(
            site.traffic().connections,
            100,
            what="connections for 250 requests, as the server saw it",
            think="Connections are used again by requests of the same session, when the answer "
            "before has been read to its end.",
        )

    with check.part("What fails is heard of", points=1):
        pages = site.urls(3, ["/item/{n}"])
        ### BEGIN HIDDEN TESTS
        pages = site.urls(9, ["/item/{n}"])
        random.shuffle(pages)
        ### END HIDDEN TESTS
        site.fail("/item/2", "disconnect", always=True)
        check.raises(
            aiohttp.ClientError,
            learner.fetch_all_async,
            pages,
            think="`gather` raises what the first of its tasks raised, unless it is told to return "
            "exceptions. A TaskGroup wraps it in a group: raise the group's `.exceptions[0]`.",
        )
        _, _, left_open = fetch_all_async_on_many_pages(pages=pages)
        check.at_most(
            left_open,
            0,
            what="sessions left open when a request fails",
            think="`async with` closes the session on every way out, a `close()` at the end only "
            "if the end is reached.",
        )
        site.fail("/item/2", "hang", always=True)
        raised = fetch_all_async_with_little_patience(pages=pages)
        check.true(
            "TimeoutError" in raised,
            f"With TIMEOUT = 0.3, and a server that never answers, there came {raised[0]}; "
            "expected a TimeoutError.",
            think="aiohttp waits for five minutes unless it is told otherwise: in the session, or "
            "in `session.get`, by `timeout=aiohttp.ClientTimeout(total=TIMEOUT)`.",
        )

check.score()

# %% [markdown]
# Yours on the 50 pages. How many connections this time, and why?

# %% tags=["nbval-ignore-output"]
start = time.perf_counter()
await fetch_all_async(urls)
print(f"{time.perf_counter() - start:.2f} s; {server.traffic()}")
server.reset()

# %% [markdown]
# Fifty, if all started at once: no connection was free yet. The session pays from the 101st request
# on, when requests wait for a connection that is open already.
#
# Mind that `ClientTimeout(total=...)` counts this waiting too. Of many thousand pages, the last
# would time out in that queue, even if the server answered each in time.
# `aiohttp.ClientTimeout(sock_connect=TIMEOUT, sock_read=TIMEOUT)` counts only the server's silence,
# as the `timeout` of requests does.
#
# ## 5. Processes · 11 min
#
# For work that computes in Python code, neither helps: nobody waits, and there is one GIL.
# (Compiled code can let go of it, as much of NumPy does; there threads do help.) A second
# *process* has a Python of its own, with a GIL of its own, on a processor of its own if there is
# one free. It shares no objects with this one: arguments and results travel as bytes, made by
# `pickle`.
#
# How does a *function* travel?

# %%
for function in (process_number, process_sequential):
    print(pickle.dumps(function, protocol=4))

# %% [markdown]
# Not at all: only its name does, and that of its module. The other side imports it. It can import
# `cpu_work`, which is a file. But `__main__` is *this notebook*, and there a new process finds
# nothing: each worker that is sent such a task dies, and `Pool.map` **waits for ever**. (A
# `ProcessPoolExecutor` raises BrokenProcessPool.) What a worker finds depends on how it was
# started:
#
# | start method | a worker is | default on |
# |---|---|---|
# | `fork` | a copy of this process, with all that `__main__` has | Linux, up to Python 3.13 |
# | `spawn` | a new Python, that imports what it needs | Windows, macOS |
# | `forkserver` | a copy of a new Python that has no other threads | Linux, from Python 3.14 on |
#
# `fork` is quick. But it copies a lock that some thread holds and not the thread, so that nobody
# will ever release it. This notebook's kernel has several threads. (Python 3.12 and newer warn, by
# a DeprecationWarning that is hidden by default.) Code that imports its worker function from a file
# works with all three.

# %% tags=["nbval-ignore-output"]
print(f"available: {multiprocessing.get_all_start_methods()}")
print(f"default: {multiprocessing.get_start_method()}, processors: {os.cpu_count()}")

# %% [markdown]
# | points | the check looks for |
# |---|---|
# | 1 | what `process_sequential` returns, in the same order |
# | 2 | the work is done by other processes, and by two at once where there are two processors |
# | 1 | it runs with spawned and with forked processes, and leaves none behind |

# %% [markdown]
# <details><summary>Hint 1: the plan</summary>
#
# A `Pool` is for processes what the executor was for threads: `with Pool() as pool:` starts one for
# each processor, and ends them all when the block ends.
# </details>
#
# <details><summary>Hint 2: nearly the answer</summary>
#
# ```python
# with Pool() as pool:
#     return pool.map(..., ...)    # results in the order of the items
# ```
# Hand it `process_number` itself. A lambda, or a function written in this notebook, has no file
# from which a worker could import it. If you need one of your own, put it into a file, by a cell
# that starts with `%%writefile my_work.py`, and import it from there.
# </details>


# %% nbgrader={"grade_id": "process_multiprocessing", "solution": true}
def process_multiprocessing(numbers: list[int]) -> list[float]:
    """Process numbers by `process_number`, several at the same time, in processes.

    Returns what `process_sequential(numbers)` returns, in the same order; an empty list for none.
    Works whichever way processes start, and leaves none behind: all have ended when it returns.

    >>> process_multiprocessing([1, 2, 3]) == process_sequential([1, 2, 3])
    True
    """
    ### BEGIN SOLUTION
    with Pool() as pool:
        return pool.map(process_number, numbers)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_process_multiprocessing", "grade": true, "points": 4}
import os
import random

from helpers import checks

check = checks.Check("process_multiprocessing")
given = check.given


@check.beside
def your_function(process_multiprocessing, method, numbers, listed=False):
    """Its result, the pools it left open, the processes it left running, the list that it got.

    None where there is no such method. If `listed`, the result is a list, whatever was to be gone
    through.
    """
    import gc
    import io
    import multiprocessing
    import pickle
    import pickletools
    import time
    import warnings
    from multiprocessing import reduction

    def importable(data):
        """Whoever cannot import what it is sent dies, and a pool starts another, and another."""
        words = (str(argument).split(" ")[0] for _, argument, _ in pickletools.genops(data))
        children = {type(child).__name__ for child in list(multiprocessing.process._children)}
        forked = children <= {"ForkProcess", "Process"}  # the latter by the default method
        if "__main__" in words and not (forked and multiprocessing.get_start_method() == "fork"):
            raise pickle.PicklingError(
                "a function of the notebook was sent to a process, which can import it only if it "
                "is a copy of this one (fork): it has to be in a file"
            )
        return data

    def dumps(obj, protocol=None):
        return importable(bytes(original[0].__func__(reduction.ForkingPickler, obj, protocol)))

    def dump(obj, file, protocol=None):
        original[1](obj, whole := io.BytesIO(), protocol)
        # First goes a dictionary of settings, which may well name __main__.
        file.write(whole.getvalue() if type(obj) is dict else importable(whole.getvalue()))

    if method not in (None, *multiprocessing.get_all_start_methods()):
        return None
    before = multiprocessing.get_start_method(allow_none=True)
    original = vars(reduction.ForkingPickler)["dumps"], reduction.dump
    if method:  # nothing that an earlier cell has left behind is to be taken for this one's
        gc.collect()
    multiprocessing.set_start_method(method or before, force=True)
    reduction.ForkingPickler.dumps, reduction.dump = staticmethod(dumps), dump
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", ResourceWarning)
            found = process_multiprocessing(numbers)
            if listed and hasattr(found, "__iter__"):
                found = list(found)
            if method:
                gc.collect()
    finally:
        reduction.ForkingPickler.dumps, reduction.dump = original
        multiprocessing.set_start_method(before, force=True)
    patience = time.monotonic() + 5
    while (left := multiprocessing.active_children()) and time.monotonic() < patience:
        time.sleep(0.01)
    unclosed = [warning for warning in warned if "pool" in str(warning.message)]
    return found, len(unclosed), len(left), numbers


with check.part("The results of process_sequential, in the same order", points=1):
    some = [400_000, 10, 3_000, 0, 1, 10]
    ### BEGIN HIDDEN TESTS
    some = [400_000 + random.randrange(50_000), *(random.randrange(9_000) for _ in range(30))]
    some += some[1:3]
    ### END HIDDEN TESTS
    found, _, _, after = your_function(method=None, numbers=some)
    check.true(
        type(found) is list,
        f"process_multiprocessing gave {found!r:.80}; a list was expected.",
        think="Is it `return`ed, and is it the list of the results, not what will yield them?",
    )
    check.equal(
        len(found),
        len(some),
        think="A result for each number, also where one comes twice. Is every result waited for?",
    )
    think = "The first number takes longest here. Which result belongs to which number?"
    check.close(found, given.process_sequential(some), abs=1e-6, think=think)
    found, _, _, _ = your_function(method=None, numbers=[])
    check.equal(found, [], think="No numbers, no results, no error.")
    found, _, _, _ = your_function(method=None, numbers=[7])
    check.equal(
        found,
        given.process_sequential([7]),
        think="A single number. How large is a chunk, if there are fewer numbers than processors?",
    )
    check.true(
        after == some,
        "The list of numbers that was handed in has changed.",
        think="It is the caller's, who may need it again: work on a copy.",
    )

with check.part("Other processes do the work, several at once", points=2):
    large = [400_000 + random.randrange(20_000) for _ in range(8)]
    expected, alone = check.workers(given.process_sequential, large)
    outcome, work = check.workers(your_function, method=None, numbers=large, listed=True)
    found = outcome[0]
    check.close(sorted(found), sorted(expected), abs=1e-6)
    check.at_least(
        work.elsewhere / alone.own,
        0.4,
        what="of the CPU time that process_sequential needs, charged to other processes",
        think="Threads share one process and one GIL. `multiprocessing.Pool` starts processes; "
        "`multiprocessing.dummy` and `ThreadPool` only look like it.",
    )
    usable = getattr(os, "sched_getaffinity", None)
    processors = len(usable(0)) if usable else os.cpu_count()
    if processors > 1 and work.together is not None:
        check.at_least(
            work.together,
            0.4,
            what="of the time, two worker processes or more at work at once",
            think="`pool.apply` waits for its result before the next is begun, and so does "
            "`.get()` right behind `apply_async`. And into how many chunks is the work cut?",
        )

with check.part("With spawn and with fork, and none is left behind", points=1):
    some = [2_000, 1_000, 3_000]
    ### BEGIN HIDDEN TESTS
    some = [random.randrange(5_000) for _ in range(7)]
    ### END HIDDEN TESTS
    for method in ("spawn", "fork"):
        outcome = your_function(method=method, numbers=some, listed=True)
        if outcome is None:  # no fork on Windows
            continue
        found, unclosed, left, _ = outcome
        check.close(sorted(found), sorted(given.process_sequential(some)), abs=1e-6)
        check.at_most(
            unclosed,
            0,
            what="pools left open",
            think="Its processes were ended by the garbage collector, which need not come soon. "
            "`with Pool() as pool:` ends them when the block ends.",
        )
        check.at_most(
            left,
            0,
            what="processes left running",
            think="`with Pool() as pool:` ends them when the block ends; without it, `close()` and "
            "then `join()`. A pool that is kept for the next call may be a good idea, but then "
            "somebody has to close it. (One that an earlier try has left counts until you restart "
            "the kernel.)",
        )

check.score()

# %% [markdown]
# ## 6. Compare · 7 min
#
# Four ways, two jobs: eight figures. You have written three of the functions; here are the three
# that nobody would choose, but that one should have seen once.


# %% nbgrader={"grade_id": "given_ways", "locked": true}
def fetch_processes(urls: list[str]) -> list[dict]:
    """Fetch pages in eight processes: they wait as well as threads do, but cost more."""
    with ProcessPoolExecutor(max_workers=8) as executor:
        return list(executor.map(fetch_url, urls))


def process_threads(numbers: list[int]) -> list[float]:
    """Process numbers in threads, which share one GIL."""
    with ThreadPoolExecutor() as executor:
        return list(executor.map(process_number, numbers))


async def process_async(numbers: list[int]) -> list[float]:
    """Process numbers in coroutines that never wait, and so never let another one run."""

    async def process(n: int) -> float:
        return process_number(n)

    return await asyncio.gather(*(process(n) for n in numbers))


async def seconds(function, argument) -> float:
    """The wall time of `function(argument)`; that of a coroutine function until it has ended."""
    start = time.perf_counter()
    result = function(argument)
    if inspect.isawaitable(result):
        await result
    return time.perf_counter() - start


# %% [markdown]
# Measure each way once, with `await seconds(function, argument)`, and put what it gives, the
# seconds, into `comparison`, a dictionary of two dictionaries (1 point):
#
# | | `"I/O"`, on `urls` | `"CPU"`, on `numbers` |
# |---|---|---|
# | `"sequential"` | `fetch_sequential` | `process_sequential` |
# | `"threads"` | `fetch_threading` | `process_threads` |
# | `"async"` | `fetch_all_async` | `process_async` |
# | `"processes"` | `fetch_processes` | `process_multiprocessing` |

# %% [markdown]
# <details><summary>Hint</summary>
#
# ```python
# ways = {"sequential": fetch_sequential, "threads": fetch_threading, ...}
# comparison["I/O"] = {}
# for name, function in ways.items():
#     comparison["I/O"][name] = await seconds(function, ...)
# ```
# </details>

# %% nbgrader={"grade_id": "comparison", "solution": true}
# comparison = ...    {"I/O": {way: seconds, ...}, "CPU": {way: seconds, ...}}
### BEGIN SOLUTION
names = ["sequential", "threads", "async", "processes"]
jobs = {
    "I/O": (urls, [fetch_sequential, fetch_threading, fetch_all_async, fetch_processes]),
    "CPU": (
        numbers,
        [process_sequential, process_threads, process_async, process_multiprocessing],
    ),
}
comparison = {}
for job, (argument, functions) in jobs.items():
    comparison[job] = {}
    for name, function in zip(names, functions, strict=True):
        comparison[job][name] = await seconds(function, argument)
### END SOLUTION

# %% nbgrader={"grade_id": "test_comparison", "grade": true, "points": 1}
import math

from helpers import checks

check = checks.Check("comparison")


@check.beside
def your_figures(comparison):
    """In plain dictionaries: a defaultdict is as good."""
    if not isinstance(comparison, dict):
        return comparison
    return {j: dict(t) if isinstance(t, dict) else t for j, t in comparison.items()}


with check.part("Two jobs, four ways, seconds for each", points=1):
    found = your_figures()
    check.true(
        type(found) is dict and all(type(times) is dict for times in found.values()),
        f"comparison is {found!r:.100}; a dictionary of dictionaries was expected.",
    )
    check.equal(sorted(found), ["CPU", "I/O"])
    for job, times in found.items():
        ways = ["async", "processes", "sequential", "threads"]
        think = f"All four ways, by these names, for {job}. Or did your cell raise halfway?"
        check.equal(sorted(times), ways, think=think)
        check.true(
            all(isinstance(s, float) and 0 < s < math.inf for s in times.values()),
            f"comparison[{job!r}] is {times}: seconds were expected.",
            think="`seconds(...)` is a coroutine: `await` it.",
        )
    check.true(
        1 < found["I/O"]["sequential"] <= 250,
        f"{found['I/O']['sequential']} s for 50 requests of 20 ms, one after the other?",
        think="Is it fetch_sequential that was timed, on all of `urls`? In seconds?",
    )
    for way, taken in found["I/O"].items():
        check.true(
            taken >= 0.02,
            f"{taken} s for 50 requests of 20 ms each, by {way!r}?",
            think="Was it waited for? A coroutine that is not awaited does nothing.",
        )

check.score()

# %% [markdown]
# The table, with what you predicted beside it:

# %% tags=["nbval-ignore-output"]
table = pd.DataFrame(comparison).unstack().to_frame("seconds")
one_by_one = [comparison[job]["sequential"] for job, way in table.index]
table["times as fast"] = (one_by_one / table["seconds"]).round(1)
table["predicted"] = [predicted[job].get(way, "") for job, way in table.index]
table.round({"seconds": 3})

# %% [markdown]
# One reading each, so mind the noise: `process_async` runs the very same loop as
# `process_sequential`, and whatever they differ by is nothing else.
#
# Eight processors, and not eight times as fast? The longest of the ten pieces is a sixth of all the
# work, so 6 is the most there is. And starting a worker takes time, most of all on Windows and
# macOS.

# %% tags=["nbval-ignore-output"]
plotting.bars(comparison, title="Work that waits, and work that computes")

# %% [markdown]
# And who ran when? The server has noted when each of ten requests came and when its answer left.
# Each is drawn in the first lane that is free: as many lanes as there were requests in flight.


# %% nbgrader={"grade_id": "given_lanes", "locked": true}
def lanes(log) -> list[tuple[int, float, float]]:
    """Give each request of a server's log the first lane that is free: (lane, start, end)."""
    ends, runs = [], []
    for request in log:
        free = (lane for lane, end in enumerate(ends) if end <= request.arrival)
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [request.departure]
        runs.append((lane + 1, request.arrival, request.departure))
    return runs


# %% tags=["nbval-ignore-output"]
axes = plotting.panels(3, height=2.4, share=True)
for ax, function in zip(axes, [fetch_sequential, fetch_threading, fetch_all_async], strict=True):
    server.reset()
    await seconds(function, urls[:10])
    title = f"{function.__name__}: requests at the server"
    plotting.concurrency_timeline(lanes(server.traffic().log), title=title, ax=ax)
axes[0]

# %% [markdown]
# Now the work that computes, eight equal pieces of it. `clocked` tells which thread or process ran
# a piece, and when:

# %% tags=["nbval-ignore-output"]
axes = plotting.panels(2, height=2.0, share=True)
executors = {"two threads": ThreadPoolExecutor, "two processes": ProcessPoolExecutor}
for ax, (title, executor) in zip(axes, executors.items(), strict=True):
    with executor(max_workers=2) as pool:
        runs = list(pool.map(clocked, [150_000] * 8))
    workers = list(dict.fromkeys(run[:2] for run in sorted(runs, key=lambda run: run[2])))
    named = [(f"worker {workers.index(run[:2]) + 1}", *run[2:]) for run in runs]
    plotting.concurrency_timeline(named, title=title, ax=ax)
axes[0]

# %% [markdown]
# With threads, two pieces are under way at any time, but each takes longer by the time for which
# the other thread holds the GIL, so the whole ends no sooner. *In flight at the same time* is not
# yet *making progress at the same time*. That takes processes, and processors for them.
#
# ## 7. When it pays, and what is coming · 4 min
#
# A process has to be started, and its work has to be sent. Eight equal pieces again, small ones and
# large ones, with each start method there is:


# %% tags=["nbval-ignore-output"]
def process_by(method: str, numbers: list[int]) -> list[float]:
    """Process numbers in processes that are started by `method`."""
    with multiprocessing.get_context(method).Pool() as pool:
        return pool.map(process_number, numbers)


for method in multiprocessing.get_all_start_methods():
    process_by(method, [1])  # untimed: the first start may prepare what later ones use

rows = {}
for n in (1_000, 200_000):
    row = rows[f"8 × {n:,}"] = {"sequential": await seconds(process_sequential, [n] * 8)}
    for method in multiprocessing.get_all_start_methods():
        row[method] = await seconds(partial(process_by, method), [n] * 8)
pd.DataFrame(rows).T.map("{:.3f} s".format)

# %% [markdown]
# Small pieces lose: starting workers takes longer than the work. The larger the pieces, the less it
# matters how the workers were started. Data takes time as well: what goes to a worker is pickled,
# copied, and unpickled again.
#
# Will the GIL always stand in the way of threads? See what you are running:

# %% tags=["nbval-ignore-output"]
has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
print(f"Python {sys.version.split()[0]}, with a GIL: {has_gil}")
found = hasattr(concurrent.futures, "InterpreterPoolExecutor")
print(f"InterpreterPoolExecutor: {'there' if found else 'not there'}")

# %% [markdown]
# - **Free-threaded Python** is CPython built without the GIL: experimental in 3.13, officially
#   supported from 3.14 on, but still a second build beside the usual one, to be installed on
#   purpose (`python3.13t`). There, threads compute at the same time. Code in a single thread runs a
#   good deal slower in 3.13 and somewhat slower in 3.14, and an extension module that is not ready
#   for it turns the GIL back on.
# - **Subinterpreters** are several Pythons in one process. Since 3.12 each can have a GIL of its
#   own; from 3.14 on, Python code can use them: `InterpreterPoolExecutor`. Like processes, they
#   share no ordinary objects; like threads, they live and crash together.
#
# Neither changes much for work that only waits.
#
# ## 8. When to use what · 4 min
#
# For each situation choose `"sequential"`, `"threads"`, `"async"` or `"processes"`: what you would
# try *first*, with the usual CPython 3.13, on a machine with eight processors (1 point for all).

# %% nbgrader={"grade_id": "given_situations", "locked": true}
situations = {
    "pages": "Fifty pages are fetched by a library that blocks, such as requests.",
    "chat": "A chat server holds 20,000 connections open, on which hardly anything happens.",
    "simulations": "Eight simulations in pure Python, a minute each, that do not need each other.",
    "sums": "A thousand sums of ten numbers each.",
    "chain": "Every step of a long calculation needs the result of the step before.",
    "driver": "A service built on asyncio must call a database driver that blocks.",
    "array": "NumPy functions that release the GIL work on parts of one array of 4 GB.",
}

# %% nbgrader={"grade_id": "when_to_use", "solution": true}
# when_to_use = ...    {"pages": "...", "chat": "...", ...}: one of the four for each situation
### BEGIN SOLUTION
when_to_use = {
    "pages": "threads",
    "chat": "async",
    "simulations": "processes",
    "sums": "sequential",
    "chain": "sequential",
    "driver": "threads",
    "array": "threads",
}
### END SOLUTION

# %% nbgrader={"grade_id": "test_when_to_use", "grade": true, "points": 1}
import zlib

from helpers import checks

check = checks.Check("when_to_use")


@check.beside
def your_choices(when_to_use):
    return dict(when_to_use) if isinstance(when_to_use, dict) else when_to_use


with check.part("A way for each situation", points=1):
    ways = ("sequential", "threads", "async", "processes")
    chosen = your_choices()
    check.true(type(chosen) is dict, f"when_to_use is {chosen!r:.80}; a dictionary was expected.")
    questions = {  # checksums, so that nobody reads the answers by accident
        "pages": (2330732811, "Does it wait or compute? Does the library know how to `await`?"),
        "chat": (2484523273, "What does a thread, or a process, cost that does nothing but wait?"),
        "simulations": (3917037242, "Who holds the GIL while pure Python runs?"),
        "sums": (34306863, "How long does a sum take? And handing it to somebody?"),
        "chain": (2657879722, "What could be done while a step is not finished?"),
        "driver": (
            3741440641,
            "It blocks whoever calls it: that must not be the event loop. See `asyncio.to_thread`.",
        ),
        "array": (
            3684641589,
            "Who else may run while the GIL is free? What would it take to send 4 GB?",
        ),
    }
    check.equal(sorted(chosen), sorted(questions))
    for name, (right, think) in questions.items():
        check.true(
            chosen[name] in ways,
            f"when_to_use[{name!r}] is {chosen[name]!r:.40}; it can be one of {', '.join(ways)}.",
        )
        check.true(
            zlib.crc32(f"{name} {chosen[name]}".encode()) == right,
            f"{name}: {chosen[name]} is not what we would try first.",
            think=think,
        )

check.score()

# %% [markdown]
# ## 9. Report · 6 min
#
# A colleague has a program that fetches 5,000 pages and then computes something from each, and
# asks how to make it faster. Answer in about 200 words, with figures from *your* tables (5 points,
# read by a person):
#
# 1. **Techniques:** what would you use for either part, and why does that help?
# 2. **Evidence:** your speedups for both jobs, and what besides the clock bears them out. Where was
#    your prediction off, and why?
# 3. **Trade-offs:** what does each technique cost?
# 4. **Limits:** when would you leave the program as it is, or choose otherwise?

# %% [markdown] nbgrader={"grade_id": "report_answer", "grade": true, "solution": true, "points": 5}
# ### BEGIN SOLUTION
# *Techniques.* Fetching is waiting: CPU time is a small part of the wall time (section 2). I would
# fetch with asyncio over one session: one thread waits for many answers at once, and with 5,000
# pages its 100 connections are used again. Computing in Python holds the GIL, and so lets one
# thread of a process run at a time: that part goes to a pool of processes.
#
# *Evidence.* On my two processors, the pages came some 10 times as fast with 20 threads (predicted:
# 20) and more than 20 times with asyncio (50); the server saw 20 and 50 of them in flight. The
# numbers came more than 1.5 times as fast with processes (2), and no faster with threads or
# asyncio. I had forgotten that 50 pages make three rounds of 20, and that making a request takes
# CPU time, under the GIL.
#
# *Trade-offs.* asyncio wants other libraries and `async` all the way up, and one call that blocks
# stops everything; with requests, threads are the smaller change. Processes take time to start,
# pickle all that is sent, and need their function in a file.
#
# *Limits.* For a few pages, or pieces of a millisecond, I would change nothing: section 7 shows the
# start costing more than the work. And before I send a server 50 requests at once, I would ask.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# **Mark scheme, 5 points.** Half points are fine. Figures differ from machine to machine, and with
# one processor processes gain nothing: take any that agree with the learner's own tables. A wrong
# prediction costs nothing.
#
# - **1** for threads or asyncio where it waits, processes where it computes.
# - **1** for why: waiting overlaps as the GIL is let go of (or the loop goes on with others), while
#   computing holds it. ½ for "threads are for I/O" without a reason.
# - **1** for speedups of both jobs from their own tables, next to what they predicted, and one
#   witness besides the clock (requests in flight, CPU time, a timeline). ½ when one is missing.
# - **1** for a cost of each technique they recommend: libraries and `async` everywhere, one
#   blocking call that stops all, locks, starting and pickling, memory. ½ when it is of one only.
# - **1** for a limit with its reason: too little work, steps that need each other, few processors,
#   a server that should not be flooded, data too large to be sent. ½ without the reason.
#
# The sample answer gets 5. "Async is fastest for I/O and multiprocessing for CPU, as the table
# shows, 20× and 2×" gets 1½: the first, and half of the third.
# === END MARK SCHEME ===

# %% [markdown]
# ## What to remember
#
# - **CPU time over wall time** tells waiting from working: measure it before you choose.
# - **Waiting overlaps; computing in Python does not**, under one GIL. Threads or asyncio for the
#   one, processes for the other.
# - **Start all, then wait.** A wait right behind each start makes anything sequential.
# - What runs in another process is imported there: **put it into a file**. What goes there and back
#   is pickled.
# - One session, a limit, a timeout; and nobody's exception gets lost.
