"""Drives one case: the user's turns in, what comes back out, each told to the host at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Callable, Dict, Mapping, Optional

from . import tracebacks
from .native import NativeTalk
from .workflow import WorkflowTalk

Talk = Any
"""What speaks to the thing under test on one path: NativeTalk or WorkflowTalk."""

TALKS: Dict[str, Callable[..., Talk]] = {"native": NativeTalk, "agent_builder": WorkflowTalk}


class Driver:
    """One case at a time; `tell` sends a message to the host."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._start = time.monotonic()
        self.turn: Optional[int] = None

    def at_ms(self) -> float:
        """Milliseconds since the case began."""
        return round((time.monotonic() - self._start) * 1000, 3)

    async def run(self, case: Mapping[str, Any]) -> None:
        """Drive all turns within the case's limit, then let the path's own end follow."""
        self._start = float(case["clock_start"])
        deadline = time.monotonic() + float(case["limit_s"])
        talk = TALKS[case["path"]](case, self._tell, self.at_ms)
        if not await self._tried(talk.open(), deadline):
            return
        for index, turn in enumerate(case["turns"]):
            values = {**case["context"], **turn.get("context", {})}
            if not await self._tried(talk.prepare(turn, values), deadline):
                return
            if not await self._turn(index, turn, talk, deadline):
                break
        self.turn = None
        await talk.close()
        await _cancel_leftovers()

    async def _tried(self, step: Any, deadline: float) -> bool:
        """Whether a step before the question went well; what went wrong is told as the server's failure."""
        try:
            await asyncio.wait_for(step, max(deadline - time.monotonic(), 0.05))
        except Exception as error:
            self._tell("case_failed", at_ms=self.at_ms(), raised=tracebacks.describe(error))
            return False
        return True

    async def _turn(self, index: int, turn: Mapping[str, Any], talk: Talk, deadline: float) -> bool:
        """One request; False when the conversation cannot go on."""
        self.turn = index
        request = talk.request()
        cpu, starved = time.process_time(), starved_ms()
        self._tell("turn_started", turn=index, user=turn["words"], request=request, at_ms=self.at_ms())
        end: Dict[str, Any]
        try:
            left = max(deadline - time.monotonic(), 0.05)
            end = await asyncio.wait_for(talk.ask(index, request), left)
        except asyncio.TimeoutError:
            end = {"end": "hung"}
        self._tell(
            "turn_ended",
            turn=index,
            at_ms=self.at_ms(),
            cpu_ms=round((time.process_time() - cpu) * 1000, 3),
            starved_ms=_since(starved),
            **end,
            **talk.more(),
        )
        return bool(talk.goes_on(end["end"]))


def starved_ms() -> Optional[float]:
    """How long the main thread has waited for a processor so far (Linux; None elsewhere)."""
    try:
        with open("/proc/self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e6
    except (OSError, ValueError, IndexError):
        return None


def _since(earlier: Optional[float]) -> Optional[float]:
    now = starved_ms()
    return None if now is None or earlier is None else round(now - earlier, 3)


async def _cancel_leftovers() -> None:
    """End what the server left running, so that it cannot reach into the next case."""
    current = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not current]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=1)
