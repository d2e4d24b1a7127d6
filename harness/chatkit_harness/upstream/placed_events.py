"""Events that a script puts into a stream besides those that its answer streams by itself.

events:
  - after: response.in_progress      # behind the first event of that type; `nth: 2` for another one
    event: {type: response.queued}   # or `after: 3`, behind so many events; 0 is the beginning
  - instead: response.completed      # in the place of that event, and nothing comes behind it
    event: {type: error, code: server_error, message: It broke.}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Event = dict[str, Any]


def with_placed(events: Sequence[Event], placed: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events with the others among them; of several at one place the first stays first.

    A response that such an event is about (`response.queued`) is the answer's own, as it begins.
    Raises ValueError for a place that the stream does not have.
    """
    begun = next((event["response"] for event in events if "response" in event), None)
    behind: dict[int, list[Event]] = {}
    end = len(events)
    for each in placed:
        place = _place(events, each)
        event = _whole(dict(each["event"]), begun)
        if "instead" in each:
            place, end = place - 1, min(end, place - 1)
        behind.setdefault(place, []).append(event)
    found = list(behind.get(0, ()))
    for count, event in enumerate(events[:end], 1):
        found += [event, *behind.get(count, ())]
    return found


def _place(events: Sequence[Event], wanted: Mapping[str, Any]) -> int:
    """How many events come before, the named one included."""
    at = wanted.get("after", wanted.get("instead"))
    if isinstance(at, int):
        return at
    places = [count for count, event in enumerate(events, 1) if event["type"] == at]
    number = int(wanted.get("nth", 1))
    if len(places) < number:
        kinds = ", ".join(dict.fromkeys(str(event["type"]) for event in events))
        raise ValueError(f"the answer streams {at} {len(places)} times, not {number}; it streams {kinds}")
    return places[number - 1]


def _whole(event: Event, begun: Mapping[str, Any] | None) -> Event:
    if event["type"] == "response.queued" and "response" not in event and begun is not None:
        event["response"] = {**begun, "status": "queued"}
    return event
