"""Answers of an Agent Builder workflow, read as its frontend reads them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from chatkit_harness.core.transcript import Turn
from chatkit_harness.frontend import Reading, read

TEXT_ITEM = "message"
"""The id of the item that holds what is left of an answer for the user to read."""


@lru_cache(maxsize=128)
def reading_of(message: str) -> Reading:
    """What a frontend finds in a message; each message is read once."""
    return read(message)


def answer(turn: Turn) -> Reading | None:
    """What a frontend finds in the answer of a workflow; None where the turn is no workflow's."""
    return reading_of(turn.message) if turn.message is not None else None


def items(turn: Turn) -> Iterator[tuple[str, dict[str, Any]]]:
    """The thread items that the native path would have sent for the answer, by id: widgets, then words."""
    found = answer(turn)
    if found is None:
        return
    for number, each in enumerate(found.widgets, 1):
        identity = f"widget-{number}" if turn.index == 0 else f"turn-{turn.index + 1}-widget-{number}"
        yield identity, {"type": "widget", "id": identity, "widget": each.widget, "where": each.where}
    if found.text.strip():
        identity = TEXT_ITEM if turn.index == 0 else f"turn-{turn.index + 1}-{TEXT_ITEM}"
        content = [{"type": "output_text", "text": found.text, "annotations": []}]
        yield identity, {"type": "assistant_message", "id": identity, "content": content}
