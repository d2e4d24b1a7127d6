"""What comes through the agents package while a turn is answered, by kind.

An application that listens to agents' stream hears the events of the model's API, and the items of the run.
The former are noted where agents takes them over from the openai package, whatever becomes of the run.
The latter are noted where the application gets them: what a release makes and then keeps to itself does not
count. What is handed out otherwise (approvals that are waited for, items of a run that is not streamed) is
noted in the run's result. The items that chatkit keeps from every client are noted where they are made, for
the wire says nothing of them.
"""

from __future__ import annotations

import asyncio
import functools
import sys
import weakref
from contextvars import ContextVar
from typing import Any, Callable, Iterator, Optional, Set

_now: ContextVar[Optional[Set[str]]] = ContextVar("heard", default=None)
_wrapped: Set[type] = set()


def begin(*, watched: bool) -> Set[str]:
    """The kinds that are heard from here on, by whatever this task starts; it fills by itself.

    It stays empty where it is not `watched`: of a user's own server nothing is noted, and no class wrapped,
    unless a scenario asks for it.
    """
    kinds: Set[str] = set()
    if watched:
        _wrap()
        _now.set(kinds)
    return kinds


def _wrap() -> None:
    """Listen to each class of the release at hand, once a process."""
    events: Any = sys.modules.get("agents.stream_events")
    result: Any = sys.modules.get("agents.result")
    if events is not None and result is not None:
        _on_made(events.RawResponsesStreamEvent, lambda made: _of_model(made.data))
        _on_streamed(result.RunResultStreaming)
        _on_made(result.RunResult, _of_result)
    hidden: Any = sys.modules.get("chatkit.types")
    for name in ("HiddenContextItem", "SDKHiddenContextItem"):
        if hasattr(hidden, name):  # the latter came with chatkit 1.4.0
            _on_made(getattr(hidden, name), lambda made: iter((f"chatkit.item/{made.type}",)))


class _Overheard(asyncio.Queue[Any]):
    """The queue from which a run's stream is handed out.

    Nothing but the queue's own look at what it holds is added: another frame around the stream would change
    when it is collected, and so what becomes of a run that somebody has gone away from.
    """

    run: Callable[[], Any]

    def _get(self) -> Any:
        event: Any = super()._get()
        _note(_of_event(event) if hasattr(event, "type") else _of_result(self.run()))  # last comes a sentinel
        return event


def _on_streamed(cls: Any) -> None:
    """Listen at the queue of each run that is streamed from here on."""
    if cls in _wrapped:
        return
    _wrapped.add(cls)
    made_by, cancelled_by = cls.__init__, cls.cancel

    @functools.wraps(made_by)
    def init(self: Any, *given: Any, **named: Any) -> None:
        made_by(self, *given, **named)
        queue: Any = getattr(self, "_event_queue", None)
        if type(queue) is asyncio.Queue:
            heard: Any = queue
            heard.__class__, heard.run = _Overheard, weakref.ref(self)

    @functools.wraps(cancelled_by)
    def cancel(self: Any, *given: Any, **named: Any) -> Any:
        before = _now.set(None)  # it throws away what nobody has got
        try:
            return cancelled_by(self, *given, **named)
        finally:
            _now.reset(before)

    cls.__init__, cls.cancel = init, cancel


def _on_made(cls: Any, kinds_of: Callable[[Any], Iterator[str]]) -> None:
    if cls in _wrapped:
        return
    _wrapped.add(cls)
    made_by = cls.__init__

    @functools.wraps(made_by)
    def init(self: Any, *given: Any, **named: Any) -> None:
        made_by(self, *given, **named)
        _note(kinds_of(self))

    cls.__init__ = init


def _note(kinds: Iterator[str]) -> None:
    heard = _now.get()
    if heard is not None:
        heard.update(kinds)


def _of_event(event: Any) -> Iterator[str]:
    """The event's own kind, and that of the run's item in it."""
    yield f"agents.event/{getattr(event, 'name', event.type)}"
    if hasattr(event, "item"):
        yield f"agents.item/{type(event.item).__name__}"


def _of_result(run: Any) -> Iterator[str]:
    """The items that a run has when it ends, and those that wait for somebody's word."""
    for item in (*getattr(run, "new_items", ()), *getattr(run, "interruptions", ())):
        yield f"agents.item/{type(item).__name__}"


def _of_model(data: Any) -> Iterator[str]:
    """The event's own kind, and that of what it brings: an item, a part of a message, an annotation."""
    yield f"openai.event/{_type(data)}"
    for field, space in (("item", "item"), ("part", "content"), ("annotation", "annotation")):
        brought = getattr(data, field, None)
        if brought is not None:
            yield f"openai.{space}/{_type(brought)}"


def _type(value: Any) -> str:
    found = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return str(found)
