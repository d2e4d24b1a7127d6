"""What the Responses API streams for one output item between `output_item.added` and `output_item.done`.

Kinds, keys and order are those of the openai package's own event types, and of recorded streams where there
are any. An item of a kind that has no events of its own comes and is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Event = dict[str, Any]
Item = Mapping[str, Any]

_WORDS = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")
_PROGRESS = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
}
_NEVER_IN_PROGRESS = ("program_output", "apply_patch_call_output")


def deltas(text: str, size: int | None = None) -> list[str]:
    """A text split on words, so that a stream of it really streams, or by size; joined they are the text."""
    return _WORDS.findall(text) if size is None else pieces_of(text, size)


def pieces_of(text: str, size: int = 12) -> list[str]:
    """A text in pieces of equal length, as arguments are streamed."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def item_events(item: Item, index: int, piece: int | None = None) -> Iterator[Event]:
    """The events of an output item at a place of the output.

    `piece` is how long the deltas of a message are; words, where it is None.
    """
    begun, inner = _FORMS.get(str(item.get("type")), (_as_it_is, _progress))
    named = {"item_id": item["id"]} if "id" in item else {}
    place = {**named, "output_index": index}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun(item)}
    if item.get("type") == "message":
        yield from _message(item, place, piece)
    else:
        yield from inner(item, place)
    yield {"type": "response.output_item.done", "output_index": index, "item": dict(item)}


def _as_it_is(item: Item) -> Event:
    if "status" not in item or item.get("type") in _NEVER_IN_PROGRESS:
        return dict(item)
    return {**item, "status": "in_progress"}


def _empty(**fields: Any) -> Callable[[Item], Event]:
    """An item as it begins: without what is still to come; a field that it will not have is not made up."""

    def begun(item: Item) -> Event:
        return {**_as_it_is(item), **{name: value for name, value in fields.items() if name in item}}

    return begun


def _empty_message(item: Item) -> Event:
    return {**item, "status": "in_progress", "content": []}


def _empty_call(item: Item) -> Event:
    return {**item, "status": "in_progress", "arguments": ""}


def _empty_shell(item: Item) -> Event:
    return {**_as_it_is(item), "action": {**item.get("action", {}), "commands": []}}


def _message(item: Item, place: Event, piece: int | None) -> Iterator[Event]:
    for number, part in enumerate(item.get("content") or ()):
        where = {**place, "content_index": number}
        refusal = part.get("type") == "refusal"
        word, kind = ("refusal", "response.refusal") if refusal else ("text", "response.output_text")
        text = str(part.get(word) or "")
        more: Event = {} if refusal else {"logprobs": []}
        empty = {**part, word: ""} if refusal else {**part, word: "", "annotations": []}
        yield {"type": "response.content_part.added", **where, "part": empty}
        for delta in deltas(text, piece):
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


def _call(item: Item, place: Event) -> Iterator[Event]:
    arguments = str(item.get("arguments") or "")
    kind = "response.function_call_arguments"
    for delta in pieces_of(arguments):
        yield {"type": f"{kind}.delta", **place, "delta": delta}
    yield {"type": f"{kind}.done", **place, "name": item.get("name"), "arguments": arguments}


def _mcp_call(item: Item, place: Event) -> Iterator[Event]:
    arguments = str(item.get("arguments") or "")
    yield {"type": "response.mcp_call.in_progress", **place}
    for delta in pieces_of(arguments):
        yield {"type": "response.mcp_call_arguments.delta", **place, "delta": delta}
    yield {"type": "response.mcp_call_arguments.done", **place, "arguments": arguments}
    yield {"type": f"response.mcp_call.{_end(item)}", **place}


def _mcp_list_tools(item: Item, place: Event) -> Iterator[Event]:
    yield {"type": "response.mcp_list_tools.in_progress", **place}
    yield {"type": f"response.mcp_list_tools.{_end(item)}", **place}


def _end(item: Item) -> str:
    return "failed" if item.get("error") else "completed"


