"""Widgets: what the updates made of one, against what the server then sends as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.contracts.dropped import differences
from chatkit_harness.contracts.places import at, place, written
from chatkit_harness.contracts.validate import too_deep
from chatkit_harness.contracts.words import shown
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Transcript, Turn

from .held import updated
from .items import SYNC_ACTION
from .servers import is_built_in
from .shapes import mapping, words
from .text import difference
from .widget_ids import shown_components

_ADDED, _DONE = "thread.item.added", "thread.item.done"
_WHOLE = frozenset({_ADDED, _DONE, "thread.item.replaced"})
_DELTA, _ROOT = "widget.streaming_text.value_delta", "widget.root.updated"
_UPDATES = frozenset({_DELTA, _ROOT, "widget.component.updated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A widget as a client holds it.

    `due` is whether it has to be the finished one by then; `grown` are the ids of the components whose words
    came in pieces.
    """

    widget: Mapping[str, Any]
    due: bool = False
    grown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mismatch:
    """What a reader is told of one. `sure` where no server does such a thing on purpose."""

    item: str
    event: str
    name: str
    told: str
    evidence: Mapping[str, Any]
    sure: bool = False


def check(transcript: Transcript) -> Iterator[Finding]:
    """Updates that do not lead to the widget of the finished item, or to the next whole one.

    There is nothing to say of a widget that was never finished, and of those that were shown when an event
    came that nobody could read, or when a turn broke off: what a client holds then is not known. Nor of one
    of a user's own server that no update changed: it may be meant to come in two forms. The harness's own
    servers have every widget grow by updates, of which the only one may have been lost.

    A warning where a user's own server may have meant it: the finished widget has buttons that it had not
    while it grew, or another state of it takes words back. That the words which came piece by piece are not
    those of the finished widget is an error anywhere, as it is of a message.
    """
    twice = _added_twice(transcript)
    held: dict[str, _Held] = {}
    for turn in transcript.turns:
        for event in _events(turn):
            if event is None:
                held.clear()
                continue
            for each in _of_event(event, held, own=is_built_in(transcript)):
                if each.item not in twice:
                    yield _finding(transcript, turn, each)
        if turn.end != "done":
            held.clear()


def _events(turn: Turn) -> Iterator[Mapping[str, Any] | None]:
    """Its events, None for what was none. An item that a click is answered with replaces the old one."""
    for event in turn.events:
        yield None if event.data is None else mapping(event.data)
    if turn.request.get("type") == SYNC_ACTION:
        yield {"type": "thread.item.replaced", "item": mapping(turn.response).get("updated_item")}


def _added_twice(transcript: Transcript) -> frozenset[str]:
    """Ids of which nobody knows to which item an update belongs."""
    added = Counter(
        words(mapping(event.get("item")).get("id"))
        for turn in transcript.turns
        for event in _events(turn)
        if event is not None and event.get("type") == _ADDED
    )
    return frozenset(identity for identity, times in added.items() if times > 1 or not identity)


def _of_event(event: Mapping[str, Any], held: dict[str, _Held], *, own: bool) -> Iterator[_Mismatch]:
    kind, item = words(event.get("type")), mapping(event.get("item"))
    identity = words(item.get("id") or event.get("item_id"))
    before = held.get(identity)
    if kind == "thread.item.updated" and before is not None:
        update = mapping(event.get("update"))
        after = _after(before, update)
        if after is not None:
            yield from _other_words(identity, words(update.get("type")), before, after.widget)
        _hold(held, identity, after)
    elif kind in _WHOLE and item.get("type") == "widget":
        widget = _fit(item.get("widget"))
        if kind == _DONE and before is not None and before.due and widget is not None:
            yield from _otherwise(identity, before, widget)
        now = None if widget is None else _Held(widget=widget, due=own and kind == _ADDED)
        _hold(held, identity, now)
    elif kind == "thread.item.removed":
        _hold(held, identity, None)


