"""Sending a reply: each chunk as one HTTP chunk, at its time, until the client is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Receive, Send

from chatkit_harness.upstream.loopback import CutConnectionError
from chatkit_harness.upstream.reply import Reply

_CUT = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection"})


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a reply has come; read from other threads while it is being sent."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    chunks: int = 0
    bytes: int = 0
    ended: float | None = None
    aborted: bool = False


async def deliver(
    reply: Reply, progress: Progress, receive: Receive, send: Send, *, pacing: float, began: float
) -> None:
    """Send a reply. `began` is when the request arrived, on the monotonic clock.

    With `pacing` above 0 each chunk waits for its offset times `pacing`, counted from `began`, so that
    delays do not add up. Raises CutConnectionError where the reply ends in a cut.
    """
    leaving = asyncio.ensure_future(_until_gone(receive))
    stopping = asyncio.ensure_future(progress.stop.wait())
    gone = {leaving, stopping}
    try:
        await send(_start(reply))
        await _chunks(reply, progress, send, _waiter(gone, pacing, began))
        if reply.ending == "silence" and not progress.aborted:
            await asyncio.wait(gone, return_when=asyncio.FIRST_COMPLETED)
            progress.aborted = leaving.done()
        progress.ended = progress.ended or time.monotonic()
        if reply.ending != "complete" or stopping.done():
            raise CutConnectionError
        if not progress.aborted:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        for task in gone:
            task.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _chunks(reply: Reply, progress: Progress, send: Send, wait: _Wait) -> None:
    last = len(reply.chunks) - 1
    for number, chunk in enumerate(reply.chunks):
        if await wait(chunk.at_ms):
            progress.aborted = True
            return
        progress.chunks += 1
        progress.bytes += len(chunk.data)
        # Before it is sent: whoever has read the last chunk may ask at once whether all is told.
        if number == last and reply.ending == "complete":
            progress.ended = time.monotonic()
        if chunk.data:
            await send({"type": "http.response.body", "body": chunk.data, "more_body": True})


class _Wait:
    """Waits for a chunk's time; true where nobody wants the chunk any more."""

    def __init__(self, gone: set[asyncio.Future[object]], pacing: float, began: float) -> None:
        self.gone, self.pacing, self.began = gone, pacing, began

    async def __call__(self, at_ms: float | None) -> bool:
        if self.pacing > 0 and at_ms is not None:
            left = self.began + at_ms * self.pacing / 1000 - time.monotonic()
            if left > 0:
                await asyncio.wait(self.gone, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                return any(task.done() for task in self.gone)
        await asyncio.sleep(0)
        return any(task.done() for task in self.gone)


def _waiter(gone: set[asyncio.Future[object]], pacing: float, began: float) -> _Wait:
    return _Wait(gone, pacing, began)