def _custom_call(item: Item, place: Event) -> Iterator[Event]:
    given = str(item.get("input") or "")
    for delta in deltas(given):
        yield {"type": "response.custom_tool_call_input.delta", **place, "delta": delta}
    yield {"type": "response.custom_tool_call_input.done", **place, "input": given}


def _reasoning(item: Item, place: Event) -> Iterator[Event]:
    """First the summary, part by part, then the reasoning itself, which only open models show."""
    for number, part in enumerate(item.get("summary") or ()):
        where = {**place, "summary_index": number}
        kind = "response.reasoning_summary"
        yield {"type": f"{kind}_part.added", **where, "part": {"type": "summary_text", "text": ""}}
        yield from _said(f"{kind}_text", part, where)
        yield {"type": f"{kind}_part.done", **where, "part": dict(part)}
    for number, part in enumerate(item.get("content") or ()):
        where = {**place, "content_index": number}
        yield {"type": "response.content_part.added", **where, "part": {**part, "text": ""}}
        yield from _said("response.reasoning_text", part, where)
        yield {"type": "response.content_part.done", **where, "part": dict(part)}


def _said(kind: str, part: Item, where: Event) -> Iterator[Event]:
    text = str(part.get("text") or "")
    for delta in deltas(text):
        yield {"type": f"{kind}.delta", **where, "delta": delta}
    yield {"type": f"{kind}.done", **where, "text": text}


def _progress(item: Item, place: Event) -> Iterator[Event]:
    kind = str(item.get("type"))
    for step in _PROGRESS.get(kind, ()):
        if (kind, step) == ("code_interpreter_call", "interpreting"):
            yield from _code(item, place)
        yield {"type": f"response.{kind}.{step}", **place}


def _code(item: Item, place: Event) -> Iterator[Event]:
    code = str(item.get("code") or "")
    for delta in deltas(code):
        yield {"type": "response.code_interpreter_call_code.delta", **place, "delta": delta}
    yield {"type": "response.code_interpreter_call_code.done", **place, "code": code}


def _shell_call(item: Item, place: Event) -> Iterator[Event]:
    """The only events of an item that do not name it."""
    for number, command in enumerate((item.get("action") or {}).get("commands") or ()):
        where = {"output_index": place["output_index"], "command_index": number}
        yield {"type": "response.shell_call_command.added", **where, "command": ""}
        for delta in deltas(str(command)):
            yield {"type": "response.shell_call_command.delta", **where, "delta": delta}
        yield {"type": "response.shell_call_command.done", **where, "command": command}


def _shell_output(item: Item, place: Event) -> Iterator[Event]:
    for number, told in enumerate(item.get("output") or ()):
        where = {**place, "command_index": number}
        for stream in ("stdout", "stderr"):
            for delta in deltas(str(told.get(stream) or "")):
                yield {"type": "response.shell_call_output_content.delta", **where, "delta": {stream: delta}}
        yield {"type": "response.shell_call_output_content.done", **where, "output": [dict(told)]}


def _compaction(item: Item, place: Event) -> Iterator[Event]:
    del item
    yield {"type": "response.compaction.compacting", **place}


_FORMS: dict[str, tuple[Callable[[Item], Event], Callable[[Item, Event], Iterator[Event]]]] = {
    "message": (_empty_message, _progress),
    "function_call": (_empty_call, _call),
    "mcp_call": (_empty_call, _mcp_call),
    "mcp_list_tools": (_empty(tools=[]), _mcp_list_tools),
    "custom_tool_call": (_empty(input=""), _custom_call),
    "reasoning": (_empty(summary=[], content=[]), _reasoning),
    "image_generation_call": (_empty(result=None), _progress),
    "file_search_call": (_empty(queries=[], results=None), _progress),
    "code_interpreter_call": (_empty(code="", outputs=[]), _progress),
    "shell_call": (_empty_shell, _shell_call),
    "shell_call_output": (_empty(output=[]), _shell_output),
    "compaction": (_as_it_is, _compaction),
}
