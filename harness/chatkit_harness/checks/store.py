"""Store: what was streamed as done is what is stored afterwards, once, and under an id of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

_OWN = ("id", "thread_id", "created_at")
"""What tells two items apart that say the same."""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What is missing from the store, stands there twice, or shares its id: where somebody could look."""
    del scenario
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
    for name, item in streamed.items():
        if name not in ids:
            kind = _kind(item)
            yield _finding("lost", kind, f"an item that was streamed as done is not stored ({kind})", name)
    yield from _twice(stored.items, streamed)


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


def _finding(what: str, kind: str, message: str, item: str) -> Finding:
    return Finding(
        rule=f"store/{what}",
        severity="error",
        key=f"store/{what} {kind}",
        message=message,
        evidence={"turn": None, "type": kind, "item": item},
    )
