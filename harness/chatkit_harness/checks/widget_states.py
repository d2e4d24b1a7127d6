"""The widgets of a transcript as a client holds them, event by event, and what was written for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from chatkit_harness.checks.items import SYNC_ACTION
from chatkit_harness.checks.reading import SentItem, events, mapping, widgets, words
from chatkit_harness.checks.widget_changes import grown, replaced
from chatkit_harness.contracts.dropped import differences
from chatkit_harness.contracts.places import at, name_of
from chatkit_harness.contracts.validate import too_deep
from chatkit_harness.core.transcript import Authored, Transcript

_ITEM_EVENTS = frozenset({"thread.item.added", "thread.item.done", "thread.item.replaced"})
_ALIKE = 0.5
_LOOKED_AT = 60
"""A widget streamed in hundreds of steps is compared with the last of them only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One widget after one event. `widget` is whatever was sent, an object or not.

    `whole` is False for a component whose widget is not known. `component` is what an update replaced
    in a widget that is; `streamed` marks words that were only appended, which need no judging. `where` is
    the widget's JSON path in the answer that it was found in, empty on the native path.
    """

    turn: int
    item: str
    event: str
    widget: Any
    whole: bool = True
    component: Mapping[str, Any] | None = None
    streamed: bool = False
    where: str = ""


ANSWER = "workflow.answer"
"""What stands for an event where a frontend found the widget in a workflow's answer."""


def sent_widgets(transcript: Transcript) -> Iterator[Sent]:
    """Every state of every widget that went out, in order."""
    held: dict[str, Any] = {}
    for turn in transcript.turns:
        for _, event in events(turn):
            for sent in _of_event(turn.index, event, held):
                if sent.whole and sent.item:
                    held[sent.item] = sent.widget
                yield sent
        if turn.request.get("type") == SYNC_ACTION:
            item = mapping(mapping(turn.response).get("updated_item"))
            event = {"type": "thread.item.replaced", "item": item}
            yield from _of_event(turn.index, event, held)
        if turn.message is not None:
            yield from map(partial(_of_answer, turn.index), widgets(turn))


def _of_answer(turn: int, item: SentItem) -> Sent:
    where = words(item.document.get("where"))
    return Sent(turn=turn, item=item.id, event=ANSWER, widget=item.document.get("widget"), where=where)


def _of_event(turn: int, event: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[Sent]:
    kind = words(event.get("type"))
    item = mapping(event.get("item"))
    if kind in _ITEM_EVENTS and item.get("type") == "widget":
        yield Sent(turn=turn, item=words(item.get("id")), event=kind, widget=item.get("widget"))
    elif kind == "thread.item.updated":
        update = mapping(event.get("update"))
        yield from _of_update(turn, words(event.get("item_id")), update, held)


def _of_update(turn: int, item: str, update: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[Sent]:
    kind = words(update.get("type"))
    identity, widget = words(update.get("component_id")), held.get(item)
    if kind == "widget.root.updated":
        yield Sent(turn=turn, item=item, event=kind, widget=update.get("widget"))
    elif kind == "widget.component.updated":
        component = update.get("component")
        if isinstance(component, dict) and _has(widget, identity):
            whole = replaced(widget, identity, component)
            yield Sent(turn=turn, item=item, event=kind, widget=whole, component=component)
        else:
            yield Sent(turn=turn, item=item, event=kind, widget=component, whole=False)
    elif kind == "widget.streaming_text.value_delta" and _has(widget, identity):
        more = grown(widget, identity, words(update.get("delta")))
        yield Sent(turn=turn, item=item, event=kind, widget=more, streamed=True)


def _has(widget: Any, identity: str) -> bool:
    return bool(identity) and isinstance(widget, dict) and not too_deep(widget)


def pairs(transcript: Transcript, sent: list[Sent]) -> Iterator[tuple[Authored, Sent | None]]:
    """Each widget as written with what it became: the state nearest to it, in the same turn.

    None where nothing like it went out. What a state equals is settled first: a widget that went out
    as another was written is no partner for one that did not go out at all.
    """
    written = [each for each in transcript.authored if not too_deep(each.widget)]
    exact = {number: _equal(each, sent) for number, each in enumerate(written)}
    settled = {state.item for state in exact.values() if state is not None}
    for number, each in enumerate(written):
        others = [state for state in _of_turn(each, sent) if state.item not in settled]
        yield each, exact[number] or _nearest(each, others[-_LOOKED_AT:])


def _of_turn(written: Authored, sent: list[Sent]) -> list[Sent]:
    return [
        each
        for each in sent
        if each.whole and written.turn in (None, each.turn) and not too_deep(each.widget)
    ]


def _equal(written: Authored, sent: list[Sent]) -> Sent | None:
    for each in _of_turn(written, sent):
        if next(differences(written.widget, each.widget), None) is None:
            return each
    return None


def _nearest(written: Authored, sent: list[Sent]) -> Sent | None:
    best = max(sent, key=lambda each: _likeness(written.widget, each.widget), default=None)
    return best if best is not None and _likeness(written.widget, best.widget) >= _ALIKE else None


def _likeness(written: Mapping[str, Any], sent: Any) -> float:
    """The part of what was written that is found again; none in a widget of another type."""
    if not isinstance(sent, Mapping) or name_of(written) != name_of(sent):
        return 0.0
    lost = sum(_size(at(written, path)) for path, _, _ in differences(written, sent))
    return 1 - lost / _size(written)


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(_size(each) for each in value.values())
    return sum(_size(each) for each in value) if isinstance(value, list) else 1