def _fit(widget: Any) -> Mapping[str, Any] | None:
    """The widget, where it is one that can be judged."""
    return widget if isinstance(widget, Mapping) and not too_deep(widget) else None


def _hold(held: dict[str, _Held], identity: str, now: _Held | None) -> None:
    if now is None:
        held.pop(identity, None)
    else:
        held[identity] = now


def _after(before: _Held, update: Mapping[str, Any]) -> _Held | None:
    """The widget after one update; None where nobody can say what it is: after an update of a kind that is
    not known, or where it is no component, or nests too deep to be judged.
    """
    kind, component = words(update.get("type")), words(update.get("component_id"))
    widget = updated({"widget": before.widget}, update).get("widget")
    if kind not in _UPDATES or not isinstance(widget, Mapping) or (kind != _DELTA and too_deep(widget)):
        return None
    grown = tuple(each for each in before.grown if kind != _ROOT and each != component)
    return _Held(widget=widget, due=True, grown=(*grown, component) if kind == _DELTA else grown)


def _otherwise(item: str, before: _Held, finished: Mapping[str, Any]) -> Iterator[_Mismatch]:
    """Where the finished widget is another: in the words that came in pieces, or the first other place."""
    found = [*_other_words(item, _DONE, before, finished, whole=True)]
    yield from found
    if not found:
        yield from _other_place(item, before.widget, finished)


def _other_words(
    item: str, event: str, before: _Held, after: Mapping[str, Any], *, whole: bool = False
) -> Iterator[_Mismatch]:
    """Of each component whose words came in pieces: they are not those of the whole, nor its beginning.

    Once the widget is finished (`whole`) nothing may be missing at their end either.
    """
    was, now = _values(before.widget), _values(after)
    for identity in before.grown:
        if identity not in was or identity not in now:
            continue
        (_, streamed), (kind, kept) = was[identity], now[identity]
        if streamed == kept if whole else kept.startswith(streamed):
            continue
        told = (
            f"The words that were streamed into the {kind} {identity!r} of widget {item} are not those of "
            f"the {'finished' if whole else 'next whole'} one: {difference(streamed, kept)}."
        )
        evidence = {"component": kind, "prop": "value", "component_id": identity}
        yield _Mismatch(
            item=item,
            event=event,
            name=f"{kind}.value",
            told=told,
            evidence={**evidence, "streamed": streamed[:2000], "whole": kept[:2000]},
            sure=whole,
        )


def _values(widget: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The words of each component that has an id, with its type."""
    return {
        words(each.get("id")): (words(each.get("type")), words(each.get("value")))
        for each in shown_components(widget)
        if each.get("id")
    }


def _other_place(item: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[_Mismatch]:
    """The first place where the finished widget is otherwise; in it no words are awaited any more."""
    ways = ((now, was), (was, now))
    places = ((document, path) for document, other in ways for path, _, _ in differences(document, other))
    document, path = next((each for each in places if each[1][-1:] != ("streaming",)), (None, ()))
    if document is None:
        return
    here = place(document, path)
    name = f"{here.component}.{here.prop}" if here.prop else here.component
    streamed, kept = shown(at(was, path), 200), shown(at(now, path), 200)
    told = (
        f"What was shown of widget {item} until it was finished is not the finished one: {name} at "
        f"{written(path)} is {streamed} against {kept}."
    )
    evidence = {"component": here.component, "prop": here.prop or here.slot, "place": written(path)}
    yield _Mismatch(
        item=item,
        event=_DONE,
        name=name,
        told=told,
        evidence={**evidence, "streamed": streamed, "whole": kept},
    )


def _finding(transcript: Transcript, turn: Turn, found: _Mismatch) -> Finding:
    severity: Severity = "error" if found.sure or is_built_in(transcript) else "warning"
    where = {"item": found.item, "turn": turn.index, "event": found.event}
    return Finding(
        rule="widgets/delta-mismatch",
        severity=severity,
        key=f"widgets/delta-mismatch:{found.name}",
        message=found.told,
        evidence={**found.evidence, "reason": found.told, **where},
    )
