"""Store: what was shown is stored as it was, once, under an id of its own, and other releases can read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

from . import store_left, store_order, store_read, store_shown
from .held import answered_calls, held_items, is_pending

_OWN = ("id", "thread_id", "created_at")
"""What tells two items apart that say the same."""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What is missing from the store, stands there twice or otherwise than it was shown, or shares its id."""
    del scenario
    yield from _reused(transcript)
    stored = transcript.stored
    if stored is None or stored.raised is not None:
        return
    if not all(isinstance(item.get("id"), str) for item in stored.items):
        return  # which is for the schema of items: without ids nobody can tell one from another
    ids = Counter(str(item.get("id")) for item in stored.items)
    for name, times in ids.items():
        if times > 1:
            kind = next(_kind(item) for item in stored.items if str(item.get("id")) == name)
            yield _finding("duplicate-id", kind, f"{times} stored items have the same id ({kind})", name)
    streamed = _streamed(transcript)
    if any(turn.end in ("hung", "cut") for turn in transcript.turns):
        return
    left = {str(item.get("id")) for item in held_items(transcript.turns)}
    for name, item in streamed.items():
        if name not in ids and name in left and not _given_up(item, transcript):
            kind = _kind(item)
            yield _finding("lost", kind, f"an item that was streamed as done is not stored ({kind})", name)
    twice = list(_twice(stored.items, streamed))
    yield from twice
    yield from store_shown.check(transcript, stored.items, streamed)
    known = {str(each.evidence["item"]) for each in twice}
    yield from store_order.check(transcript, [item for item in stored.items if str(item["id"]) not in known])
    yield from store_left.check(transcript, stored.items)
    yield from store_read.check(transcript)


def _given_up(item: Mapping[str, Any], transcript: Transcript) -> bool:
    """Whether it is a call of the client that was never answered: chatkit drops it when the user goes on."""
    if not is_pending(item) or str(item.get("id")) in answered_calls(transcript.turns):
        return False
    brought = [turn.index for turn in transcript.turns for event in turn.events if _brings(event.data, item)]
    return any(turn.index > max(brought, default=0) for turn in transcript.turns)


def _brings(event: Mapping[str, Any] | None, item: Mapping[str, Any]) -> bool:
    return bool(event) and event is not None and event.get("item") == item


def _reused(transcript: Transcript) -> Iterator[Finding]:
    """New items under the id of one that an earlier turn brought: a client shows one of them.

    Within a turn that is for widgets to say (`widgets/duplicate-id`), else for what is done twice.
    """
    done: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for turn in transcript.turns:
        for event in turn.events:
            data = event.data or {}
            item = data.get("item")
            if not isinstance(item, Mapping) or not isinstance(item.get("id"), str):
                continue
            before = done.get(item["id"])
            if before is not None and _is_another(turn.index, data, *before):
                kind, began = _kind(item), before[0] + 1
                where = f"turn {turn.index + 1}: an item comes under the id of one of turn {began} ({kind})"
                if turn.index == before[0]:
                    where = f"turn {began}: two items come under one id ({kind})"
                yield _finding("reused-id", kind, where, item["id"], turn=turn.index)
                done.pop(item["id"])  # once is enough
            elif data.get("type") == "thread.item.done":
                done[item["id"]] = (turn.index, item)


def _is_another(turn: int, event: Mapping[str, Any], began: int, before: Mapping[str, Any]) -> bool:
    item = event["item"]
    if event.get("type") not in ("thread.item.added", "thread.item.done"):
        return False
    if {item.get("type"), before.get("type")} == {"widget"} and item.get("widget") != before.get("widget"):
        return False
    if _content(item) == _content(before):
        # The same once more, or a later answer that happens to be in the same words.
        return turn > began and item.get("created_at") != before.get("created_at")
    return turn > began or event["type"] == "thread.item.done"


def _twice(
    items: tuple[Mapping[str, Any], ...], streamed: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    """What says the same as a streamed item, and was never streamed itself."""
    said = {_content(item) for item in streamed.values()}
    for item in items:
        name, kind = str(item.get("id")), _kind(item)
        if name not in streamed and _content(item) in said:
            yield _finding("twice", kind, f"an item is stored a second time, under another id ({kind})", name)


def _streamed(transcript: Transcript) -> dict[str, Mapping[str, Any]]:
    """By id the items that the streams left in place: done, or replaced, and not taken back."""
    left: dict[str, Mapping[str, Any]] = {}
    for turn in transcript.turns:
        for event in turn.events:
            data = event.data or {}
            item = data.get("item")
            if data.get("type") in ("thread.item.done", "thread.item.replaced") and isinstance(item, Mapping):
                if isinstance(item.get("id"), str):
                    left[item["id"]] = item
            elif data.get("type") == "thread.item.removed":
                left.pop(str(data.get("item_id")), None)
    return left


def _content(item: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in item.items() if name not in _OWN and value is not None}
    return json.dumps(shown, sort_keys=True, default=str)


def _kind(item: Mapping[str, Any]) -> str:
    return str(item.get("type", "item"))


def _finding(what: str, kind: str, message: str, item: str, turn: int | None = None) -> Finding:
    return Finding(
        rule=f"store/{what}",
        severity="error",
        key=f"store/{what} {kind}",
        message=message,
        evidence={"turn": turn, "type": kind, "item": item},
    )
