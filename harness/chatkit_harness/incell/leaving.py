"""A client that goes away in the middle, and how long the server is watched then."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Coroutine, Dict, Iterator, Mapping, Optional

from .starving import wait_awake

ENDING_S = 5.0
"""How long a server may take to notice that nobody listens any more."""


class Leaving:
    """When the client goes away: once `count` things of the kind `after` have come; at once for None."""

    def __init__(self, plan: Mapping[str, Any], clock: Callable[[], float]) -> None:
        self._after: Optional[str] = plan.get("after")
        self._left = int(plan.get("count") or 1)
        self._later_s = float(plan.get("later_ms") or 0) / 1000
        self._watched_s = float(plan.get("watched_ms") or 0) / 1000
        self._at_ms = clock
        self._now = asyncio.Event()

    def observe(self, event: Mapping[str, Any]) -> None:
        """Look at what came."""
        if self._after is not None and self._after in set(kinds_of_event(event)):
            self._left -= 1
            if self._left <= 0:
                self._now.set()

    async def follow(self, asking: Coroutine[Any, Any, Dict[str, Any]]) -> Dict[str, Any]:
        """Ask, go away in time, and watch. What is asked ends as it would have where it is over before."""
        sending = asyncio.ensure_future(asking)
        if self._after is None:
            await asyncio.sleep(0)  # the request is out
            self._now.set()
        waiting = asyncio.ensure_future(self._leave())
        try:
            await asyncio.wait({sending, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                return sending.result()
            left = self._at_ms()
            sending.cancel()
            await asyncio.wait({sending}, timeout=ENDING_S)
            if not sending.done():
                return {"end": "hung"}
        finally:
            waiting.cancel()
            sending.cancel()
        await wait_awake(self._watched_s)
        return {"end": "left", "left_at_ms": left}

    async def _leave(self) -> None:
        await self._now.wait()
        if self._later_s:
            await wait_awake(self._later_s)


def kinds_of_event(event: Mapping[str, Any]) -> Iterator[str]:
    """The kinds that an event brings; the host reads more of them (chatkit_harness/checks/kinds.py)."""
    yield f"chatkit.event/{event.get('type')}"
    for space in ("update", "item"):
        brought = event.get(space)
        if isinstance(brought, Mapping):
            yield f"chatkit.{space}/{brought.get('type')}"
