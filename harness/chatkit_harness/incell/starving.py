"""Time in which this process could have worked and got no processor: the machine's, not the server's."""

from __future__ import annotations

import asyncio
import time
from typing import Callable, Optional

_LITTLE_S = 0.01
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
    """Wait so long with a processor, in a few rounds; `starved` tells milliseconds without one so far.

    On a busy machine nothing else would have had the time that is meant.
    """
    began, before, left = time.monotonic(), starved(), seconds
    for _ in range(_TIMES):
        await asyncio.sleep(left)
        now = starved()
        missed = (now - before) / 1000 if now is not None and before is not None else 0.0
        left = seconds - (time.monotonic() - began - missed)
        if left < _LITTLE_S:
            return
