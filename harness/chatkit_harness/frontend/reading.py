"""What a frontend makes of one answer: documents, widgets, commands, and the text that is left.

Positions are characters of the message, from 0; spans are `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chatkit_harness.chart.commands import ChartCommand

Role = Literal["classifier", "answer", "widget", "commands", "other"]
"""What a JSON document of a message is for."""

CommandSource = Literal["array", "text", "prose"]
"""Where a command stood: in an array of a document, written out in the text, or only meant by the prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """A JSON document in the message; `fenced` where it stood in a code fence.

    `inside` is the JSON path of the string that held it, for a document inside a document's string (two
    strings deep: `$.output_text > $.response_text`).
    """

    start: int
    end: int
    value: Any
    role: Role
    fenced: bool = False
    inside: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenDocument:
    """Something that was meant as JSON and does not parse: `position` is where the error is."""

    start: int
    end: int
    position: int
    line: int
    column: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWidget:
    """A widget as the answer wrote it (not validated); `where` is its JSON path in the document."""

    widget: Mapping[str, Any]
    start: int
    end: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCommand:
    """A chart command, and how it was given."""

    command: ChartCommand
    source: CommandSource
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedCommand:
    """A command that cannot be read, and why; the position is of the message."""

    verb: str
    text: str
    reason: str
    source: CommandSource
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a frontend finds in one answer.

    `text` is what the user reads: the answer document's own `response_text` (or `text`) and the prose
    around the documents, without documents and command lines. `stray` are the JSON-looking spans of the
    message that stay in the text: broken documents, and the raw ones of a message that holds no answer.
    `intent`, `symbol` and `confidence` are the classifier's, else the answer's. `commands` are merged: each
    once, in the order of the message, those of arrays first. `steps` counts the work done in characters,
    which is linear in the message's length.
    """

    message: str
    documents: tuple[FoundDocument, ...] = ()
    broken: tuple[BrokenDocument, ...] = ()
    widgets: tuple[FoundWidget, ...] = ()
    commands: tuple[FoundCommand, ...] = ()
    rejected: tuple[RejectedCommand, ...] = ()
    text: str = ""
    stray: tuple[tuple[int, int], ...] = ()
    intent: str | None = None
    query_intent: str | None = None
    symbol: str | None = None
    confidence: str | float | None = None
    steps: int = 0
