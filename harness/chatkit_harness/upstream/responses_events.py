"""A Responses API answer as the events that stream it, and back.

The order and the keys are those of recorded real streams: created, in_progress, then for each output
item added, its parts in deltas, done, and at the end completed, incomplete or failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Event = dict[str, Any]

_WORDS = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")
_ENDS = {
    "completed": "response.completed",
    "incomplete": "response.incomplete",
    "failed": "response.failed",
    "cancelled": "response.failed",
}
_PROGRESS = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "mcp_list_tools": ("in_progress", "completed"),
}


def deltas(text: str) -> list[str]:
    """A text split on words, so that a stream of it really streams; joined they are the text."""
    return _WORDS.findall(text)


def pieces_of(text: str, size: int = 12) -> list[str]:
    """A text in pieces of equal length, as arguments are streamed."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def stream_response(response: Mapping[str, Any]) -> list[Event]:
    """The events that stream a finished response; `sequence_number` counts from 0."""
    events = list(_events(response))
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


def _events(response: Mapping[str, Any]) -> Iterator[Event]:
    begun = {**response, "status": "in_progress", "output": [], "usage": None, "error": None}
    begun.update({"incomplete_details": None, "completed_at": None})
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(response.get("output") or ()):
        yield from _item(item, index)
    yield {"type": _ENDS.get(str(response.get("status")), "response.completed"), "response": dict(response)}


def _item(item: Mapping[str, Any], index: int) -> Iterator[Event]:
    empty, inner = _FORMS.get(str(item.get("type")), (_as_it_is, _progress))
    yield {"type": "response.output_item.added", "output_index": index, "item": empty(item)}
    place = {"item_id": item.get("id"), "output_index": index}
    yield from inner(item, place)
    yield {"type": "response.output_item.done", "output_index": index, "item": dict(item)}


def _as_it_is(item: Mapping[str, Any]) -> Event:
    return {**item, "status": "in_progress"} if "status" in item else dict(item)


def _empty_message(item: Mapping[str, Any]) -> Event:
    return {**item, "status": "in_progress", "content": []}


def _empty_call(item: Mapping[str, Any]) -> Event:
    return {**item, "status": "in_progress", "arguments": ""}


def _empty_custom_call(item: Mapping[str, Any]) -> Event:
    return {**item, "input": ""}


def _empty_reasoning(item: Mapping[str, Any]) -> Event:
    return {**item, "summary": []}


def _message(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    for number, part in enumerate(item.get("content") or ()):
        where = {**place, "content_index": number}
        refusal = part.get("type") == "refusal"
        word, kind = ("refusal", "response.refusal") if refusal else ("text", "response.output_text")
        text = str(part.get(word) or "")
        more: Event = {} if refusal else {"logprobs": []}
        empty = {**part, word: ""} if refusal else {**part, word: "", "annotations": []}
        yield {"type": "response.content_part.added", **where, "part": empty}
        for delta in deltas(text):
            yield {"type": f"{kind}.delta", **where, "delta": delta, **more}
        for count, annotation in enumerate(part.get("annotations") or ()):
            yield {
                "type": "response.output_text.annotation.added",
                **where,
                "annotation_index": count,
                "annotation": annotation,
            }
        yield {"type": f"{kind}.done", **where, word: text, **more}
        yield {"type": "response.content_part.done", **where, "part": dict(part)}


def _call(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    arguments = str(item.get("arguments") or "")
    kind = (
        "response.mcp_call_arguments"
        if item.get("type") == "mcp_call"
        else "response.function_call_arguments"
    )
    for delta in pieces_of(arguments):
        yield {"type": f"{kind}.delta", **place, "delta": delta}
    named = {} if item.get("type") == "mcp_call" else {"name": item.get("name")}
    yield {"type": f"{kind}.done", **place, **named, "arguments": arguments}
    if item.get("type") == "mcp_call":
        end = "failed" if item.get("error") else "completed"
        yield {"type": f"response.mcp_call.{end}", **place}


def _custom_call(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    given = str(item.get("input") or "")
    for delta in deltas(given):
        yield {"type": "response.custom_tool_call_input.delta", **place, "delta": delta}
    yield {"type": "response.custom_tool_call_input.done", **place, "input": given}


def _reasoning(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    for number, part in enumerate(item.get("summary") or ()):
        where = {**place, "summary_index": number}
        text = str(part.get("text") or "")
        kind = "response.reasoning_summary"
        yield {"type": f"{kind}_part.added", **where, "part": {"type": "summary_text", "text": ""}}
        for delta in deltas(text):
            yield {"type": f"{kind}_text.delta", **where, "delta": delta}
        yield {"type": f"{kind}_text.done", **where, "text": text}
        yield {"type": f"{kind}_part.done", **where, "part": dict(part)}


def _progress(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    kind = str(item.get("type"))
    for step in _PROGRESS.get(kind, ()):
        if (kind, step) == ("code_interpreter_call", "interpreting"):
            yield from _code(item, place)
        yield {"type": f"response.{kind}.{step}", **place}


def _code(item: Mapping[str, Any], place: Event) -> Iterator[Event]:
    code = str(item.get("code") or "")
    for delta in deltas(code):
        yield {"type": "response.code_interpreter_call_code.delta", **place, "delta": delta}
    yield {"type": "response.code_interpreter_call_code.done", **place, "code": code}


_Empty = Callable[[Mapping[str, Any]], Event]
_Inner = Callable[[Mapping[str, Any], Event], Iterator[Event]]
_FORMS: dict[str, tuple[_Empty, _Inner]] = {
    "message": (_empty_message, _message),
    "function_call": (_empty_call, _call),
    "mcp_call": (_empty_call, _call),
    "custom_tool_call": (_empty_custom_call, _custom_call),
    "reasoning": (_empty_reasoning, _reasoning),
}
