"""The local web server: what it answers, what it counts, how it fails on request, how it ends."""

import ast
import asyncio
import contextlib
import doctest
import gc
import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import psutil
import pytest
import requests
from jupyter_client.manager import start_new_kernel

import helpers.server
from helpers.server import ENDPOINTS, LocalServer, Request, Traffic, item_page

paths = (f"/item/{n}" for n in itertools.count())  # a fresh path where a test scripts failures


@pytest.fixture(scope="module")
def running():
    with LocalServer(seed=3) as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    running.set_latency(0)
    return running


@pytest.fixture
def path(server):
    return next(paths)


def until(condition, patience=20):
    """Poll, and give up rather than hang: the deadline is never part of what is asserted."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"


def in_flight(server):
    return sum(request.departure is None for request in server.traffic().log)


async def gather(urls, connections=100, timeout=300):
    connector = aiohttp.TCPConnector(limit=connections)
    patience = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as session:

        async def fetch(url):
            async with session.get(url) as response:
                await response.read()
                return response.status

        return await asyncio.gather(*map(fetch, urls), return_exceptions=True)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(helpers.server).failed == 0


# what it answers


def test_the_endpoints_answer_as_httpbin_does(server):
    def get(path):
        headers = {"User-Agent": "tester", "X-Mark": "7"}
        return requests.get(server.url(path), headers=headers, cookies={"a": "b"}).json()

    assert get("/ip") == {"origin": "127.0.0.1"}
    assert get("/user-agent") == {"user-agent": "tester"}
    assert get("/cookies") == {"cookies": {"a": "b"}}
    assert get("/headers")["headers"]["X-Mark"] == "7"
    answer = get("/get?x=1")
    assert answer["args"] == {"x": "1"}
    assert answer["url"] == server.url("/get?x=1")
    assert {"headers", "origin"} < set(answer)


def test_item_pages_are_html_that_the_seed_decides(server):
    response = requests.get(server.url("/item/12"))
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text == item_page(12, seed=3)
    assert response.text != item_page(12, seed=4)


def test_an_unknown_path_is_not_found_and_counted(server):
    assert requests.get(server.url("/nowhere")).status_code == 404
    assert server.traffic().by_path == {"/nowhere": 1}


def test_urls_are_the_endpoints_in_turn(server):
    urls = server.urls(50)
    assert len(urls) == 50
    assert urls[:5] == [server.url(path) for path in ENDPOINTS] == urls[45:]
    assert server.urls(2, ["/item/{n}"]) == [server.url("/item/0"), server.url("/item/1")]
    assert server.urls(0) == []


# what it counts


def test_requests_after_one_another_are_never_seen_to_overlap(server):
    for url in server.urls(20):
        requests.get(url)
    seen = server.traffic()
    assert (seen.requests, seen.peak, seen.connections) == (20, 1, 20)
    assert seen.by_path == dict.fromkeys(ENDPOINTS, 4)
    assert all(gap > 0 for gap in seen.gaps("/ip"))


def test_a_session_that_is_reused_shows_as_one_connection(server):
    with requests.Session() as session:
        for url in server.urls(10):
            session.get(url)
    assert server.traffic().connections == 1


def test_fifty_threads_are_seen_in_flight_at_once():
    with LocalServer() as server, ThreadPoolExecutor(50) as pool:
        for path in ENDPOINTS:
            server.fail(path, "hang", always=True)
        urls = server.urls(50)
        answers = [pool.submit(requests.get, url) for url in urls]
        until(lambda: in_flight(server) == 50)
        seen = server.traffic()
        server.stop()
        errors = [answer.exception() for answer in answers]
    assert (seen.requests, seen.peak, seen.connections) == (50, 50, 50)
    assert {request.status for request in seen.log} == {None}
    assert all(isinstance(error, requests.ConnectionError) for error in errors)


def test_fifty_requests_of_aiohttp_are_counted_and_answered_in_order(server):
    server.set_latency(0.2)
    assert asyncio.run(gather(server.urls(50))) == [200] * 50
    seen = server.traffic()
    assert seen.requests == 50
    assert seen.by_path == dict.fromkeys(ENDPOINTS, 10)
    assert 1 < seen.peak <= 50
    assert [request.arrival for request in seen.log] == sorted(r.arrival for r in seen.log)


def test_a_client_that_holds_a_limit_is_never_seen_above_it(server):
    server.set_latency(0.005)
    asyncio.run(gather(server.urls(60), connections=6))
    seen = server.traffic()
    assert seen.peak == 6
    assert seen.connections == 6


def test_each_request_takes_at_least_the_latency_of_its_path(server, path):
    server.set_latency(0.03)
    server.set_latency(0.06, path=path)
    asyncio.run(gather([server.url(path), server.url("/ip")]))
    took = {request.path: request.departure - request.arrival for request in server.traffic().log}
    assert took["/ip"] >= 0.03
    assert took[path] >= 0.06


def test_jitter_is_drawn_from_seed_and_path_and_not_from_order():
    def drawn(seed, paths):
        site = helpers.server._Site()
        site.seed, site.latencies = seed, {None: (1.0, 0.5)}
        return {path: site.delay(path, 1) for path in paths}

    first = drawn(1, ["/get", "/ip"])
    assert first == drawn(1, ["/ip", "/get"])
    assert first != drawn(2, ["/get", "/ip"])
    assert all(1.0 <= seconds <= 1.5 for seconds in first.values())


def test_times_are_those_of_the_clients_perf_counter(server):
    before = time.perf_counter()
    requests.get(server.url())
    after = time.perf_counter()
    (request,) = server.traffic().log
    assert before < request.arrival <= request.departure < after


def test_reset_counts_from_zero_but_keeps_what_is_in_flight():
    with LocalServer() as server:
        server.fail("/ip", "hang")
        requests.get(server.url("/get"))
        waiting = threading.Thread(target=swallow, args=(requests.get, server.url("/ip")))
        waiting.start()
        until(lambda: in_flight(server) == 1)
        server.reset()
        seen = server.traffic()
    waiting.join()
    assert seen.by_path == {"/ip": 1}
    assert seen.peak == 1


def swallow(call, *arguments):
    with contextlib.suppress(requests.RequestException):
        call(*arguments)


def test_peak_counts_what_is_still_in_flight_and_not_what_only_touches():
    def request(arrival, departure):
        return Request("/", arrival, departure, 200, 1)

    assert Traffic(()).peak == 0
    assert Traffic((request(1, 2), request(2, 3))).peak == 1
    assert Traffic((request(1, 3), request(2, None), request(2.5, 4))).peak == 3


# how it fails when told to


def test_scripted_statuses_come_first_and_then_all_is_well(server, path):
    server.fail(path, 503, 500)
    assert [requests.get(server.url(path)).status_code for _ in range(4)] == [503, 500, 200, 200]
    assert [request.status for request in server.traffic().log] == [503, 500, 200, 200]


def test_a_script_for_always_starts_over_and_can_be_forgotten(server, path):
    server.fail(path, 404, 200, always=True)
    assert [requests.get(server.url(path)).status_code for _ in range(4)] == [404, 200, 404, 200]
    server.fail(path)
    assert requests.get(server.url(path)).status_code == 200


def test_a_rate_limit_says_when_to_come_back(server, path):
    server.fail(path, 429, retry_after=2)
    limited, fine = requests.get(server.url(path)), requests.get(server.url(path))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "2")
    assert (fine.status_code, "Retry-After" in fine.headers) == (200, False)
    date = "Mon, 01 Jan 2035 00:00:00 GMT"
    server.fail(path, 503, retry_after=date)
    assert requests.get(server.url(path)).headers["Retry-After"] == date


def test_a_truncated_body_is_an_error_for_both_clients(server, path):
    server.fail(path, "truncate", "truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(server.url(path))
    (error,) = asyncio.run(gather([server.url(path)]))
    assert isinstance(error, aiohttp.ClientPayloadError)
    assert requests.get(server.url(path)).ok


def test_a_body_that_stalls_begins_in_time_and_ends_by_the_clients_patience(server, path):
    server.fail(path, "stall", "stall")
    with requests.get(server.url(path), timeout=0.3, stream=True) as response:
        assert response.ok
        with pytest.raises(requests.ConnectionError):  # requests' name for a read that timed out
            response.content  # noqa: B018
    (error,) = asyncio.run(gather([server.url(path)], timeout=0.3))
    assert isinstance(error, TimeoutError)
    assert requests.get(server.url(path)).ok


def test_a_body_that_drips_comes_whole_to_who_waits_for_it(server, path):
    whole = requests.get(server.url(path)).content
    server.fail(path, "drip", "drip")
    begin = time.perf_counter()
    assert requests.get(server.url(path)).content == whole
    assert time.perf_counter() - begin > 0.04 * len(whole)  # half of it, 0.1 s a byte
    (error,) = asyncio.run(gather([server.url(path)], timeout=0.3))
    assert isinstance(error, TimeoutError)


def test_a_disconnect_is_an_error_for_both_clients(server, path):
    server.fail(path, "disconnect", always=True)
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url(path))
    (error,) = asyncio.run(gather([server.url(path)]))
    assert isinstance(error, aiohttp.ServerDisconnectedError)
    assert {request.status for request in server.traffic().log} == {None}


def test_a_hang_lasts_until_the_client_gives_up_and_then_is_out_of_flight(server, path):
    server.fail(path, "hang")
    with pytest.raises(requests.Timeout):
        requests.get(server.url(path), timeout=0.05)
    assert requests.get(server.url(path)).ok
    until(lambda: in_flight(server) == 0)
    seen = server.traffic()
    assert [request.status for request in seen.log] == [None, 200]
    assert seen.peak == 1


# how it starts and ends


def children():
    return {child.pid for child in psutil.Process().children() if child.is_running()}


def test_it_leaves_no_process_thread_or_port_when_the_body_raises():
    before, threads = children(), threading.active_count()
    server, seen = LocalServer(), []

    def body():
        with server:
            seen.extend([server.url(), children() - before])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        body()
    url, started = seen
    assert started
    assert children() == before
    assert threading.active_count() == threads
    with pytest.raises(requests.ConnectionError):
        requests.get(url)


def test_a_server_that_nobody_holds_ends():
    before = children()
    server = LocalServer().start()
    assert children() - before
    del server
    gc.collect()
    assert children() == before


def test_a_kernel_that_shuts_down_ends_it_and_does_not_wait_for_it_as_for_a_child_of_its_group():
    manager, client = start_new_kernel()
    said = []
    code = """
