"""A Chat Completions answer as the chunks that stream it, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chatkit_harness.upstream.responses_events import deltas, pieces_of

Event = dict[str, Any]


def stream_completion(
    completion: Mapping[str, Any], *, usage: bool = True, piece: int | None = None
) -> list[Event]:
    """The chunks that stream a finished completion; `usage` adds the last chunk that carries only that.

    `piece` is how long the deltas of its words are; words, where it is None.
    """
    base = {
        "id": completion.get("id"),
        "object": "chat.completion.chunk",
        "created": completion.get("created"),
        "model": completion.get("model"),
    }
    if completion.get("service_tier") is not None:
        base["service_tier"] = completion["service_tier"]
    events = []
    for choice in completion.get("choices") or ():
        index = choice.get("index", 0)
        parts = _deltas(choice.get("message") or {}, piece)
        events += [{**base, "choices": [_choice(index, part, None)]} for part in parts]
        events.append({**base, "choices": [_choice(index, {}, choice.get("finish_reason"))]})
    if usage:
        events.append({**base, "choices": [], "usage": completion.get("usage")})
    return events


def completion_of(events: Iterable[Mapping[str, Any]]) -> Event | None:
    """The completion that chunks add up to, None where there is no chunk."""
    first: Mapping[str, Any] | None = None
    message: Event = {"role": "assistant", "content": None}
    calls: dict[int, Event] = {}
    finish, usage = None, None
    for event in events:
        first = first or event
        usage = event.get("usage") or usage
        for choice in (event.get("choices") or ())[:1]:
            finish = choice.get("finish_reason") or finish
            _add(message, calls, choice.get("delta") or {})
    if first is None:
        return None
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish or "stop"}
    kept = {key: first.get(key) for key in ("id", "created", "model")}
    return {**kept, "object": "chat.completion", "choices": [choice], "usage": usage}


def _choice(index: int, delta: Mapping[str, Any], finish: str | None) -> Event:
    return {"index": index, "delta": dict(delta), "logprobs": None, "finish_reason": finish}


def _deltas(message: Mapping[str, Any], size: int | None) -> list[Event]:
    # Where no words come, or other things before them, there are none yet, and not empty ones: agents would
    # make a message of those.
    silent = message.get("tool_calls") and not message.get("content")
    words = None if silent or message.get("reasoning_content") else ""
    found: list[Event] = [{"role": "assistant", "content": words, "refusal": None}]
    found += [
        {"reasoning_content": piece} for piece in deltas(str(message.get("reasoning_content") or ""), size)
    ]
    found += [{"content": piece} for piece in deltas(str(message.get("content") or ""), size)]
    found += [{"refusal": piece} for piece in deltas(str(message.get("refusal") or ""), size)]
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = call.get("function") or {}
        head = {"name": function.get("name"), "arguments": ""}
        opening = {"index": index, "id": call.get("id"), "type": "function", "function": head}
        found.append({"tool_calls": [opening]})
        for piece in pieces_of(str(function.get("arguments") or "")):
            found.append({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    return found


def _add(message: Event, calls: dict[int, Event], delta: Mapping[str, Any]) -> None:
    for word in ("content", "refusal", "reasoning_content"):
        if delta.get(word):
            message[word] = (message.get(word) or "") + delta[word]
    for part in delta.get("tool_calls") or ():
        empty = {"id": None, "type": "function", "function": {"name": "", "arguments": ""}}
        call = calls.setdefault(part.get("index", 0), empty)
        function = part.get("function") or {}
        call["id"] = part.get("id") or call["id"]
        call["function"]["name"] = function.get("name") or call["function"]["name"]
        call["function"]["arguments"] += function.get("arguments") or ""
