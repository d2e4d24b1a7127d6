"""What the chart on the page is told in a turn, and the words beside it, whichever way they came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness import chart
from chatkit_harness.chart.commands import ChartCommand
from chatkit_harness.core.transcript import Turn
from chatkit_harness.frontend import CommandSource, FoundCommand, Reading, RejectedCommand
from chatkit_harness.frontend.roles import COMMAND_KEYS

from . import answers
from .items import ACTION, SYNC_ACTION, assistant_texts, client_tool_calls, events
from .shapes import mapping, sequence, words

EFFECT = "chart_commands"
"""The client effect that carries chart commands, and the key under which answers hold them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A request of the page to the server's HTTP side, and what it was answered with."""

    method: str
    path: str
    sent: Any
    status: int
    body: Any


def http(turn: Turn) -> Http | None:
    """The turn's HTTP call; None where the turn is none, or was not answered."""
    response = mapping(turn.response)
    status = response.get("status")
    if turn.request.get("type") != "http" or not isinstance(status, int):
        return None
    return Http(
        method=words(turn.request.get("method")) or "POST",
        path=words(turn.request.get("path")),
        sent=turn.request.get("body"),
        status=status,
        body=response.get("body"),
    )


def question(turn: Turn) -> str:
    """What the user asked in a turn: of an HTTP call, what its body asks."""
    if turn.request.get("type") in (ACTION, SYNC_ACTION):
        return ""  # a click; what it is about stands in the widget
    if turn.request.get("type") != "http":
        return turn.user
    body = mapping(turn.request.get("body"))
    said = [mapping(each) for each in sequence(body.get("messages"))]
    asked = [words(each.get("content")) for each in said if each.get("role") == "user"]
    return words(body.get("query")) or (asked[-1] if asked else "")


def commands(turn: Turn) -> tuple[FoundCommand, ...]:
    """The chart commands that reach the page in a turn, each once, in order.

    Of a workflow's answer what its frontend finds; on the native path client effects, client tool calls,
    and command lines in the assistant's words; of an HTTP call what its body holds. What prose only means
    counts for a workflow's answer alone, since no other frontend looks for it.
    """
    found: dict[str, FoundCommand] = {}
    for reading, sources in _readings(turn):
        for each in reading.commands:
            if each.source in sources and _counts(turn, reading, each):
                found.setdefault(repr(each.command), each)
    return tuple(found.values())


def rejected(turn: Turn) -> tuple[RejectedCommand, ...]:
    """What was meant as a chart command in a turn and cannot be read."""
    return tuple(
        each
        for reading, sources in _readings(turn)
        for each in reading.rejected
        if each.source in sources and _counts(turn, reading, each)
    )


_TERSE = re.compile(r"[A-Za-z_]+:(?:\S|\Z)")


def _counts(turn: Turn, reading: Reading, each: FoundCommand | RejectedCommand) -> bool:
    """Whether it is meant for a chart: `SUPPORT: 450` in a message for people is one of its words."""
    if turn.message is not None or each.source != "text":
        return True
    return bool(_TERSE.match(reading.message, each.start, each.end))


def shown_lines(turn: Turn) -> tuple[str, ...]:
    """The commands that a message of the native path holds, as the user reads them."""
    return tuple(
        text[each.start : each.end]
        for text in _texts(turn)
        for each in _in_order(answers.reading_of(text))
        if each.source == "text" and _counts(turn, answers.reading_of(text), each)
    )


def _in_order(reading: Reading) -> list[FoundCommand | RejectedCommand]:
    return sorted((*reading.commands, *reading.rejected), key=lambda each: each.start)


def written(turn: Turn) -> tuple[tuple[ChartCommand, ...], ...]:
    """The commands of each array, and of each text, as they are written: nothing is merged."""
    found = answers.answer(turn)
    if found is None:
        arrays = [array for _, holder in _holders(turn) if (array := _array(holder)) is not None]
        texts = _texts(turn)
    else:
        arrays = [array for each in found.documents if (array := _array(mapping(each.value))) is not None]
        texts = (_outside(found),)
    read = [chart.read_array(array) for array in arrays] + [chart.extract(text) for text in texts]
    return tuple(each.commands for each in read)


def _outside(found: Reading) -> str:
    """A message's own words, without its documents."""
    kept, at = [], 0
    for each in sorted(found.documents, key=lambda each: each.start):
        if each.inside is None and each.start >= at:
            kept.append(found.message[at : each.start])
            at = each.end
    return "\n".join((*kept, found.message[at:]))


def user_text(turn: Turn) -> str:
    """What the user reads in a turn besides widgets, as it stands."""
    return "\n".join(_texts(turn))


def prose(turn: Turn) -> str:
    """The words of a turn without the command lines in them."""
    found = answers.answer(turn)
    if found is not None:
        return found.text
    return "\n".join(answers.reading_of(text).text for text in _texts(turn))


def _texts(turn: Turn) -> tuple[str, ...]:
    call = http(turn)
    if call is None:
        return assistant_texts(turn)
    body = mapping(call.body)
    said = (mapping(each).get("content") for each in sequence(body.get("messages")))
    return tuple(text for text in map(words, (body.get("text"), *said)) if text.strip())


def _readings(turn: Turn) -> Iterator[tuple[Reading, tuple[CommandSource, ...]]]:
    """What may hold commands, as a frontend reads it, and which of what is found there counts.

    A message on the native path is shown as it stands: nobody looks for an array in it.
    """
    found = answers.answer(turn)
    if found is not None:
        yield found, ("array", "text", "prose")
        return
    for name, holder in _holders(turn):
        reading = answers.reading_of(_document(_array(holder)))
        if name == EFFECT or reading.commands:
            yield reading, ("array",)
    for text in _texts(turn):
        yield answers.reading_of(text), ("text",)


def _array(holder: Mapping[str, Any]) -> Any:
    """What stands where an object holds commands, None where there is no such place."""
    return next((holder[key] for key in COMMAND_KEYS if isinstance(holder.get(key), list | str | dict)), None)


def _document(array: Any) -> str:
    """The array as the document of an answer, so that one reader reads every array."""
    try:
        return json.dumps({EFFECT: array}) if array is not None else ""
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON: nothing that a page could read
        return ""


def _holders(turn: Turn) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that may hold an array of commands, by the name of what carries them."""
    for _, event in events(turn):
        if event.get("type") == "client_effect":
            yield words(event.get("name")), mapping(event.get("data"))
    for item in client_tool_calls(turn):
        yield words(item.document.get("name")), mapping(item.document.get("arguments"))
    call = http(turn)
    if call is not None:
        body = mapping(call.body)
        yield EFFECT, body
        yield EFFECT, mapping(body.get("metadata"))
