"""Reading a transcript: what a user saw, turn by turn, and what the tools were asked.

Nothing here judges, and nothing here raises: events are whatever a server sent, of any shape, and a
workflow's answer is any string. A turn on the Agent Builder path is read as its frontend reads it, so that
one set of functions serves both paths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.transcript import Exchange, LogRecord, Transcript, Turn
from chatkit_harness.upstream.handed_over import handed_over

from .answers import answer
from .items import (
    ACTION,
    SentItem,
    assistant_items,
    assistant_texts,
    client_tool_calls,
    events,
    parts,
    sent_items,
    text_of,
    widgets,
)
from .shapes import components, mapping, sequence, widget_rows, widget_words, words
from .told import Http, commands, http, prose, question, rejected, shown_lines, user_text, written

__all__ = [
    "EVENT_ANSWERS",
    "WORKFLOW",
    "Http",
    "SentItem",
    "ToolCall",
    "answer",
    "answered",
    "assistant_items",
    "assistant_texts",
    "client_tool_calls",
    "commands",
    "components",
    "error_events",
    "errors_told",
    "events",
    "exhausted",
    "http",
    "is_workflow",
    "log_turn",
    "mapping",
    "parts",
    "prose",
    "question",
    "rejected",
    "sent_items",
    "sequence",
    "shown_lines",
    "shows",
    "text_of",
    "tool_calls",
    "turn_at",
    "turn_exchanges",
    "turn_log",
    "user_text",
    "waited_ms",
    "widget_rows",
    "widget_words",
    "widgets",
    "words",
    "written",
]

EVENT_ANSWERS = frozenset({"error", "notice", "client_effect"})
"""Event types that reach a user without being an item."""

WORKFLOW = "agent_builder"
"""The path on which a workflow answers, and a frontend has to find everything in its words."""


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


def is_workflow(transcript: Transcript, turn: Turn) -> bool:
    """Whether a workflow was asked in the turn, whatever came of it."""
    return transcript.path == WORKFLOW and turn.request.get("type") != "http"


def error_events(turn: Turn) -> tuple[Mapping[str, Any], ...]:
    """The `error` events of a turn."""
    return tuple(event for _, event in events(turn) if event.get("type") == "error")


def errors_told(transcript: Transcript, turn: Turn) -> tuple[Mapping[str, Any], ...]:
    """What a user is told of errors: `error` events; of a workflow what it raised instead of answering."""
    if not is_workflow(transcript, turn) or turn.raised is None:
        return error_events(turn)
    return ({"code": turn.raised.type, "message": turn.raised.message},)


def turn_at(transcript: Transcript, at_ms: float) -> int | None:
    """The index of the turn that ran at a moment (the latest that had been sent), None before the first."""
    begun = [turn.index for turn in transcript.turns if turn.sent_at_ms <= at_ms]
    return begun[-1] if begun else None


def turn_exchanges(transcript: Transcript, turn: Turn) -> tuple[Exchange, ...]:
    """The requests to the model that were made during a turn."""
    return tuple(each for each in transcript.exchanges if turn_at(transcript, each.at_ms) == turn.index)


def waited_ms(transcript: Transcript, turn: Turn, until_ms: float) -> float:
    """How long the model was answering by then: next to nothing at pacing 0, its recorded time at pacing 1.

    Requests side by side are waited for together: what counts is the time that they cover, not their sum.
    """
    made = turn_exchanges(transcript, turn)
    spans = sorted((each.at_ms, each.ended_at_ms) for each in made if each.ended_at_ms is not None)
    waited, covered = 0.0, turn.sent_at_ms
    for began, ended in spans:
        end = min(ended, until_ms)
        waited += max(0.0, end - max(began, covered))
        covered = max(covered, end)
    return waited


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
    """Whether a user got anything out of the turn: a finished item that shows something, or such an event.

    Of a workflow's answer a chart command is enough; what `run_workflow` returned besides is for nobody.
    """
    if turn.message is None and turn.response is not None and not turn.events:
        return True
    if any(words(event.get("type")) in EVENT_ANSWERS for _, event in events(turn)):
        return True
    if any(item.done and shows(item) for item in sent_items(turn)):
        return True
    if turn.request.get("type") == ACTION and any(
        event.get("type") == "thread.item.removed" for _, event in events(turn)
    ):
        return True  # what was clicked is gone, and that was the point
    return turn.message is not None and bool(commands(turn))


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
    said = [*sequence(request.get("input")), *sequence(request.get("messages"))]
    inside = (handed_over(words(mapping(each).get("content"))) for each in said)
    for entry in map(mapping, [*(item for told in inside for item in told), *said]):
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
