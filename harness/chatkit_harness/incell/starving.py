"""Time in which this process could have worked and got no processor: the machine's, not the server's."""

from __future__ import annotations

import asyncio
from typing import Callable, Optional

_LITTLE_MS = 10.0
_TIMES = 5


def starved_ms() -> Optional[float]:
    """How long the main thread has waited for a processor so far (Linux; None elsewhere)."""
    try:
        with open("/proc/self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e6
    except (OSError, ValueError, IndexError):
        return None


def starved_since(earlier: Optional[float]) -> Optional[float]:
    """How much longer than it had waited before."""
    now = starved_ms()
    return None if now is None or earlier is None else round(now - earlier, 3)


async def wait_awake(seconds: float, starved: Callable[[], Optional[float]] = starved_ms) -> None:
    """Wait, and for as long again as there was no processor meanwhile, a few times at most.

    On a busy machine nothing else would have had the time that is meant. `starved` tells milliseconds so far.
    """
    for _ in range(_TIMES):
        before = starved()
        await asyncio.sleep(seconds)
        after = starved()
        missed = after - before if before is not None and after is not None else 0.0
        if missed < _LITTLE_MS:
            return
        seconds = missed / 1000
