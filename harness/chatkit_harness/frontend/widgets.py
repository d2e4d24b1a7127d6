"""The widgets of an answer, as they were written: whether they are any good is for the checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chatkit_harness.contracts.places import written
from chatkit_harness.frontend.passages import Sheet
from chatkit_harness.frontend.reading import FoundWidget
from chatkit_harness.frontend.roles import WIDGET_KEYS, Part
from chatkit_harness.frontend.values import Path


def gather(sheets: Sequence[Sheet]) -> Iterator[FoundWidget]:
    """Every widget of the message, in order; an empty object in a list of widgets counts."""
    for sheet in sheets:
        for part in sheet.parts:
            for path, widget in _of(part):
                start, end = sheet.place(path)
                yield FoundWidget(widget=widget, start=start, end=end, where=written(path))


def _of(part: Part) -> Iterator[tuple[Path, dict[str, Any]]]:
    if part.role == "widget" and isinstance(part.value, dict):
        yield part.path, part.value
    for key in WIDGET_KEYS if part.role == "answer" else ():
        given = part.value.get(key)
        if isinstance(given, dict):
            yield (*part.path, key), given
        for index, each in enumerate(given if isinstance(given, list) else ()):
            if isinstance(each, dict):
                yield (*part.path, key, index), each
