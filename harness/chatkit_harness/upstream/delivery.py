"""Sending a reply: each chunk as one HTTP chunk, at its time, until the client is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Receive, Send

from chatkit_harness.upstream.loopback import CutConnectionError
from chatkit_harness.upstream.nouns import Reply

# About how a body came to be sent, which is decided here anew.
_HOP = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})

_LAST_STRETCH_S = 0.0015

_BEFORE_A_CUT_S = 0.01
"""A connection that breaks does so a moment after what came: who reads it has had the time to."""

_AT_ONCE = 65536
"""A reply of so many bytes fits into the buffers of a connection on loopback."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a reply has come; read from other threads while it is being sent."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    chunks: int = 0
    bytes: int = 0
    ended: float | None = None
    aborted: bool = False


class Departure:
    """Knows when nobody wants a reply any more: the client has gone, or the case is over."""

    def __init__(self, receive: Receive, stop: asyncio.Event) -> None:
        self._left = asyncio.ensure_future(_until_disconnected(receive))
        self._stopped = asyncio.ensure_future(stop.wait())

    @property
    def gone(self) -> bool:
        """Whether the reply has become pointless."""
        return self._left.done() or self._stopped.done()

    async def wait(self, seconds: float | None = None) -> None:
        """Wait so long, or until the reply has become pointless."""
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            return
        tasks = (self._left, self._stopped)
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def wait_until(self, due: float) -> None:
        """Wait for a moment of the monotonic clock, to a fraction of a millisecond.

        The event loop's own timers are late by up to a millisecond, and more with each chunk of a quick
        stream: the last stretch is spent giving way instead of sleeping.
        """
        await self.wait(due - time.monotonic() - _LAST_STRETCH_S)
        while time.monotonic() < due and not self.gone:  # noqa: ASYNC110 - giving way is the point
            await asyncio.sleep(0)

    async def outwait(self, coming: asyncio.Future[Any]) -> bool:
        """Wait for something to come; false, and it is called off, where the reply is pointless before."""
        tasks = (self._left, self._stopped, coming)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return coming.done()
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait((coming,))

    def forget(self) -> None:
        """Stop watching."""
        self._left.cancel()
        self._stopped.cancel()


async def deliver(
    reply: Reply, progress: Progress, receive: Receive, send: Send, *, pacing: float, began: float
) -> None:
    """Send a reply. `began` is when the request arrived, on the monotonic clock.

    With `pacing` above 0 each chunk waits for its offset times `pacing`, counted from `began`, so that
    delays do not add up. Raises CutConnectionError where the reply ends in a cut.
    """
    if pacing <= 0 and _is_short(reply):
        await _deliver_at_once(reply, progress, send)
        return
    departure = Departure(receive, progress.stop)
    try:
        await send(_start(reply))
        for number, chunk in enumerate(reply.chunks):
            if pacing > 0:
                await departure.wait_until(began + (chunk.at_ms or 0) * pacing / 1000)
            else:
                await departure.wait(0)
            await _stall(reply, number, departure)
            if departure.gone:
                raise _left(progress)
            await _send_chunk(reply, number, progress, send)
        if reply.ending == "silence":
            await departure.wait()
            raise _left(progress)
        if reply.ending == "cut":
            await departure.wait(_BEFORE_A_CUT_S)
        await _end(reply, progress, send)
    finally:
        departure.forget()


def _is_short(reply: Reply) -> bool:
    """Whether it can be on its way before anybody could have left."""
    waits = reply.ending != "complete" or reply.stall is not None
    return not waits and sum(len(each.data) for each in reply.chunks) <= _AT_ONCE


async def _stall(reply: Reply, number: int, departure: Departure) -> None:
    """The pause before a chunk, where one is asked for."""
    if reply.stall is not None and reply.stall.after == number:
        await departure.wait(reply.stall.ms / 1000)


async def _deliver_at_once(reply: Reply, progress: Progress, send: Send) -> None:
    """All of a short reply: it is on its way before anybody could have left."""
    await send(_start(reply))
    for number in range(len(reply.chunks)):
        if progress.stop.is_set():
            raise _left(progress)
        await _send_chunk(reply, number, progress, send)
    await _end(reply, progress, send)


async def _send_chunk(reply: Reply, number: int, progress: Progress, send: Send) -> None:
    data = reply.chunks[number].data
    progress.chunks += 1
    progress.bytes += len(data)
    # Before it is sent: whoever has read the last chunk may ask at once whether all is told.
    if number == len(reply.chunks) - 1 and reply.ending != "silence":
        progress.ended = time.monotonic()
    if data:
        await send(_body(data))


async def _end(reply: Reply, progress: Progress, send: Send) -> None:
    progress.ended = progress.ended or time.monotonic()
    if reply.ending == "cut":
        raise CutConnectionError
    await send(_body(b"", more=False))


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _left(progress: Progress) -> CutConnectionError:
    progress.aborted = True
    progress.ended = time.monotonic()
    return CutConnectionError()


def _start(reply: Reply) -> Message:
    headers = [(name, value) for name, value in reply.headers.items() if name.lower() not in _HOP]
    if not reply.streamed and reply.ending == "complete" and len(reply.chunks) <= 1:
        headers.append(("content-length", str(sum(len(chunk.data) for chunk in reply.chunks))))
    return {"type": "http.response.start", "status": reply.status, "headers": raw_headers(headers)}


def raw_headers(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]


def _body(data: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}
