"""What an update makes of a widget that a client holds: a component replaced, or words that grew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .shapes import words

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def replaced(widget: Any, identity: str, component: Any) -> Any:
    """The widget with this one in place of the component of that id; as it was where this is none."""
    if not identity or not isinstance(component, Mapping):
        return widget
    return _changed(widget, identity, lambda _: component)


def grown(widget: Any, identity: str, delta: str) -> Any:
    """The widget with words appended to the value of the component of that id.

    Its `streaming` stays: where that differs too, chatkit sends the whole widget instead.
    """
    if not identity:
        return widget
    return _changed(widget, identity, lambda node: {**node, "value": words(node.get("value")) + delta})


def _changed(node: Any, identity: str, change: Change) -> Any:
    """Down `children` alone, as every release of chatkit looks for what it may tell of (diff_widget).

    What stands in any other prop is no component, whatever its id: the payload of an action above all. A
    transition has one child, and not a list of them.
    """
    if isinstance(node, list | tuple):
        return [_changed(each, identity, change) for each in node]
    if not isinstance(node, Mapping):
        return node
    if node.get("id") == identity:
        return change(node)
    if "children" not in node:
        return node
    return {**node, "children": _changed(node["children"], identity, change)}
