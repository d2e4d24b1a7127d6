"""A Responses API answer as the events that stream it, and back.

The order and the keys are those of recorded real streams: created, in_progress, then for each output
item added, its parts in deltas, done, and at the end completed, incomplete or failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.upstream.item_events import Event, deltas, item_events, pieces_of
from chatkit_harness.upstream.placed_events import with_placed

__all__ = ["Event", "deltas", "pieces_of", "response_of", "stream_response"]

_ENDS = {
    "completed": "response.completed",
    "incomplete": "response.incomplete",
    "failed": "response.failed",
    "cancelled": "response.failed",
}


def stream_response(
    response: Mapping[str, Any], placed: Sequence[Mapping[str, Any]] = (), *, piece: int | None = None
) -> list[Event]:
    """The events that stream a finished response; `sequence_number` counts from 0.

    `placed` are others among them (see `placed_events`). `piece` is how long the deltas of its messages are;
    words, where it is None.
    """
    events = with_placed(list(_events(response, piece)), placed)
    return [
        {"type": event.pop("type"), "sequence_number": number, **event} for number, event in enumerate(events)
    ]


def response_of(events: Iterator[Event] | list[Event]) -> dict[str, Any] | None:
    """The response that a stream ends in, put together from finished items where the end is missing."""
    begun: dict[str, Any] | None = None
    items: list[Any] = []
    for event in events:
        kind = event.get("type")
        if kind in _ENDS.values() and isinstance(event.get("response"), dict):
            return _with_items(event["response"], items)
        if kind == "response.created" and isinstance(event.get("response"), dict):
            begun = dict(event["response"])
        if kind == "response.output_item.done":
            items.append(event.get("item"))
    if begun is None:
        return None
    return {**begun, "status": "completed", "output": items}


def _with_items(response: Mapping[str, Any], items: list[Any]) -> dict[str, Any]:
    """Some recorded streams end in a response with an empty output: the items are then the stream's."""
    return dict(response) if response.get("output") else {**response, "output": items}


def _events(response: Mapping[str, Any], piece: int | None) -> Iterator[Event]:
    begun = {**response, "status": "in_progress", "output": [], "usage": None, "error": None}
    begun.update({"incomplete_details": None, "completed_at": None})
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(response.get("output") or ()):
        yield from item_events(item, index, piece)
    yield {"type": _ENDS.get(str(response.get("status")), "response.completed"), "response": dict(response)}
