"""Calls an ASGI application as an HTTP client would, in this process and without a network in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Set, Tuple, Type
from urllib.parse import unquote

from .requests import split_events

App = Callable[
    [Dict[str, Any], Callable[..., Awaitable[Any]], Callable[..., Awaitable[None]]], Awaitable[Any]
]

# 2.3 is what uvicorn speaks: an application hears of a client that goes away from `receive`.
VERSION = {"version": "3.0", "spec_version": "2.3"}
GRACE_S = 1.0
"""How long an application may take to notice that its client is gone, or that it is to shut down."""


@dataclass(frozen=True)
class Answer:
    """What an application answered.

    `headers` have lower-case names, repeated ones joined by a comma. `body` is everything that was not
    told as an event: all of it, unless the answer is an event stream.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class AsgiError(Exception):
    """The application does not keep to ASGI: it never answered, stopped half way, or sent out of order."""


async def call(
    app: App,
    method: str,
    path: str,
    *,
    body: Optional[bytes] = None,
    headers: Optional[Mapping[str, str]] = None,
    on_event: Optional[Callable[[bytes], None]] = None,
) -> Answer:
    """One request, waited for until the application is done with it.

    `path` may carry a query. Of an answer of type text/event-stream, `on_event` is told the data of each
    event as it arrives. What the application raises is raised here; AsgiError where it gives no whole
    answer. When the caller is cancelled, the application sees its client go away and has a second to end.
    """
    exchange = _Exchange(body or b"", on_event)
    scope = _scope(method, path, body, headers or {})
    running = asyncio.ensure_future(_run(app, scope, exchange))
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        exchange.gone.set()
        await _end(running)
        raise
    running.result()
    return exchange.answer()


async def _run(app: App, scope: Dict[str, Any], exchange: "_Exchange") -> None:
    await app(scope, exchange.receive, exchange.send)


async def _end(running: "asyncio.Future[None]") -> None:
    """Let an application end by itself, then make it; whatever it raises then interests nobody."""
    await asyncio.wait({running}, timeout=GRACE_S)
    if not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=GRACE_S)
    if running.done() and not running.cancelled():
        running.exception()


def _scope(method: str, path: str, body: Optional[bytes], headers: Mapping[str, str]) -> Dict[str, Any]:
    plain, _mark, query = path.partition("?")
    given = {name.lower(): value for name, value in headers.items()}
    sent = {"host": "testserver", **given}
    if body is not None:
        sent = {"content-type": "application/json", **sent, "content-length": str(len(body))}
    return {
        "type": "http",
        "asgi": dict(VERSION),
        "http_version": "1.1",
        "method": method.upper(),
        "scheme": "http",
        "path": unquote(plain),
        "raw_path": plain.encode("ascii", "replace"),
        "query_string": query.encode("ascii", "replace"),
        "root_path": "",
        "headers": [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in sent.items()],
        "client": ("127.0.0.1", 0),
        "server": ("testserver", 80),
        "state": {},
    }


class _Exchange:
    """The two ends of one request: `receive` and `send` of the application, and what became of it."""

    def __init__(self, body: bytes, on_event: Optional[Callable[[bytes], None]]) -> None:
        self.gone = asyncio.Event()
        self._request: Optional[bytes] = body
        self._on_event = on_event
        self._status: Optional[int] = None
        self._headers: List[Tuple[str, str]] = []
        self._streams = False
        self._complete = False
        self._body = b""

    async def receive(self) -> Dict[str, Any]:
        """The body, in one piece; after that nothing until the client is gone, or has its answer."""
        if self._request is not None and not self.gone.is_set():
            body, self._request = self._request, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take one piece of the answer."""
        kind = message["type"]
        if self.gone.is_set():
            # A real server drops what nobody reads any more; a second answer is a mistake all the same.
            if self._complete and kind == "http.response.start":
                raise AsgiError("the application answered twice")
            return
        if kind == "http.response.start":
            self._start(message)
        elif kind == "http.response.body":
            self._piece(bytes(message.get("body", b"")), last=not message.get("more_body", False))
        else:
            raise AsgiError(f"the application sent a message {kind!r}, which is none of an answer")
        # Whoever sends in a loop without waiting for anything would else keep everybody from their turn.
        await asyncio.sleep(0)

    def answer(self) -> Answer:
        """The whole answer."""
        if self._status is None:
            raise AsgiError("the application ended without an answer")
        if not self._complete:
            raise AsgiError("the application ended in the middle of its answer")
        headers: Dict[str, str] = {}
        for name, value in self._headers:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Answer(self._status, headers, self._body)

    def _start(self, message: Mapping[str, Any]) -> None:
        if self._status is not None:
            raise AsgiError("the application answered twice")
        self._status = int(message["status"])
        self._headers = [
            (bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
            for name, value in message.get("headers", ())
        ]
        kind = dict(self._headers).get("content-type", "")
        self._streams = self._on_event is not None and kind.startswith("text/event-stream")

    def _piece(self, data: bytes, *, last: bool) -> None:
        if self._status is None:
            raise AsgiError("the application sent a body before its answer's start")
        self._body += data
        if self._streams and self._on_event is not None:
            events, self._body = split_events(self._body)
            for event in events:
                self._on_event(event)
        if last:
            self._complete = True
            self.gone.set()


class Lifespan:
    """Starts an application and shuts it down again: `async with Lifespan(app)`.

    An application that knows no lifespan is left alone. Raises AsgiError where it says that it cannot
    start.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._told: "asyncio.Queue[Dict[str, Any]]" = asyncio.Queue()
        self._said: "asyncio.Queue[Mapping[str, Any]]" = asyncio.Queue()
        self._running: Optional["asyncio.Future[None]"] = None

    async def __aenter__(self) -> "Lifespan":
        self._running = asyncio.ensure_future(self._serve())
        await self._told.put({"type": "lifespan.startup"})
        said = await self._next()
        if said is not None and said["type"] == "lifespan.startup.failed":
            await _end(self._running)
            # What Starlette says here is a traceback, whose last line is what went wrong.
            last = str(said.get("message", "")).strip().splitlines()[-1:]
            raise AsgiError(f"the application cannot start: {''.join(last) or 'it does not say why'}")
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        assert self._running is not None  # noqa: S101 - entered before it is left
        if not self._running.done():
            await self._told.put({"type": "lifespan.shutdown"})
        await _end(self._running)

    async def _serve(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(VERSION), "state": {}}
        await self._app(scope, self._told.get, self._said.put)

    async def _next(self) -> Optional[Mapping[str, Any]]:
        """What the application says; None where it ended without a word."""
        assert self._running is not None  # noqa: S101 - called from __aenter__
        hearing = asyncio.ensure_future(self._said.get())
        waited: Set["asyncio.Future[Any]"] = {hearing, self._running}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            return hearing.result()
        hearing.cancel()
        self._running.exception()
        return None
