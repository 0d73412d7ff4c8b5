"""A web server on this machine that is slow or fails when told to, and logs what it sees.

    with LocalServer(latency=0.05) as server:
        requests.get(server.url("/get"))
        print(server.traffic())  # requests: 1, connections: 1, most in flight: 1

It is a child process, so it takes no turn of the client's GIL and none of its CPU time. It listens
on 127.0.0.1 only, is steered through its own stdin and stdout (no request can change a counter),
and ends when that pipe closes, so that it does not outlive the process that started it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter, defaultdict
from dataclasses import dataclass

ENDPOINTS = ("/get", "/headers", "/ip", "/user-agent", "/cookies")
FAULTS = ("hang", "drip", "stall", "truncate", "disconnect")
STOPPED = "the server is not running: use it inside `with LocalServer() as server:`"


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; times are seconds of `time.perf_counter`."""

    path: str
    arrival: float
    departure: float | None  # just before the answer went out; None: still in flight
    status: int | None  # None: no answer went out
    connection: int  # the same number for all requests over one connection


@dataclass(frozen=True)
class Traffic:
    """What a server saw since it started or was reset, in order of arrival.

    >>> log = Request("/ip", 1.0, 1.5, 503, connection=1), Request("/ip", 4.0, 5.0, 200, 1)
    >>> print(Traffic(log), Traffic(log).by_path, Traffic(log).gaps("/ip"))
    requests: 2, connections: 1, most in flight: 1 {'/ip': 2} [2.5]
    """

    log: tuple[Request, ...]

    @property
    def requests(self) -> int:
        return len(self.log)

    @property
    def by_path(self) -> dict[str, int]:
        return dict(Counter(request.path for request in self.log))

    @property
    def connections(self) -> int:
        """Connections that carried a request: 1 for a session used again, else one for each."""
        return len({request.connection for request in self.log})

    @property
    def peak(self) -> int:
        """Most requests in flight at once. Those made one after the other never overlap."""
        steps = [(request.arrival, 1) for request in self.log]
        steps += [(request.departure, -1) for request in self.log if request.departure is not None]
        return max(itertools.accumulate(step for _, step in sorted(steps)), default=0)

    def gaps(self, path: str) -> list[float]:
        """Seconds from the end of each request for `path` to the next: how long a retry waited."""
        pairs = itertools.pairwise(request for request in self.log if request.path == path)
        return [b.arrival - a.departure for a, b in pairs if a.departure is not None]

    def __str__(self) -> str:
        counts = f"requests: {self.requests}, connections: {self.connections}"
        return f"{counts}, most in flight: {self.peak}"


