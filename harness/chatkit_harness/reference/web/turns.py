"""A turn while it runs: read by one task from its first event to its last, and ended in order.

One task, because chatkit and agents set context variables in a turn that only the same context may reset;
and so that whatever ends it early (nobody reads any more, it takes too long, the server shuts down) is a
cancellation inside the turn: chatkit keeps what was said so far, agents lets go of the model.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from .audit import Audited
from .failures import ApiError
from .limits import Limits, Streams

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_UNREAD_BYTES = 16 * 1024 * 1024
"""How much a turn may say that its reader has not taken yet."""
CLEANUP_S = 5.0
"""How long a turn that was cancelled may take to put things in order."""
READING_S = 30.0
"""How long a reader may take for what is left once the turn is over."""


class Turn:
    """A running turn, and how it ended: `done`, `failed`, `client_gone`, `timed_out` or `not_read`."""

    def __init__(self, events: Any, limit_s: float) -> None:
        self.outcome = "done"
        self._events = events
        self._unread: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._unread_bytes = 0
        self._failure: Exception | None = None
        self._task = asyncio.ensure_future(self._run())
        self._task.add_done_callback(lambda _: self._unread.put_nowait(None))
        self._timer = asyncio.get_running_loop().call_later(limit_s, self.stop, "timed_out")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The events as they come; what the turn raised is raised at its end, ApiError 504 when its time is
        over, or far more was said than has been read.
        """
        while (event := await self._unread.get()) is not None:
            self._unread_bytes -= len(event)
            yield event
        if self._failure is not None:
            raise self._failure
        if self.outcome in ("timed_out", "not_read"):
            raise took_too_long()

    def stop(self, outcome: str) -> None:
        """Cancel it, unless it is over."""
        if not self._task.done():
            self.outcome = outcome
            self._task.cancel()

    async def end(self) -> None:
        """Cancel it where it still runs, and wait until it has put things in order."""
        self._timer.cancel()
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=CLEANUP_S)
        if self._task.done():
            await self._events.aclose()
        else:
            log.error("a turn does not end although it was cancelled")

    async def _run(self) -> None:
        try:
            async for event in self._events:
                self._unread_bytes += len(event)
                self._unread.put_nowait(event)
                if self._unread_bytes > MAX_UNREAD_BYTES:
                    self.outcome = "not_read"
                    return
        except Exception as error:  # noqa: BLE001 - told to whoever reads the events
            self.outcome, self._failure = "failed", error


class EventStream(StreamingResponse):
    """Server-sent events of a turn. What fails before the first of them is raised, for a status of its own;
    after it the status is out, and a failure is the protocol's `error` event. `told` makes an exception
    what the caller is told.
    """

    def __init__(
        self,
        events: Any,
        *,
        user: str,
        limits: Limits,
        streams: Streams,
        audited: Audited,
        told: Callable[[Exception], Exception] = lambda error: error,
    ) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
        self._user = user
        self._limits = limits
        self._streams = streams
        self._audited = audited
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them, and let go of the turn whatever happens."""
        del scope
        with self._streams.one(self._user):
            turn = Turn(self.body_iterator, self._limits.turn_s)
            watching = asyncio.ensure_future(_until_gone(receive, lambda: turn.stop("client_gone")))
            try:
                await asyncio.wait_for(self._send(turn, send), self._limits.turn_s + READING_S)
            finally:
                watching.cancel()
                await turn.end()
                if turn.outcome != "done":
                    self._audited.outcome = turn.outcome

    async def _send(self, turn: Turn, send: Send) -> None:
        started = False
        try:
            async for event in turn:
                if not started:
                    await send(self._start())
                    started = True
                self._audited.observe(event)
                await send({"type": "http.response.body", "body": event, "more_body": True})
        except Exception as error:
            if not started:
                raise self._told(error) from error
            log.exception("the turn broke off [%s]", self._audited.correlation_id)
            await send({"type": "http.response.body", "body": _error(), "more_body": True})
        if not started:
            await send(self._start())
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _start(self) -> Message:
        return {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}


async def unless_gone(request: Request, work: Awaitable[T], limit_s: float) -> T:
    """The result of some work that is cancelled when its client goes away, or when it takes too long.

    Raises ApiError 504 for the latter, 499 where there is nobody left to tell.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_until_gone(request.receive, working.cancel))
    try:
        done, _pending = await asyncio.wait({working}, timeout=limit_s)
        if not done:
            raise took_too_long()
        if working.cancelled():
            raise ApiError(499, "client_gone", "The client went away.")
        return working.result()
    finally:
        watching.cancel()
        working.cancel()
        await asyncio.wait({working}, timeout=CLEANUP_S)


async def _until_gone(receive: Receive, tell: Callable[[], Any]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    tell()


def took_too_long() -> ApiError:
    """504: the model, most likely, is not done."""
    return ApiError(504, "turn_timeout", "The answer took too long.")


def _error() -> bytes:
    return (
        b"data: "
        + json.dumps({"type": "error", "code": "stream.error", "allow_retry": True}).encode()
        + b"\n\n"
    )
