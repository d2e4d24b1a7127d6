"""Asks a server that runs elsewhere, with what Python brings along: in a thread, piece by piece.

No redirect is followed: where the words of a conversation and its headers go is the user's to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional

from .requests import split_events

PIECE = 65536
MOST = 64 * 1024 * 1024
"""Bytes of an answer that is no stream."""


@dataclass(frozen=True)
class Answered:
    """Status, headers by lower-case name, and what of the body was not told as an event."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        """Follow none."""


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    on_event: Callable[[bytes], None],
    *,
    timeout_s: float,
) -> Answered:
    """One POST, waited for to its end; `on_event` is told the data of each event of a stream as it comes.

    Raises OSError (urllib's URLError is one) where the server cannot be reached or breaks off. When the
    caller is cancelled the connection is closed, whether anything has come or not.
    """
    loop = asyncio.get_running_loop()
    # The host lets http and https through only.
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310
    call = _Call(request, timeout_s)
    done: "asyncio.Future[Answered]" = loop.create_future()

    def soon(step: Callable[..., None], *given: Any) -> None:
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(step, *given)

    def work() -> None:
        try:
            found = call.run(lambda data: soon(on_event, data))
        except Exception as error:
            soon(_fail, done, error)
        else:
            soon(_give, done, found)

    threading.Thread(target=work, name="remote", daemon=True).start()
    try:
        return await done
    finally:
        call.leave()


def _give(done: "asyncio.Future[Answered]", found: Answered) -> None:
    if not done.done():
        done.set_result(found)


def _fail(done: "asyncio.Future[Answered]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)


class _Opening(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Tells of the socket on which a request went out, which urllib itself shows to nobody."""

    def __init__(self, asked: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._asked = asked

    def do_open(self, http_class: Any, req: urllib.request.Request, **given: Any) -> Any:
        """See AbstractHTTPHandler: `http_class` makes the connection, http or https."""

        def made(*where: Any, **how: Any) -> Any:
            connection = http_class(*where, **how)
            send = connection.request

            def request(*words: Any, **more: Any) -> None:
                send(*words, **more)
                self._asked(connection.sock)

            connection.request = request
            return connection

        return super().do_open(made, req, **given)


class _Call:
    """One request in its thread; `leave` closes its connection, as a client that goes away does."""

    def __init__(self, request: urllib.request.Request, timeout_s: float) -> None:
        self._request, self._timeout_s = request, timeout_s
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        self._left = False

    def run(self, told: Callable[[bytes], None]) -> Answered:
        opener = urllib.request.build_opener(_NoRedirect, _Opening(self._asked))
        try:
            response = opener.open(self._request, timeout=self._timeout_s)
        except urllib.error.HTTPError as error:
            with error:
                return Answered(error.code, _lower(error.headers), error.read(MOST))
        with response:
            headers = _lower(response.headers)
            if not headers.get("content-type", "").startswith("text/event-stream"):
                return Answered(response.status, headers, _whole(response))
            return Answered(response.status, headers, _events(response, told))

    def leave(self) -> None:
        """Go away. Who leaves before the request is out has asked all the same, and is gone then."""
        with self._lock:
            self._left = True
            _shut(self._socket)

    def _asked(self, connected: socket.socket) -> None:
        """The request is out, and the answer will come on this socket."""
        with self._lock:
            self._socket = connected
            if self._left:
                _shut(connected)


def _shut(connected: Optional[socket.socket]) -> None:
    """End a connection under whoever waits for something on it; it may be closed already."""
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)


def _whole(response: http.client.HTTPResponse) -> bytes:
    """The body. Raises IncompleteRead where there is less of it than was announced."""
    body = response.read(MOST)
    if response.length and len(body) < MOST:
        raise http.client.IncompleteRead(body, response.length)
    return body


def _events(response: http.client.HTTPResponse, told: Callable[[bytes], None]) -> bytes:
    buffer = b""
    while True:
        piece = response.read1(PIECE)
        if not piece:
            return buffer
        events, buffer = split_events(buffer + piece)
        for data in events:
            told(data)


def _lower(headers: Any) -> Dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}
