"""One lie for each scenario: a transcript that is as it was driven, but for one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chatkit_harness.checks.kinds import kinds_of_event
from chatkit_harness.core.transcript import Event, Transcript, Turn

Break = Callable[[Transcript], Transcript]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liar:
    """What is changed, and the rule of the finding that this must lead to."""

    breaks: Break
    rule: str


def liar(rule: str, *breaks: Break) -> Liar:
    """A liar by the rule that finds it, and what it does, one after the other."""

    def all_of_them(held: Transcript) -> Transcript:
        for each in breaks:
            held = each(held)
        return held

    return Liar(breaks=all_of_them, rule=rule)


def in_turns(change: Callable[[Turn], Turn], *, turn: int | None = None) -> Break:
    """Changes each turn, or the one with that number (from 0)."""

    def broken(held: Transcript) -> Transcript:
        turns = (change(each) if turn in (None, each.index) else each for each in held.turns)
        return replace(held, turns=tuple(turns))

    return broken


def events(
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None], *, turn: int | None = None
) -> Break:
    """Changes the data of each event; None leaves the event out."""

    def changed(each: Turn) -> Turn:
        found = [(event, change(event.data) if event.data is not None else None) for event in each.events]
        kept = [Event(at_ms=event.at_ms, data=data) for event, data in found if data is not None]
        return replace(each, events=tuple(kept))

    return in_turns(changed, turn=turn)


def without(*kinds: str, turn: int | None = None) -> Break:
    """Nothing of these kinds came: neither on the wire nor through agents nor as a request."""

    def changed(each: Turn) -> Turn:
        events = (event for event in each.events if not set(kinds) & set(kinds_of_event(event.data or {})))
        passed = tuple(kind for kind in each.passed if kind not in kinds)
        return replace(each, events=tuple(events), passed=passed)

    return in_turns(changed, turn=turn)


def coming_last(kind: str) -> Break:
    """What is of this kind came behind everything else of its turn."""

    def changed(each: Turn) -> Turn:
        late = [event for event in each.events if kind in kinds_of_event(event.data or {})]
        assert late, f"no {kind} came"
        return replace(each, events=(*(event for event in each.events if event not in late), *late))

    return in_turns(changed)


def saying(old: str, new: str, *, turn: int | None = None) -> Break:
    """Other words, wherever they stand in what was sent; `old` must be there."""

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, Mapping):
            return {key: changed(each) for key, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else value

    def broken(held: Transcript) -> Transcript:
        told = events(changed, turn=turn)(held)
        assert told != held, f"nobody says {old!r}"
        return told

    return broken


def storing(change: Callable[[tuple[Mapping[str, Any], ...]], tuple[Mapping[str, Any], ...]]) -> Break:
    """Other items in the store."""

    def broken(held: Transcript) -> Transcript:
        assert held.stored is not None
        return replace(held, stored=replace(held.stored, items=tuple(change(held.stored.items))))

    return broken


def forgetting(kind: str) -> Break:
    """The store lost the items of a type."""
    return storing(lambda items: tuple(each for each in items if each.get("type") != kind))


def answering(change: Callable[[Any], Any], *, turn: int | None = None) -> Break:
    """Another answer where that is no stream."""
    return in_turns(lambda each: replace(each, response=change(each.response)), turn=turn)


def silent(turn: int | None = None) -> Break:
    """Nothing came at all."""
    return in_turns(lambda each: replace(each, events=()), turn=turn)


def unheard(tool: str) -> Break:
    """The model is never told what a tool gave: its outputs are in no request."""

    def told(request: Mapping[str, Any]) -> Mapping[str, Any]:
        entries = [*request.get("input", ()), *request.get("messages", ())]
        calls = [(each.get("call_id"), each.get("name")) for each in entries]
        asked = (call for each in entries for call in each.get("tool_calls") or ())
        calls += [(call["id"], call["function"]["name"]) for call in asked]
        gone = {identity for identity, name in calls if name == tool}
        kept = {
            key: [each for each in request[key] if not _is_output(each, gone)]
            for key in ("input", "messages")
            if key in request
        }
        return {**request, **kept}

    def broken(held: Transcript) -> Transcript:
        made = tuple(replace(each, request=told(each.request)) for each in held.exchanges)
        assert made != held.exchanges, f"nobody is told what {tool} gave"
        return replace(held, exchanges=made)

    return broken


def _is_output(entry: Mapping[str, Any], calls: set[Any]) -> bool:
    answers = entry.get("type") == "function_call_output" or entry.get("role") == "tool"
    return answers and entry.get("call_id", entry.get("tool_call_id")) in calls


def unlogged(held: Transcript) -> Transcript:
    """Nothing was logged."""
    return replace(held, log=())


def answering_after_all(text: str) -> Break:
    """The assistant says something at the end of the first turn, beside the one item of the user."""
    part = {"type": "output_text", "text": text, "annotations": []}

    def broken(held: Transcript) -> Transcript:
        assert held.stored is not None
        (asked,) = held.stored.items
        common = {key: asked[key] for key in ("thread_id", "created_at")}
        item = {"type": "assistant_message", "id": "late", **common, "content": [part]}
        (turn,) = held.turns
        said = Event(at_ms=turn.ended_at_ms, data={"type": "thread.item.done", "item": item})
        stored = replace(held.stored, items=(asked, item))
        return replace(held, turns=(replace(turn, events=(*turn.events, said)),), stored=stored)

    return broken
