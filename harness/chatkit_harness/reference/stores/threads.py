"""Work that blocks, done in a thread, so that the event loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


async def in_thread(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """What the work gives, done by one of the executor's threads."""
    return await asyncio.get_running_loop().run_in_executor(executor, work)


async def to_the_end(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Likewise; whoever is cancelled meanwhile hears of it when the work is done.

    Otherwise what was begun before could happen after what its waiter does next.
    """
    future = asyncio.get_running_loop().run_in_executor(executor, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        if not future.cancelled():
            future.exception()  # heard: nobody else will ask for it
        raise
