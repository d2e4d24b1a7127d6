"""What the wire looks like, without what differs from run to run: kinds of events, and their properties."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chatkit_harness.core.transcript import Event, Turn

_CONTENT = re.compile(r"(^|\.)(widget|content|annotations)\b")
"""Where types are those of widgets and of what a message is made of; an event's own is its kind."""

Shape = Mapping[str, str]
"""Each property by its dotted path (`item.widget.children[].type`), with what stands there in JSON terms."""

_FREE = frozenset({"data", "payload", "metadata", "arguments", "result", "output"})
"""Properties of which the server's author says what is in them: their inside is no matter of the wire."""


_WHOLE = ("thread.item.done ", "thread.item.removed", "thread.item.replaced ", "client_effect")
TYPE = "type "
"""What a property called `type` holds is told to the letter, behind this: it says what all the rest is."""


def kind(event: Event) -> str:
    """An event as a client tells it from others: its type, and that of the item or update in it."""
    data = event.data
    if data is None:
        return "unreadable"
    name = str(data.get("type", "without a type"))
    for part in ("item", "update"):
        inside = data.get(part)
        if isinstance(inside, Mapping) and isinstance(inside.get("type"), str):
            return f"{name} {inside['type']}"
    return name


def kinds(turn: Turn) -> list[str]:
    """The kinds of a turn's events in order; a run of one kind, such as text in pieces, is told once."""
    found: list[str] = []
    for event in turn.events:
        name = kind(event)
        if not found or found[-1] != name:
            found.append(name)
    return found


def wholes(turn: Turn) -> Counter[str]:
    """How often each kind came that stands for one whole thing: an item that is done, a client effect.

    What comes in pieces (text as it is written, an item as it is begun) says nothing by its number.
    """
    return Counter(name for name in map(kind, turn.events) if name.startswith(_WHOLE))


def shapes(turn: Turn) -> Mapping[str, Shape]:
    """By kind, the properties that any event of it has in a turn."""
    found: dict[str, dict[str, str]] = {}
    for event in turn.events:
        if event.data is not None:
            _merge(found.setdefault(kind(event), {}), shape(event.data))
    return found


def shape(document: Any) -> Shape:
    """The properties of a document; None counts as absent, since chatkit leaves nulls out."""
    found: dict[str, str] = {}
    _merge(found, dict(_properties(document, "")))
    return found


def _merge(into: dict[str, str], more: Mapping[str, str]) -> None:
    for place, what in more.items():
        known = set(into[place].split(" or ")) if place in into else set()
        into[place] = " or ".join(sorted({*known, *what.split(" or ")}))


def _properties(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from _of_object(value, place)
    elif isinstance(value, list):
        yield place, "a list"
        yield from _of_list(value, f"{place}[]")
    elif value is not None:
        yield place, _scalar(value)


def _of_object(value: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    if place:
        yield place, "an object"
    for name, inside in value.items():
        below = f"{place}.{name}" if place else str(name)
        if name in _FREE and isinstance(inside, Mapping | list):
            yield below, "an object" if isinstance(inside, Mapping) else "a list"
        elif name == "type" and isinstance(inside, str) and _CONTENT.search(below):
            yield below, f"{TYPE}{inside}"
        else:
            yield from _properties(inside, below)


def _of_list(value: Iterable[Any], place: str) -> Iterator[tuple[str, str]]:
    for each in value:
        yield from _properties(each, place)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "text"