import os
from helpers.server import LocalServer
server = LocalServer().start()
print(server._process.pid, [c.pid for c in get_ipython().kernel._process_children()])
"""
    try:
        client.execute_interactive(code, output_hook=said.append, timeout=60)
        text = "".join(m["content"].get("text", "") for m in said)
        server, waited_for = ast.literal_eval(text.replace(" ", ", ", 1))
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert os.name == "nt" or server not in waited_for
    until(lambda: not psutil.pid_exists(server))


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_it_does_not_outlive_a_process_that_is_killed():
    code = (
        "import helpers.server, sys; server = helpers.server.LocalServer().start();"
        "print(server._process.pid, flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as owner:
        child = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_worker_that_lets_go_of_the_server_does_not_end_it(running):
    worker = os.fork()
    if worker == 0:
        running._end()
        os._exit(0)
    os.waitpid(worker, 0)
    assert requests.get(running.url()).ok


def test_it_writes_nothing_to_stderr():
    code = (
        "import requests, helpers.server as s\n"
        "with s.LocalServer() as server:\n"
        "    server.fail('/ip', 'truncate')\n"
        "    try: requests.get(server.url('/ip'))\n"
        "    except requests.RequestException: pass\n"
        "    s.LocalServer(port=0).start()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_it_does_not_import_aiohttp():
    code = "import helpers.server, sys; print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot hand over a socket")
def test_it_serves_on_a_socket_that_it_is_given():
    with socket.create_server(("127.0.0.1", 0)) as sock, LocalServer(port=sock) as server:
        assert f":{sock.getsockname()[1]}/" in server.url()
        assert requests.get(server.url()).ok


def test_it_can_be_started_again_and_then_counts_anew():
    server = LocalServer()
    for _ in range(2):
        with server:
            requests.get(server.url())
            assert server.traffic().requests == 1


# bad input


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = LocalServer(port=port)
        with pytest.raises(OSError, match=f"port {port}.*pass another, or 0"):
            server.start()
    with server:  # and once it is free the same server starts
        assert f":{port}/" in server.url()


def test_a_server_started_twice_says_so(running):
    with pytest.raises(RuntimeError, match="already running"):
        running.start()


def test_a_server_that_does_not_run_says_so():
    server = LocalServer()
    server.stop()
    for use in (server.url, server.traffic, server.reset, lambda: server.fail("/ip", 500)):
        with pytest.raises(RuntimeError, match="not running: use it inside `with"):
            use()


def test_a_server_that_died_says_so_and_can_be_started_again():
    server = LocalServer().start()
    server._process.kill()
    with pytest.raises(RuntimeError, match="died: stop it"):
        server.traffic()
    server.stop()
    with server:
        assert server.traffic().requests == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda server: LocalServer(latency=-1), "latency is -1: pass seconds"),
        (lambda server: LocalServer(jitter=float("nan")), "jitter is nan"),
        (lambda server: server.set_latency(float("inf")), "latency is inf"),
        (lambda server: server.fail("/ip", "explode"), "'explode'.*'hang', 'drip'"),
        (lambda server: server.fail("/ip", 999), "answer 999: pass a status from 200 to 599"),
        (lambda server: server.fail("ip", 500), "path 'ip': start it with '/'"),
        (lambda server: server.fail("/ip", 429, retry_after=-1), "retry_after is -1"),
        (lambda server: server.url("get"), "path 'get'"),
        (lambda server: server.urls(-1), "pass a count from 0"),
        (lambda server: server.urls(3, "/get"), "a list of paths"),
        (lambda server: server.urls(3, []), "a list of paths"),
    ],
)
def test_bad_input_is_named_with_what_to_pass(running, wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong(running)
