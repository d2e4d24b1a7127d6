"""JSON of any shape, read without raising: objects, arrays, words, and what a user reads in a widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_READ_PROPS = frozenset(
    (
        *("alt", "caption", "content", "description", "heading", "label", "message"),
        *("placeholder", "pill", "subtitle", "text", "title", "value"),
    )
)
"""Widget props whose value a user reads."""

_LEAVES = (str, int, float, type(None))


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    # What was read from JSON is a dict: asking an abstract class costs ten times as much.
    return value if type(value) is dict or isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """The value where it is an array, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def words(value: Any) -> str:
    """The value where it is text, else nothing."""
    return value if isinstance(value, str) else ""


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
    if type(node) is dict or isinstance(node, Mapping):
        yield node
        for value in node.values():
            if not isinstance(value, _LEAVES):
                yield from components(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from components(value)
