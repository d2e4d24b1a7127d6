"""A server elsewhere is asked with what Python brings along: real sockets on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPException

import pytest

from chatkit_harness.incell import lines, remote

Answers = Callable[[bytes], bytes]
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def request_of(connection: socket.socket) -> bytes:
    """A whole request: who closes with some of it unread resets the connection."""
    read = b""
    while not read.endswith(b"\r\n\r\n{}"):
        read += connection.recv(65536)
    return read


@contextlib.contextmanager
def serving(answer: Answers) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives one answer to each request; its address, and the requests that it got."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listening.accept()
                with connection:
                    seen.append(request_of(connection))
                    connection.sendall(answer(seen[-1]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/chatkit", seen
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def post(url: str, **headers: str) -> tuple[remote.Answered, list[bytes]]:
    told: list[bytes] = []

    async def asked() -> remote.Answered:
        found = await remote.post(url, b"{}", headers, told.append, timeout_s=5)
        await asyncio.sleep(0)  # what was told from the thread comes first
        return found

    return asyncio.run(asked()), told


def test_a_redirect_is_not_followed_and_no_header_goes_along() -> None:
    with serving(lambda _request: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as (elsewhere, seen):
        moved = f"HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n".encode()
        with serving(lambda _request: moved) as (url, _):
            found, _told = post(url, Authorization="Bearer mine")
    assert (found.status, seen) == (302, [])
    assert lines.over_http(found.status, found.headers, found.body)["end"] == "rejected"


def test_the_events_of_a_stream_are_told_whichever_way_lines_end() -> None:
    body = b'data: {"type": "a"}\r\n\r\ndata: {"type": "b"}\n\ndata: {"type": "c"}\r\rthe rest'
    with serving(lambda _request: STREAM + body) as (url, _):
        found, told = post(url)
    assert told == [b'{"type": "a"}', b'{"type": "b"}', b'{"type": "c"}']
    assert (found.status, found.body) == (200, b"the rest")


def test_headers_and_the_body_arrive() -> None:
    with serving(lambda _request: b"HTTP/1.1 204 No Content\r\n\r\n") as (url, seen):
        post(url, **{"x-user": "ann"})
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /chatkit HTTP/1.1")
    assert b"x-user: ann" in head.lower()
    assert body == b"{}"


def test_a_refusal_is_an_answer() -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 3\r\n\r\nwho"
    with serving(lambda _request: refusal) as (url, _):
        found, _told = post(url)
    assert (found.status, found.body) == (401, b"who")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"]
)
def test_a_server_that_breaks_off_is_told_as_what_it_raises(answer: bytes) -> None:
    with serving(lambda _request: answer) as (url, _), pytest.raises((OSError, HTTPException)):
        post(url)


def test_who_stops_waiting_closes_the_connection() -> None:
    closed = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _address = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(STREAM + b'data: {"type": "a"}\n\n')
            connection.settimeout(10)
            with contextlib.suppress(ConnectionError):
                while connection.recv(65536):
                    pass
            closed.set()

    threading.Thread(target=serve, daemon=True).start()

    async def leave() -> None:
        first = asyncio.Event()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        asking = asyncio.ensure_future(remote.post(url, b"{}", {}, lambda _data: first.set(), timeout_s=30))
        await asyncio.wait_for(first.wait(), 10)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking

    asyncio.run(leave())
    assert closed.wait(10)
    listening.close()


@pytest.mark.parametrize("at_once", [True, False])
def test_who_leaves_before_anything_comes_has_asked_and_is_gone(at_once: bool) -> None:
    asked, closed = threading.Event(), threading.Event()

    def serve() -> None:
        connection, _address = listening.accept()
        with connection, contextlib.suppress(ConnectionError, TimeoutError):
            connection.settimeout(10)
            request_of(connection)
            asked.set()
            if not connection.recv(1):
                closed.set()

    async def leave() -> None:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        asking = asyncio.ensure_future(remote.post(url, b"{}", {}, lambda _data: None, timeout_s=30))
        await (asyncio.sleep(0) if at_once else asyncio.to_thread(asked.wait, 10))
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        asyncio.run(leave())
        assert closed.wait(10)
    assert asked.is_set()
