"""Which agents a workflow ran, one after the other, and when: seen at `Runner`, which stays as it is."""

from __future__ import annotations

import contextlib
import contextvars
import functools
from typing import Any, Callable, Dict, Iterator, List, Optional

_PLAIN = (None, str)


class Stages:
    """The stages of one turn; times in milliseconds of the case."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: List[Dict[str, Any]] = []

    def begin(self, name: str, agent: Optional[str] = None, *, typed: bool = False) -> Dict[str, Any]:
        """A stage begins; `typed` is whether its agent answers in a form of its own."""
        stage = {"name": name, "agent": agent, "typed": typed, "at_ms": self._clock(), "ended_at_ms": None}
        self._seen.append(stage)
        return stage

    def end(self, stage: Dict[str, Any]) -> None:
        """It is over."""
        stage["ended_at_ms"] = self._clock()

    def told(self) -> List[Dict[str, Any]]:
        """The stages in order. A typed agent that another one follows classifies; all others answer.

        What has not ended was cut off, or streams: it lasts until the next one begins, or until now.
        """
        agents = [stage for stage in self._seen if stage["name"] == "agent"]
        told = []
        for number, stage in enumerate(self._seen):
            name = stage["name"]
            if name == "agent":
                name = "classify" if stage["typed"] and stage is not agents[-1] else "answer"
            following = self._seen[number + 1]["at_ms"] if number + 1 < len(self._seen) else self._clock()
            ended = following if stage["ended_at_ms"] is None else stage["ended_at_ms"]
            told.append(
                {"name": name, "agent": stage["agent"], "at_ms": stage["at_ms"], "ended_at_ms": ended}
            )
        return told


_current: "contextvars.ContextVar[Optional[Stages]]" = contextvars.ContextVar("stages", default=None)
_inside: "contextvars.ContextVar[bool]" = contextvars.ContextVar("inside", default=False)
_watching = False


def follow(stages: Optional[Stages]) -> None:
    """From now on, in this task, agents that run belong to these stages."""
    _watch()
    _current.set(stages)


def _watch() -> None:
    """Look over the shoulder of `Runner` and of the connecting of tool servers, once."""
    global _watching
    if _watching:
        return
    import agents

    runner: Any = agents.Runner
    ways = {"run": _around, "run_sync": _around_sync, "run_streamed": _streamed}
    # All of them before any is put in place: where one is missing, each case says so, and not only the first.
    watched: Dict[str, Any] = {
        name: classmethod(watch(getattr(runner, name).__func__)) for name, watch in ways.items()
    }
    for name, each in watched.items():
        setattr(runner, name, each)
    _watching = True
    try:
        from agents.mcp import server as servers
    except ImportError:  # a release without tool servers
        return
    kinds: List[Any] = [value for value in vars(servers).values() if isinstance(value, type)]
    for kind in kinds:
        if "connect" in vars(kind) and not _abstract(kind):
            kind.connect = _connecting(kind.connect)


def _abstract(value: Any) -> bool:
    return bool(getattr(value.connect, "__isabstractmethod__", False))


def _around(original: Any) -> Any:
    @functools.wraps(original)
    async def run(cls: Any, starting_agent: Any, *args: Any, **kwargs: Any) -> Any:
        with _stage_of(starting_agent):
            return await original(cls, starting_agent, *args, **kwargs)

    return run


def _around_sync(original: Any) -> Any:
    @functools.wraps(original)
    def run_sync(cls: Any, starting_agent: Any, *args: Any, **kwargs: Any) -> Any:
        with _stage_of(starting_agent):
            return original(cls, starting_agent, *args, **kwargs)

    return run_sync


@contextlib.contextmanager
def _stage_of(agent: Any) -> Iterator[None]:
    stages = _current.get()
    if stages is None or _inside.get():  # an agent used as a tool is part of the one that uses it
        yield
        return
    stage = stages.begin("agent", _name(agent), typed=_typed(agent))
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)
        stages.end(stage)


def _streamed(original: Any) -> Any:
    @functools.wraps(original)
    def run_streamed(cls: Any, starting_agent: Any, *args: Any, **kwargs: Any) -> Any:
        stages = _current.get()
        if stages is None or _inside.get():
            return original(cls, starting_agent, *args, **kwargs)
        stages.begin("agent", _name(starting_agent), typed=_typed(starting_agent))
        token = _inside.set(True)  # for the task that streams, which begins here
        try:
            return original(cls, starting_agent, *args, **kwargs)
        finally:
            _inside.reset(token)

    return run_streamed


def _connecting(original: Any) -> Any:
    @functools.wraps(original)
    async def connect(self: Any) -> Any:
        stages = _current.get()
        if stages is None:
            return await original(self)
        stage = stages.begin("connect", _name(self))
        try:
            return await original(self)
        finally:
            stages.end(stage)

    return connect


def _name(value: Any) -> Optional[str]:
    name = getattr(value, "name", None)
    return name[:200] if isinstance(name, str) else None


def _typed(agent: Any) -> bool:
    return getattr(agent, "output_type", None) not in _PLAIN
