"""What a document, or an object in it, is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.frontend.reading import Role
from chatkit_harness.frontend.values import Path

TEXT_KEYS = ("response_text", "responseText", "text", "output_text")
"""Where an answer says its words, the first that is there."""

WIDGET_KEYS = ("widgets", "widget")
COMMAND_KEYS = (
    "chart_commands",
    "chartCommands",
    "commands",
    "chart_objects",
    "chartObjects",
    "chart_commands_structured",
)
ENVELOPES = ("output_parsed", "agent_response", "response", "result", "output", "answer", "data")
"""Where a backend may wrap an answer."""

COMPONENTS = frozenset(
    (
        *("Badge", "Basic", "Box", "Button", "Caption", "Card", "Chart", "Checkbox", "Col", "DatePicker"),
        *("Divider", "Form", "Icon", "Image", "Input", "Label", "ListView", "ListViewItem", "Markdown"),
        *("RadioGroup", "Row", "Select", "Spacer", "Text", "Textarea", "Title", "Transition"),
    )
)
"""Every component that a chatkit release knows."""

_ENVELOPES = frozenset(ENVELOPES)
_ANSWERS = frozenset(
    (*WIDGET_KEYS, *COMMAND_KEYS, "response_text", "responseText", "output_text", "query_intent")
)
_COMMAND_TYPES = frozenset(
    (
        *("load", "symbol", "timeframe", "indicator", "drawing", "zoom", "pan", "scroll", "style", "reset"),
        *("crosshair", "pattern", "level", "trendline", "fibonacci", "analyze", "clear", "annotate"),
    )
)
_WRITTEN_COMMAND = re.compile(r"\s*[A-Za-z]{3,12}:\S")
_LEVELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An object of a document that speaks to the frontend, and the path that leads to it.

    `text_key` is the key of an answer's words; `speaks` tells whether they are shown: not where an object
    around it has words, too.
    """

    value: Mapping[str, Any]
    role: Role
    path: Path
    text_key: str | None = None
    speaks: bool = True


def role_of(value: Any) -> Role:
    """The role of one object; of an array, that of commands where its elements are some."""
    if isinstance(value, list):
        return "commands" if any(_is_command(each) for each in value) else "other"
    if not isinstance(value, dict):
        return "other"
    if _is_envelope(value):
        return "commands"
    if not _ANSWERS.isdisjoint(value):
        return "answer"
    if _is_widget(value):
        return "widget"
    if _is_command(value):
        return "commands"
    if isinstance(value.get("text"), str):
        return "answer"
    return "classifier" if "intent" in value else "other"


def parts(value: Any, path: Path = (), *, speaks: bool = True) -> Iterator[Part]:
    """The objects of a document that have a role: itself, its elements, and what its envelopes hold."""
    if isinstance(value, list) and len(path) < _LEVELS:
        for index, each in enumerate(value):
            if isinstance(each, (dict, list)):
                yield from parts(each, (*path, index), speaks=speaks)
    elif isinstance(value, dict):
        role, said = role_of(value), text_key(value)
        if role != "other":
            said = said if role == "answer" else None
            yield Part(value=value, role=role, path=path, text_key=said, speaks=speaks)
        if role in ("other", "answer") and not _ENVELOPES.isdisjoint(value) and len(path) < _LEVELS:
            for key in ENVELOPES:
                if isinstance(value.get(key), (dict, list)) and not (key == "output_parsed" and said):
                    yield from parts(value[key], (*path, key), speaks=speaks and said is None)


def text_key(value: Mapping[str, Any]) -> str | None:
    """The key of the words of an answer."""
    for key in TEXT_KEYS:
        if isinstance(value.get(key), str):
            return key
    return None


def _is_widget(value: Mapping[str, Any]) -> bool:
    name = value.get("type")
    return isinstance(name, str) and (name in COMPONENTS or isinstance(value.get("children"), list))


def _is_envelope(value: Mapping[str, Any]) -> bool:
    """A `chart_objects` envelope that stands by itself."""
    drawn = "overlays" in value or "indicators" in value or "commands" in value
    return value.get("version") in ("2.0", 2) and drawn and text_key(value) is None


def _is_command(value: Any) -> bool:
    if isinstance(value, str):
        return _WRITTEN_COMMAND.match(value) is not None
    if not isinstance(value, dict):
        return False
    name = value.get("type")
    return isinstance(name, str) and name.lower() in _COMMAND_TYPES and "children" not in value
