"""Drives one case: the user's turns in, what comes back out, each told to the host at once."""

from __future__ import annotations

import asyncio
import gc
import time
from contextvars import ContextVar
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from . import heard, told, tracebacks
from .native import NativeTalk
from .standing import Standing
from .starving import starved_ms, starved_since
from .user_files import UserServerError
from .workflow import WorkflowTalk

Talk = Any
"""What speaks to the thing under test on one path: NativeTalk or WorkflowTalk."""

TALKS: Dict[str, Callable[..., Talk]] = {"native": NativeTalk, "agent_builder": WorkflowTalk}


_turn: ContextVar[Optional[Tuple[float, int]]] = ContextVar("turn", default=None)
"""Each turn is asked in a task of its own: what that starts knows its turn, and whose case it is of."""


_SETTLING_S = 0.5
"""How long work that is left after the last turn is listened to; most cases leave none."""

_PACKAGES = frozenset({"agents", "anyio", "asyncio", "chatkit", "httpx", "mcp", "openai"})


def _at_once(turns: Sequence[Mapping[str, Any]]) -> List[List[Tuple[int, Mapping[str, Any]]]]:
    """The turns with their numbers, those that are sent together in one group."""
    groups: List[List[Tuple[int, Mapping[str, Any]]]] = []
    for index, turn in enumerate(turns):
        if turn.get("together") and groups:
            groups[-1].append((index, turn))
        else:
            groups.append([(index, turn)])
    return groups


class Driver:
    """One case at a time; `tell` sends a message to the host."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._start = time.monotonic()
        self._hears = False
        self._standing = Standing(_turn)

    @property
    def turn(self) -> Optional[int]:
        """Which turn it is for whoever asks; None between turns, and for what is left of an earlier case."""
        case, turn = _turn.get() or (None, None)
        return turn if case == self._start else None

    def at_ms(self) -> float:
        """Milliseconds since the case began."""
        return round((time.monotonic() - self._start) * 1000, 3)

    async def run(self, case: Mapping[str, Any]) -> None:
        """Drive all turns within the case's limit, then let the path's own end follow."""
        self._start = float(case["clock_start"])
        self._standing.listen()
        self._hears = bool(case.get("hears"))
        deadline = time.monotonic() + float(case["limit_s"])
        if case.get("exam"):
            try:
                await self._examine(case, deadline)
            finally:
                await _cancel_leftovers()
            return
        talk = TALKS[case["path"]](case, self._tell, self.at_ms)
        try:
            if await self._tried("making it ready", talk.open(), deadline):
                await self._turns(case, talk, deadline)
        finally:
            _turn.set(None)
            left = await _cancel_leftovers()
            if left or any(turn.get("leaves") for turn in case["turns"]):
                # What a task raised that nobody waited for is logged when it is collected: with this case.
                gc.collect()

    async def _turns(self, case: Mapping[str, Any], talk: Talk, deadline: float) -> None:
        for group in _at_once(case["turns"]):
            prepared = []
            for index, turn in group:
                values = {**case["context"], **turn.get("context", {})}
                asked = await self._tried("making its context", talk.prepare(turn, values), deadline)
                if asked is None:
                    return
                prepared.append(self._turn(index, turn, talk, asked[0], deadline))
            if not all([await prepared[0]] if len(prepared) == 1 else await asyncio.gather(*prepared)):
                break
        _turn.set(None)
        await talk.close()
        await _settled(min(deadline, time.monotonic() + _SETTLING_S))
        if time.monotonic() < deadline:
            for each in await self._standing.of_case(self._start):
                self._tell("standing", at_ms=self.at_ms(), **each)

    async def _examine(self, case: Mapping[str, Any], deadline: float) -> None:
        """One rule put to the test; whatever ends it early is told as what broke it."""
        from . import exams  # conversations have no use for them

        try:
            found, error = await _by(deadline, exams.examine(case))
        except _LateError:
            found, error = exams.late(), None
        if error is not None:
            self._tell("case_failed", at_ms=self.at_ms(), raised=tracebacks.describe(error))
        else:
            self._tell("examined", at_ms=self.at_ms(), name=case["exam"], **found)

    async def _tried(self, what: str, step: Awaitable[Any], deadline: float) -> Optional[Tuple[Any]]:
        """What a step before the question gives; None where it went wrong, told as the server's failure."""
        made: Any = None
        try:
            made, error = await _by(deadline, step)
        except _LateError:
            error = UserServerError(f"{what} took longer than the case's time limit")
        if error is not None:
            self._tell("case_failed", at_ms=self.at_ms(), raised=tracebacks.describe(error))
        return (made,) if error is None else None

    async def _turn(
        self, index: int, turn: Mapping[str, Any], talk: Talk, asked: Any, deadline: float
    ) -> bool:
        """One request; False when the conversation cannot go on."""
        _turn.set((self._start, index))
        told.begin_turn()
        request = talk.request(asked)
        passed = heard.begin(watched=talk.is_built_in or self._hears)
        cpu, starved = time.process_time(), starved_ms()
        self._tell("turn_started", turn=index, user=turn["words"], request=request, at_ms=self.at_ms())
        end: Dict[str, Any]
        try:
            end, error = await _by(deadline, talk.ask(index, asked, request))
        except _LateError:
            end, error = {"end": "hung"}, None
        if error is not None:
            end = {"end": "raised", "raised": tracebacks.describe(error)}
        self._standing.look(self._start)
        more = talk.more(asked)
        self._tell(
            "turn_ended",
            turn=index,
            at_ms=self.at_ms(),
            cpu_ms=round((time.process_time() - cpu) * 1000, 3),
            starved_ms=starved_since(starved),
            passed=sorted(passed),
            **end,
            **more,
        )
        return bool(talk.goes_on(end["end"]))


class _LateError(Exception):
    """The deadline came before the end."""


async def _by(deadline: float, work: Awaitable[Any]) -> Tuple[Any, Optional[BaseException]]:
    """What the work gives, or what it raises. Raises _LateError where it had to be ended.

    It has a task of its own: whoever cancels that, or leaves it, ends this work and not the process. Work
    that does not let itself be ended is for the host, which ends the process.
    """
    task = asyncio.ensure_future(_caught(work))
    done, _ = await asyncio.wait({task}, timeout=max(deadline - time.monotonic(), 0.05))
    if not done:
        task.cancel()
        await asyncio.wait({task})
        raise _LateError
    return task.result()


async def _caught(work: Awaitable[Any]) -> Tuple[Any, Optional[BaseException]]:
    try:
        return await work, None
    except SystemExit:  # it ends the process, as it would end a server's
        raise
    except BaseException as error:
        return None, error


async def _settled(until: float) -> None:
    """Let work that the turns left behind go on: what it streams now, or begins, is for nobody."""
    left = {task for task in _others() if _is_work(task.get_coro())}
    if left:
        await asyncio.wait(left, timeout=max(until - time.monotonic(), 0))


def _is_work(doing: Any) -> bool:
    """Whether it does anything by itself: what packages leave waits for a queue that nobody fills."""
    frame = getattr(doing, "cr_frame", None)
    module = str(frame.f_globals.get("__name__")) if frame is not None else ""
    return bool(module) and module.partition(".")[0] not in _PACKAGES


def _others() -> Set["asyncio.Task[Any]"]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def _cancel_leftovers() -> int:
    """End what the server left running, so that it cannot reach into the next case; how much that was."""
    tasks = _others()
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=1)
    return len(tasks)