class LocalServer:
    """A web server for the length of a `with`, or from `start()` to `stop()`.

    It answers the `ENDPOINTS` with JSON like httpbin.org's, `/item/<n>` with `item_page`, all else
    with 404: after `latency` and up to `jitter` more seconds, drawn from `seed` (None: a fresh
    one), path and count. `port` 0 is any free port; one that is taken raises OSError. Instead of
    a number it may be a TCP socket (not on Windows): one made in another network namespace makes
    the server reachable there, while it runs here.
    """

    def __init__(
        self,
        latency: float = 0.0,
        *,
        jitter: float = 0.0,
        seed: int | None = 0,
        port: int | socket.socket = 0,
    ) -> None:
        self.seed = random.SystemRandom().getrandbits(32) if seed is None else seed
        self._delay = _seconds("latency", latency), _seconds("jitter", jitter)
        self._port = port
        self._process = None
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def start(self) -> LocalServer:
        """Start, and return this server once it listens: a fraction of a second."""
        if self._process is not None:
            raise RuntimeError("this server is already running: stop it first, or make another")
        given = () if isinstance(self._port, int) else (self._port.fileno(),)
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],  # -P: import nothing from the folder of this file
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a line on stderr would cost a graded cell its points
            encoding="ascii",
            pass_fds=given,
            process_group=0,  # or a kernel that shuts down waits two seconds for what we end
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._end = weakref.finalize(self, _end, self._process, os.getpid())
        try:
            self._origin = self._ask(
                "listen", self._delay, self.seed, *(given or (None, self._port))
            )
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server, whatever it is doing: clients see their connections close."""
        if self._process is not None:
            self._process = self._end()

    __enter__ = start

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def url(self, path: str = "/get") -> str:
        """The full address of `path`."""
        if self._process is None:
            raise RuntimeError(STOPPED)
        return self._origin + _path(path)

    def urls(self, count: int, paths: tuple[str, ...] | list[str] = ENDPOINTS) -> list[str]:
        """`count` addresses: `paths` in turn, `{n}` in them replaced by 0, 1, 2, …

        `urls(50)` is each endpoint ten times, `urls(20, ["/item/{n}"])` twenty different pages.
        """
        if count < 0 or isinstance(paths, str) or not paths:
            raise ValueError(f"urls({count!r}, {paths!r}): pass a count from 0 and a list of paths")
        turns = itertools.islice(itertools.cycle(paths), count)
        return [self.url(path.replace("{n}", str(n))) for n, path in enumerate(turns)]

    def set_latency(self, seconds: float, *, jitter: float = 0.0, path: str | None = None) -> None:
        """From now on answer `path` (None: all that have none of their own) after `seconds`."""
        delay = _seconds("latency", seconds), _seconds("jitter", jitter)
        self._ask("set_latency", None if path is None else _path(path), delay)

    def fail(
        self,
        path: str,
        *answers: int | str,
        always: bool = False,
        retry_after: float | str | None = None,
    ) -> None:
        """Script what the next requests for `path` get, one each; after that all is well again.

            server.fail("/item/3", 503, 503)            # two failures, then the page
            server.fail("/item/4", 404, always=True)    # the script starts over: never the page
            server.fail("/item/5", 429, retry_after=1)  # "come back after a second"
            server.fail("/item/5")                      # forget the script

        `retry_after` is what the header of that name says: seconds, or a text as it is (a date).
        An answer is a status (200: all is well), "truncate" (the connection closes in mid-body),
        "stall" (in mid-body nothing more comes, until the client gives up), "drip" (from there on
        a byte each tenth of a second), "disconnect" (it closes without an answer) or "hang" (no
        answer until the client gives up). aiohttp's client by itself asks once more after a
        disconnect: the server sees two requests.
        """
        for answer in answers:
            if answer not in (*FAULTS, *range(200, 600)):
                raise ValueError(
                    f"answer {answer!r}: pass a status from 200 to 599, or of {FAULTS}"
                )
        wait = retry_after
        if wait is not None and not isinstance(wait, str):
            wait = f"{_seconds('retry_after', wait):g}"
        self._ask("fail", _path(path), answers, always, wait)

    def traffic(self) -> Traffic:
        """What was seen since the start or the last `reset()`, with what is in flight."""
        return Traffic(tuple(Request(*entry) for entry in self._ask("traffic")))

    def reset(self) -> None:
        """Log from now on; requests in flight stay in, latencies and scripts are as before."""
        self._ask("reset")

    def _ask(self, command: str, *arguments: object):
        with self._lock:
            if self._process is None:
                raise RuntimeError(STOPPED)
            number, answered = next(self._numbers), None
            try:
                print(
                    json.dumps([number, command, arguments]), file=self._process.stdin, flush=True
                )
                while answered != number:  # an interrupted call may have left its answer unread
                    answered, result, error = json.loads(self._process.stdout.readline())
            except (OSError, ValueError):
                raise RuntimeError("the server has died: stop it and start it again") from None
        if error:
            raise OSError(error)
        return result


def item_page(n: int, seed: int = 0) -> str:
    """The page `/item/<n>` of a server with this seed: a title, a code to find, a link.

    Not all of its characters are ASCII, so it has more bytes (of UTF-8) than characters.

    >>> "<h1>Item 7</h1>" in item_page(7), item_page(7) == item_page(7, seed=1)
    (True, False)
    """
    code = random.Random(f"{seed} {n}").getrandbits(64)
    page = f'<h1>Item {n}</h1>\n<p class="code">{code:x}</p>\n<a href="/item/{n + 1}">next →</a>\n'
    return f"<!doctype html>\n<title>Item {n}</title>\n{page}"


def _seconds(name: str, value: float) -> float:
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} is {value!r}: pass seconds, 0 or more")
    return float(value)


def _path(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f"path {path!r}: start it with '/', as in '/get'")
    return path


def _end(process: subprocess.Popen, owner: int) -> None:
    """Run by `stop`, when a server that nobody holds is collected, and when Python exits."""
    if os.getpid() == owner:  # a forked worker must not end its parent's server
        try:
            process.communicate("\n", timeout=5)  # closing the pipe is not enough: a fork holds it
        except (OSError, subprocess.TimeoutExpired):  # it has died, or is stuck
            process.kill()
            process.wait()
            process.stdout.close()


class _Site:
    """What runs in the child: answers requests, and does what `LocalServer._ask` asks for."""

    async def listen(self, delay, seed, given, port=None):
        from aiohttp import web  # here: it takes a while, and only the child needs it

        address = ("127.0.0.1", port)
        try:
            sock = socket.create_server(address) if given is None else socket.socket(fileno=given)
        except (OSError, OverflowError) as error:
            raise OSError(f"no port {port} to be had ({error}): pass another, or 0") from None
        self.web, self.seed, self.log = web, seed, []
        self.latencies, self.scripts, self.visits = {None: delay}, {}, Counter()
        self.connections = defaultdict(itertools.count(1).__next__)
        server = web.Server(self.answer, handler_cancellation=True, access_log=None)
        await asyncio.get_running_loop().create_server(server, sock=sock, backlog=1024)
        return "http://{}:{}".format(*sock.getsockname())

    async def set_latency(self, path, delay):
        self.latencies[path] = delay

    async def fail(self, path, answers, always, retry_after):
        self.scripts[path] = itertools.cycle(answers) if always else iter(answers), retry_after

    async def traffic(self):
        return self.log

    async def reset(self):
        self.log = [entry for entry in self.log if entry[2] is None]
        self.visits.clear()  # so that what is compared meets the same jitter

    async def answer(self, request):
        path, web = request.path, self.web
        script, retry_after = self.scripts.get(path, (iter(()), None))
        answer = next(script, 200)
        entry = [path, time.perf_counter(), None, None, self.connections[request.transport]]
        self.log.append(entry)
        try:
            self.visits[path] += 1
            await asyncio.sleep(self.delay(path, self.visits[path]))
            if answer == "hang":
                await asyncio.get_running_loop().create_future()
            response = self.page(request)
            if answer not in (200, *FAULTS):
                wait = {} if retry_after is None else {"Retry-After": retry_after}
                response = web.json_response({}, status=answer, headers=wait)
            entry[3] = None if answer == "disconnect" else response.status
        finally:
            entry[2] = time.perf_counter()
        if answer == "disconnect":
            request.transport.abort()
        elif answer in ("drip", "stall", "truncate"):
            body, response = response.body, web.StreamResponse()
            response.content_length, half = len(body), len(body) // 2
            await response.prepare(request)
            await response.write(body[:half])
            for at in range(half, len(body) if answer == "drip" else half):
                await asyncio.sleep(0.1)
                await response.write(body[at : at + 1])
            if answer == "stall":
                await asyncio.get_running_loop().create_future()
            if answer != "drip":
                request.transport.close()
        return response

    def delay(self, path, count):
        seconds, jitter = self.latencies.get(path, self.latencies[None])
        return seconds + jitter * random.Random(f"{self.seed} {path} {count}").random()

    def page(self, request):
        headers, origin = dict(request.headers), request.remote
        start, _, n = request.path.rpartition("/")
        if start == "/item" and n.isdecimal():
            return self.web.Response(text=item_page(int(n), self.seed), content_type="text/html")
        get = {"args": dict(request.query), "headers": headers, "origin": origin}
        pages = {
            "/get": get | {"url": str(request.url)},
            "/headers": {"headers": headers},
            "/ip": {"origin": origin},
            "/user-agent": {"user-agent": headers.get("User-Agent")},
            "/cookies": {"cookies": dict(request.cookies)},
        }
        known = request.path in pages
        return self.web.json_response(pages.get(request.path, {}), status=200 if known else 404)


async def _serve():
    site = _Site()
    while (line := await asyncio.to_thread(sys.stdin.readline)).strip():
        number, command, arguments = json.loads(line)
        try:
            result, error = await getattr(site, command)(*arguments), None
        except Exception as problem:
            result, error = None, str(problem)
        print(json.dumps([number, result, error]), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is meant for the client
    asyncio.run(_serve())
