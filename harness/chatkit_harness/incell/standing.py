"""Tasks of agents that nobody ends: they stand when a conversation is over, or are destroyed as garbage.

A task that stands holds its run, the run's context and all that hangs on it. Where nothing but itself still
refers to it, that lasts until garbage is collected: asyncio then logs that it was destroyed. Which of the two
it is must not depend on when that happens by itself, so both are heard, and garbage is collected before the
tasks are counted.
"""

from __future__ import annotations

import asyncio
import gc
from contextvars import Context, ContextVar
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from . import tracebacks
from .starving import wait_awake

_PACKAGE = "agents"
_SERVE_ON = frozenset({"agents.mcp", "agents.realtime", "agents.voice"})
"""What works for a server and not for a turn, such as what keeps the line to a tool server."""

_GRACE_S = 0.06
_ROUNDS = 4
"""A run that ends by itself does so in a few rounds of the event loop."""

Mark = ContextVar[Optional[Tuple[float, int]]]
"""The case and the turn that a task works for, in the task's own context."""


class Standing:
    """Listens on the event loop at hand for tasks that are destroyed, and counts those that are left."""

    def __init__(self, mark: Mark) -> None:
        self._mark = mark
        self._destroyed: List[Tuple[Tuple[float, int], Dict[str, Any]]] = []
        self._seen: Dict[int, Dict[str, Any]] = {}

    def listen(self) -> None:
        """From now on hear of tasks that are destroyed; what is said of them is said as ever."""
        loop = asyncio.get_running_loop()
        if loop.get_exception_handler() is None:
            loop.set_exception_handler(self._heard)

    def look(self, case: float) -> None:
        """Keep where the tasks of a case wait by now: of one that is destroyed that may be all that is known.

        Its own frames may be gone before it is told of, and nobody may hold the task itself until then.
        """
        self._seen = {id(task): _told(task, turn, collected=True) for task, turn in self._pending(case)}

    async def of_case(self, case: float) -> List[Dict[str, Any]]:
        """The tasks of a case that are left after a moment, in the order in which they were begun."""
        for round_ in range(_ROUNDS):
            self.look(case)
            if not self._seen:
                break
            if round_ == 1:  # what ends by itself has had the time to let go of more
                gc.collect()
            await wait_awake(_GRACE_S / _ROUNDS)
        gone = [told for began, told in self._destroyed if began[0] == case]
        self._destroyed, self._seen = [], {}
        left = [_told(task, turn, collected=False) for task, turn in self._pending(case)]
        return sorted(gone + left, key=lambda each: (each["turn"], each.pop("number")))

    def _pending(self, case: float) -> List[Tuple[Any, int]]:
        """Pending tasks that turns of the case began; nobody may hold them while garbage is collected."""
        found = ((task, self._began(task)) for task in asyncio.all_tasks() if _is_of_agents(task))
        return [(task, began[1]) for task, began in found if began is not None and began[0] == case]

    def _heard(self, loop: asyncio.AbstractEventLoop, context: Dict[str, Any]) -> None:
        try:
            self._note(context)
        finally:
            loop.default_exception_handler(context)

    def _note(self, context: Mapping[str, Any]) -> None:
        """A task is about to be destroyed: what tells of one says so by bringing it, and by no exception."""
        task = context.get("task")
        began = self._began(task) if task is not None and "exception" not in context else None
        if began is None:
            return
        if _is_of_agents(task):
            self._destroyed.append((began, _told(task, began[1], collected=True)))
        elif id(task) in self._seen:
            self._destroyed.append((began, self._seen[id(task)]))

    def _began(self, task: Any) -> Optional[Tuple[float, int]]:
        """By whom it was begun; before Python 3.12 only the garbage collector shows a task's context."""
        if hasattr(task, "get_context"):
            return task.get_context().get(self._mark)  # type: ignore[no-any-return]
        contexts = (each for each in gc.get_referents(task) if isinstance(each, Context))
        return next((each[self._mark] for each in contexts if self._mark in each), None)


def _is_of_agents(task: Any) -> bool:
    """Whether the function that the task runs stands in agents, and works for a turn."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    module = str(frame.f_globals.get("__name__")) if frame is not None else ""
    return module.partition(".")[0] == _PACKAGE and ".".join(module.split(".")[:2]) not in _SERVE_ON


def _told(task: Any, turn: int, *, collected: bool) -> Dict[str, Any]:
    doing = task.get_coro()
    name = getattr(doing, "__qualname__", type(doing).__name__)
    place = {"turn": turn, "task": name, "collected": collected, "frames": list(_frames(doing))}
    return {**place, "number": _number(task)}


def _number(task: Any) -> int:
    """The how manieth task it is: by default its name says so."""
    number = str(task.get_name()).rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _frames(doing: Any) -> Iterator[Dict[str, Any]]:
    """Where it waits, outermost first: each function's line, and what that waits for."""
    seen: Set[int] = set()
    while doing is not None and id(doing) not in seen and len(seen) < tracebacks.FRAME_LIMIT:
        seen.add(id(doing))
        frame = _first(doing, "cr_frame", "gi_frame", "ag_frame")
        if frame is not None:
            yield tracebacks.place(frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno)
        doing = _first(doing, "cr_await", "gi_yieldfrom", "ag_await")


def _first(of: Any, *names: str) -> Optional[Any]:
    return next((found for found in (getattr(of, name, None) for name in names) if found is not None), None)
