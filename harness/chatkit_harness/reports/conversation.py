"""What a user would have seen of a transcript, turn by turn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.reports.text import clean

_LONGEST = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One turn: the user's words, what came back in the order it came, and how it ended."""

    words: str
    texts: tuple[str, ...]
    widgets: tuple[str, ...]
    others: tuple[str, ...]
    end: str
    ms: float
    events: int


def conversation(transcript: Transcript) -> list[Shown]:
    """The turns of a transcript as a person would tell them."""
    return [_shown(turn) for turn in transcript.turns]


def said_otherwise(transcript: Transcript) -> list[str]:
    """What each request to the model says otherwise than the one that answers it, without its mattering."""
    told = []
    for number, exchange in enumerate(transcript.exchanges, start=1):
        told += [clean(f"request {number}: {each}") for each in exchange.noted]
    return told


def cassette_label(transcript: Transcript) -> str:
    """Whose words the model's were: a recording's, or a script's, which no model ever said."""
    facts = transcript.cassette
    if facts is None:
        return "no cassette"
    name = clean(facts.name)
    if facts.origin == "recording":
        of = f" of {clean(facts.model)}" if facts.model else ""
        when = f" on {clean(facts.recorded)}" if facts.recorded else ""
        return f"{name}: recorded{of}{when}{', expired' if facts.expired else ''}"
    return f"{name}: scripted, not a recording of the model"


def is_scripted(transcript: Transcript) -> bool:
    """Whether the model's words were written by somebody, so that nothing of them was ever recorded."""
    return transcript.cassette is not None and transcript.cassette.origin == "script"


def indented(document: Any) -> str:
    """A document as indented JSON, cut where it is endless."""
    text = clean(json.dumps(document, indent=2, ensure_ascii=False, default=repr))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text) - _LONGEST} more characters)"


def _shown(turn: Turn) -> Shown:
    items: dict[str, Mapping[str, Any]] = {}
    others = []
    for n, data in enumerate(event.data for event in turn.events if event.data is not None):
        if data.get("type") in ("thread.item.done", "thread.item.replaced"):
            item = _mapping(data.get("item"))
            items[str(item.get("id") or n)] = item
        elif data.get("type") == "error":
            said = data.get("message") or data.get("code") or "no message"
            others.append(f"error event: {clean(said)}")
    if turn.response is not None:
        others.append(f"response: {indented(turn.response)}")
    if turn.raised is not None:
        others.append(f"raised {clean(turn.raised.type)}: {clean(turn.raised.message)}")
    return Shown(
        words=clean(turn.user),
        texts=tuple(text for item in items.values() for text in _texts(item)),
        widgets=tuple(indented(i.get("widget")) for i in items.values() if i.get("type") == "widget"),
        others=(*(line for item in items.values() for line in _other(item)), *others),
        end=turn.end,
        ms=turn.ended_at_ms - turn.sent_at_ms,
        events=len(turn.events),
    )


def _texts(item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("type") == "assistant_message":
        content = item.get("content")
        for part in content if isinstance(content, list) else ():
            text = _mapping(part).get("text")
            if text:
                yield clean(text)


def _other(item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("type") == "client_tool_call":
        arguments = json.dumps(item.get("arguments"), ensure_ascii=False, default=repr)
        yield clean(f"asks the client to run {item.get('name')}({arguments})")
    elif item.get("type") not in ("assistant_message", "user_message", "widget"):
        yield clean(f"item: {item.get('type')}")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
