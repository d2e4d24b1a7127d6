"""What comes through the agents package while a turn is answered, by kind.

An application that listens to agents' stream hears the events of the model's API, and the items of the run.
Both are noted where they are made, so that nothing stands between the one who sends and the one who reads.
So are the items that chatkit keeps from every client, of which the wire says nothing.
"""

from __future__ import annotations

import functools
import sys
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
    items: Any = sys.modules.get("agents.items")
    if events is None or items is None:
        return
    _on_made(events.RawResponsesStreamEvent, lambda made: _of_model(made.data))
    _on_made(events.RunItemStreamEvent, lambda made: iter((f"agents.event/{made.name}",)))
    _on_made(events.AgentUpdatedStreamEvent, lambda _made: iter(("agents.event/agent_updated_stream_event",)))
    for each in list(vars(items).values()):
        if isinstance(each, type) and issubclass(each, items.RunItemBase) and each is not items.RunItemBase:
            _on_made(each, lambda made: iter((f"agents.item/{type(made).__name__}",)))
    hidden: Any = sys.modules.get("chatkit.types")
    for name in ("HiddenContextItem", "SDKHiddenContextItem"):
        if hasattr(hidden, name):  # the latter came with chatkit 1.4.0
            _on_made(getattr(hidden, name), lambda made: iter((f"chatkit.item/{made.type}",)))


def _on_made(cls: Any, kinds_of: Callable[[Any], Iterator[str]]) -> None:
    if cls in _wrapped:
        return
    _wrapped.add(cls)
    made_by = cls.__init__

    @functools.wraps(made_by)
    def init(self: Any, *given: Any, **named: Any) -> None:
        made_by(self, *given, **named)
        heard = _now.get()
        if heard is not None:
            heard.update(kinds_of(self))

    cls.__init__ = init


def _of_model(data: Any) -> Iterator[str]:
    """The event's own kind, and that of what it brings: an item, a part of a message, an annotation."""
    yield "agents.event/raw_response_event"
    kind = _type(data)
    yield f"openai.event/{kind}"
    for field, space in (("item", "item"), ("part", "content"), ("annotation", "annotation")):
        brought = getattr(data, field, None)
        if brought is not None:
            yield f"openai.{space}/{_type(brought)}"


def _type(value: Any) -> str:
    found = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return str(found)
