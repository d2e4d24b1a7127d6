"""Reading a transcript: what a user saw, turn by turn, and what the tools were asked.

Nothing here judges, and nothing here raises: events are whatever a server sent, of any shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.core.transcript import Exchange, LogRecord, Transcript, Turn

EVENT_ANSWERS = frozenset({"error", "notice", "client_effect"})
"""Event types that reach a user without being an item."""

_READ_PROPS = frozenset(
    (
        *("alt", "caption", "content", "description", "heading", "label", "message"),
        *("placeholder", "pill", "subtitle", "text", "title", "value"),
    )
)
"""Widget props whose value a user reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentItem:
    """A thread item as a client holds it after the turn.

    `first_ms` is when it was first heard of, since the case began. `deltas` are the streamed words by
    content index.
    """

    id: str
    kind: str
    document: Mapping[str, Any]
    first_ms: float
    done: bool
    deltas: Mapping[int, str] = field(default_factory=dict)

    @property
    def widget(self) -> Mapping[str, Any]:
        """The widget's root component, empty where there is none."""
        return mapping(self.document.get("widget"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool call that the framework carried out or handed to the client.

    `output` is what the model was told, None for a client tool that is not answered yet. `arguments`
    are parsed where they are a JSON object.
    """

    turn: int
    name: str
    arguments: Mapping[str, Any]
    call_id: str
    output: str | None = None
    client: bool = False


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """The value where it is an array, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def words(value: Any) -> str:
    """The value where it is text, else nothing."""
    return value if isinstance(value, str) else ""


def events(turn: Turn) -> Iterator[tuple[float, Mapping[str, Any]]]:
    """The events of a turn that were JSON objects, with their time."""
    for event in turn.events:
        if event.data is not None:
            yield event.at_ms, mapping(event.data)


def sent_items(turn: Turn) -> tuple[SentItem, ...]:
    """What a client shows after the turn besides the user's own words, in order of appearance."""
    held: dict[str, SentItem] = {}
    for at_ms, event in events(turn):
        kind = event.get("type")
        if kind in ("thread.item.added", "thread.item.done", "thread.item.replaced"):
            _hold(held, mapping(event.get("item")), at_ms, done=kind != "thread.item.added")
        elif kind == "thread.item.removed":
            held.pop(words(event.get("item_id")), None)
        elif kind == "thread.item.updated":
            _update(held, words(event.get("item_id")), mapping(event.get("update")))
    return tuple(item for item in held.values() if item.kind != "user_message")


def _hold(held: dict[str, SentItem], item: Mapping[str, Any], at_ms: float, *, done: bool) -> None:
    identity = words(item.get("id")) or f"#{len(held)}"
    before = held.get(identity)
    held[identity] = SentItem(
        id=identity,
        kind=words(item.get("type")),
        document=item,
        first_ms=before.first_ms if before else at_ms,
        done=done or (before.done if before else False),
        deltas=before.deltas if before else {},
    )


def _update(held: dict[str, SentItem], identity: str, update: Mapping[str, Any]) -> None:
    item = held.get(identity)
    if item is None:
        return
    document, deltas = dict(item.document), dict(item.deltas)
    kind, index = update.get("type"), update.get("content_index")
    if kind == "widget.root.updated":
        document["widget"] = update.get("widget")
    elif isinstance(index, int) and kind == "assistant_message.content_part.added":
        deltas[index] = words(mapping(update.get("content")).get("text"))
    elif isinstance(index, int) and kind == "assistant_message.content_part.text_delta":
        deltas[index] = deltas.get(index, "") + words(update.get("delta"))
    held[identity] = SentItem(
        id=item.id, kind=item.kind, document=document, first_ms=item.first_ms, done=item.done, deltas=deltas
    )


def widgets(turn: Turn) -> tuple[SentItem, ...]:
    """The widgets of a turn as they stand at its end."""
    return tuple(item for item in sent_items(turn) if item.kind == "widget")


def assistant_items(turn: Turn) -> tuple[SentItem, ...]:
    """The assistant's messages of a turn."""
    return tuple(item for item in sent_items(turn) if item.kind == "assistant_message")


def client_tool_calls(turn: Turn) -> tuple[SentItem, ...]:
    """The calls of a turn that the client is asked to carry out."""
    return tuple(item for item in sent_items(turn) if item.kind == "client_tool_call")


def parts(item: SentItem) -> tuple[str, ...]:
    """The texts of a message, one a content part."""
    return tuple(words(mapping(part).get("text")) for part in sequence(item.document.get("content")))


def text_of(item: SentItem) -> str:
    """The words of a message: its content, or what was streamed where the message was never finished."""
    final = "\n".join(part for part in parts(item) if part)
    return final if final or item.done else "".join(item.deltas[index] for index in sorted(item.deltas))


def assistant_texts(turn: Turn) -> tuple[str, ...]:
    """The words of each of the assistant's messages that has any."""
    return tuple(text for text in map(text_of, assistant_items(turn)) if text.strip())


def error_events(turn: Turn) -> tuple[Mapping[str, Any], ...]:
    """The `error` events of a turn."""
    return tuple(event for _, event in events(turn) if event.get("type") == "error")


def widget_words(widget: Any) -> str:
    """All that a user can read in a widget, one line a text."""
    return "\n".join(_read(widget))


def _read(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _READ_PROPS and isinstance(value, str | int | float) and not isinstance(value, bool):
                yield str(value)
            elif isinstance(value, Mapping | list | tuple) and not str(key).endswith(("Action", "action")):
                yield from _read(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _read(value)


def widget_rows(widget: Any) -> int:
    """How many rows a widget shows: the children of its first list, else of its root."""
    listed = next((n for n in components(widget) if n.get("type") == "ListView"), None)
    return len(sequence((listed if listed is not None else mapping(widget)).get("children")))


def components(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a widget: its components, and what stands in their props."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from components(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from components(value)


def turn_at(transcript: Transcript, at_ms: float) -> int | None:
    """The index of the turn that ran at a moment (the latest that had been sent), None before the first."""
    begun = [turn.index for turn in transcript.turns if turn.sent_at_ms <= at_ms]
    return begun[-1] if begun else None


def turn_exchanges(transcript: Transcript, turn: Turn) -> tuple[Exchange, ...]:
    """The requests to the model that were made during a turn."""
    return tuple(each for each in transcript.exchanges if turn_at(transcript, each.at_ms) == turn.index)


def turn_log(transcript: Transcript, turn: Turn) -> tuple[LogRecord, ...]:
    """What was logged during a turn."""
    return tuple(record for record in transcript.log if log_turn(transcript, record) == turn.index)


def log_turn(transcript: Transcript, record: LogRecord) -> int | None:
    """The turn of a log record: as the cell said, else by time."""
    return record.turn if record.turn is not None else turn_at(transcript, record.at_ms)


def exhausted(transcript: Transcript, turn: Turn) -> bool:
    """Whether the turn ended because the recording has no follow-up, which is no failure."""
    made = turn_exchanges(transcript, turn)
    return bool(made) and made[-1].outcome == "exhausted"


def answered(turn: Turn) -> bool:
    """Whether a user got anything out of the turn: a finished item that shows something, or such an event."""
    if turn.response is not None or any(words(e.get("type")) in EVENT_ANSWERS for _, e in events(turn)):
        return True
    return any(item.done and shows(item) for item in sent_items(turn))


def shows(item: SentItem) -> bool:
    """Whether an item answers a user: not a message without words, an image that is lost, or an empty step.

    The model's reasoning alone is no answer either, however much of it there is.
    """
    held = item.document
    match item.kind:
        case "assistant_message":
            return bool(text_of(item).strip())
        case "widget":
            return bool(held.get("widget"))
        case "generated_image":
            return bool(mapping(held.get("image")).get("url"))
        case "workflow":
            workflow = mapping(held.get("workflow"))
            return workflow.get("type") != "reasoning" and any(map(_says, sequence(workflow.get("tasks"))))
        case "task":
            return _says(held.get("task"))
    return item.kind in ("client_tool_call", "structured_input")


def _says(task: Any) -> bool:
    return any(value for key, value in mapping(task).items() if key not in ("type", "status_indicator"))


def tool_calls(transcript: Transcript) -> tuple[ToolCall, ...]:
    """Every call that was carried out, or handed to the client, in the order in which that showed.

    What the model asked is in its script; that a tool really ran is seen only from its output in a
    later request, or from the client tool call that a client gets.
    """
    found: dict[str, ToolCall] = {}
    for turn in transcript.turns:
        for item in client_tool_calls(turn):
            identity = words(item.document.get("call_id")) or item.id
            found.setdefault(
                identity,
                ToolCall(
                    turn=turn.index,
                    name=words(item.document.get("name")),
                    arguments=mapping(item.document.get("arguments")),
                    call_id=identity,
                    client=True,
                ),
            )
        for exchange in turn_exchanges(transcript, turn):
            for call in _calls_told(exchange.request, turn.index):
                found.setdefault(call.call_id, call)
    return tuple(found.values())


def _calls_told(request: Mapping[str, Any], turn: int) -> Iterator[ToolCall]:
    """The calls of a request that carry their output, in either of the model's two languages."""
    asked: dict[str, tuple[str, Any]] = {}
    for entry in map(mapping, [*sequence(request.get("input")), *sequence(request.get("messages"))]):
        if entry.get("type") == "function_call":
            asked[words(entry.get("call_id"))] = (words(entry.get("name")), entry.get("arguments"))
        for call in map(mapping, sequence(entry.get("tool_calls"))):
            function = mapping(call.get("function"))
            asked[words(call.get("id"))] = (words(function.get("name")), function.get("arguments"))
        if entry.get("type") == "function_call_output":
            identity, output = words(entry.get("call_id")), entry.get("output")
        elif entry.get("role") == "tool":
            identity, output = words(entry.get("tool_call_id")), entry.get("content")
        else:
            continue
        name, arguments = asked.get(identity, ("", None))
        yield ToolCall(
            turn=turn,
            name=name,
            arguments=_parsed(arguments),
            call_id=identity,
            output=output if isinstance(output, str) else json.dumps(output, default=str),
        )


def _parsed(arguments: Any) -> Mapping[str, Any]:
    if isinstance(arguments, str):
        try:
            return mapping(json.loads(arguments))
        except (ValueError, RecursionError):
            return {}
    return mapping(arguments)
