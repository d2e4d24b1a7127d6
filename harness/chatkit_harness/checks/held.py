"""The thread as a client holds it after some turns: every item, with every update applied, the user's too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chatkit_harness.core.transcript import Turn

from .items import SYNC_ACTION, events
from .shapes import mapping, sequence, words
from .widget_changes import grown, replaced

_WHOLE = frozenset({"thread.item.added", "thread.item.done", "thread.item.replaced"})
RETRY = "threads.retry_after_item"
_OUTPUT = "threads.add_client_tool_output"

Items = dict[str, Mapping[str, Any]]


def held_items(turns: Iterable[Turn]) -> tuple[Mapping[str, Any], ...]:
    """The items that these turns brought and left in place, in order of appearance."""
    held: Items = {}
    for turn in turns:
        params = mapping(turn.request.get("params"))
        if turn.request.get("type") == RETRY:
            _cut(held, words(params.get("item_id")))
        for _, event in events(turn):
            _take(held, event)
        if turn.request.get("type") == SYNC_ACTION:
            _take(held, {"type": "thread.item.replaced", "item": mapping(turn.response).get("updated_item")})
    return tuple(held.values())


def answered_calls(turns: Iterable[Turn]) -> dict[str, Mapping[str, Any]]:
    """By id the calls of the client that it answered, with what that makes of each: chatkit sends it nothing.

    A turn that raised was refused, and so was its answer.
    """
    known = tuple(turns)
    answered: dict[str, Mapping[str, Any]] = {}
    for turn in known:
        if turn.request.get("type") != _OUTPUT or not _taken(turn):
            continue
        before = held_items(each for each in known if each.index < turn.index)
        waiting = [words(item.get("id")) for item in before if is_pending(item)]
        waiting = [identity for identity in waiting if identity not in answered]
        if waiting:
            result = mapping(turn.request.get("params")).get("result")
            answered[waiting[-1]] = {"status": "completed", "output": result}
    return answered


def is_pending(item: Mapping[str, Any]) -> bool:
    """Whether it is a call that waits for the client."""
    return item.get("type") == "client_tool_call" and item.get("status") == "pending"


def _taken(turn: Turn) -> bool:
    """Whether an answer was stored: that is so before anything is sent, be it to somebody who then left."""
    return turn.end == "done" or (turn.end == "left" and bool(turn.events))


def _cut(held: Items, identity: str) -> None:
    """What followed the message that is answered anew is gone."""
    if identity in held:
        after = list(held)[list(held).index(identity) + 1 :]
        for each in after:
            del held[each]


def _take(held: Items, event: Mapping[str, Any]) -> None:
    kind, item = words(event.get("type")), mapping(event.get("item"))
    if kind in _WHOLE and item:
        held[words(item.get("id")) or f"#{len(held)}"] = item
    elif kind == "thread.item.removed":
        held.pop(words(event.get("item_id")), None)
    elif kind == "thread.item.updated" and words(event.get("item_id")) in held:
        identity = words(event.get("item_id"))
        held[identity] = updated(held[identity], mapping(event.get("update")))


def updated(item: Mapping[str, Any], update: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item after one update; as it was after one that says nothing to it."""
    kind, identity = words(update.get("type")), words(update.get("component_id"))
    index = update.get("content_index", update.get("task_index"))
    match kind:
        case "widget.root.updated":
            return {**item, "widget": update.get("widget")}
        case "widget.component.updated":
            return {**item, "widget": replaced(item.get("widget"), identity, update.get("component"))}
        case "widget.streaming_text.value_delta":
            return {**item, "widget": grown(item.get("widget"), identity, words(update.get("delta")))}
        case "generated_image.updated":
            return {**item, "image": update.get("image")}
        case "workflow.task.added" | "workflow.task.updated":
            workflow = mapping(item.get("workflow"))
            tasks = _placed(sequence(workflow.get("tasks")), index, update.get("task"))
            return {**item, "workflow": {**workflow, "tasks": tasks}}
    if kind.startswith("assistant_message.content_part."):
        return {**item, "content": _content(sequence(item.get("content")), index, update)}
    return item


def _content(content: list[Any], index: Any, update: Mapping[str, Any]) -> list[Any]:
    before = mapping(content[index]) if isinstance(index, int) and 0 <= index < len(content) else {}
    match update.get("type"):
        case "assistant_message.content_part.text_delta":
            text = words(before.get("text")) + words(update.get("delta"))
            return _placed(content, index, {"type": "output_text", **before, "text": text})
        case "assistant_message.content_part.annotation_added":
            annotations = [*sequence(before.get("annotations")), update.get("annotation")]
            return _placed(content, index, {"type": "output_text", **before, "annotations": annotations})
    return _placed(content, index, update.get("content"))


def _placed(values: list[Any], index: Any, value: Any) -> list[Any]:
    if not isinstance(index, int) or index < 0:
        return values
    return [*values[:index], value, *values[index + 1 :]]
