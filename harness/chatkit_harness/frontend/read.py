"""A message read as a frontend reads it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.contracts.places import written
from chatkit_harness.frontend import commands, widgets
from chatkit_harness.frontend.find import Work
from chatkit_harness.frontend.passages import Passage, Sheet, every, every_passage, passage
from chatkit_harness.frontend.reading import BrokenDocument, FoundDocument, Reading
from chatkit_harness.frontend.text import compose
from chatkit_harness.frontend.values import Span

_AROUND = 40


def read(message: str) -> Reading:
    """Find the documents, widgets and commands of a message, and the text that is left for the user.

    Takes any string and never raises. The work is linear in the message's length (`Reading.steps`).
    """
    work = Work()
    top = passage(message, work)
    sheets = list(every(top))
    documents = tuple(_documents(sheets))
    broken = tuple(_broken(message, top))
    surface = compose(top)
    said = _Said(sheets)
    given = commands.gather(sheets, surface, said.intent or said.query_intent, said.symbol)
    work.steps += 3 * len(surface.text)
    return Reading(
        message=message,
        documents=documents,
        broken=broken,
        widgets=tuple(widgets.gather(sheets)),
        commands=given.commands,
        rejected=given.rejected,
        text=given.text,
        stray=_stray(broken, surface.raw),
        intent=said.intent,
        query_intent=said.query_intent,
        symbol=said.symbol,
        confidence=said.confidence,
        steps=work.steps,
    )


def _documents(sheets: Sequence[Sheet]) -> Iterator[FoundDocument]:
    for sheet in sheets:
        if not isinstance(sheet.found.value, str):
            start, end = sheet.place(())
            yield FoundDocument(
                start=start,
                end=end,
                value=sheet.found.value,
                role=sheet.role,
                fenced=sheet.found.fenced,
                inside=" > ".join(map(written, sheet.holder.inside)) or None,
            )


def _broken(message: str, top: Passage) -> Iterator[BrokenDocument]:
    lines: list[int] | None = None
    for holder in every_passage(top):
        for each in holder.broken:
            start, end = holder.place(each.start, each.end)
            position = holder.place(each.position, each.position)[0]
            if lines is None:
                lines = [found.start() for found in re.finditer("\n", message)]
            line = bisect_left(lines, position)
            yield BrokenDocument(
                start=start,
                end=end,
                position=position,
                line=line + 1,
                column=position - (lines[line - 1] if line else -1),
                reason=each.reason,
                excerpt=message[max(start, position - _AROUND) : min(max(end, position), position + _AROUND)],
            )


def _stray(broken: Sequence[BrokenDocument], raw: Sequence[Passage]) -> tuple[Span, ...]:
    spans = {(each.start, each.end) for each in broken}
    spans.update(sheet.place(()) for passage in raw for sheet in passage.sheets)
    return tuple(sorted(spans))


class _Said:
    """What the classifier found, else what the answer says of itself."""

    __slots__ = ("confidence", "intent", "query_intent", "symbol")

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        parts = [part for sheet in sheets for part in sheet.parts]
        values = [part.value for role in ("classifier", "answer") for part in parts if part.role == role]
        self.intent = _word(values, "intent")
        self.query_intent = _word(values, "query_intent")
        self.symbol = _word(values, "symbol")
        given = next((value["confidence"] for value in values if _is_confidence(value)), None)
        self.confidence: str | float | None = given


def _word(values: list[Mapping[str, Any]], key: str) -> str | None:
    return next((value[key] for value in values if isinstance(value.get(key), str)), None)


def _is_confidence(value: Mapping[str, Any]) -> bool:
    given = value.get("confidence")
    return isinstance(given, (str, int, float)) and not isinstance(given, bool)
