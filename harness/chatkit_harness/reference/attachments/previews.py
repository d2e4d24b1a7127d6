"""Where small pictures are drawn: in threads of their own, so that a slow image holds up images only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from . import refusals

T = TypeVar("T")

WORKERS = 2
"""So many images are decoded at once: each takes five bytes a pixel at most, a progressive JPEG eight."""
WAITING = 100
"""So many may wait or be drawn; each waits for as long as its upload may take."""


class Previews:
    """A few threads and a bounded queue. Once closed, nothing is drawn any more."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="preview")
        self._under_way: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in one of the threads. Raises AttachmentRefusedError where too much waits,
        and as it does. If whoever waits is cancelled first, it is not begun.
        """
        if len(self._under_way) >= WAITING:
            raise refusals.busy()
        try:
            running = self._threads.submit(work)
        except RuntimeError:  # closed
            raise refusals.busy() from None
        self._under_way.add(running)
        running.add_done_callback(self._under_way.discard)
        return await asyncio.wrap_future(running)

    def close(self) -> None:
        """Let go of the threads, without waiting for what they do."""
        self._threads.shutdown(wait=False, cancel_futures=True)
