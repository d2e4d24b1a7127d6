"""Ids and keys inside of one widget: what they name must be one component."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.contracts.validate import too_deep


def duplicate_ids(widget: Any) -> list[str]:
    """The component ids that stand more than once in a widget: an update of one would meet several."""
    if too_deep(widget):
        return []
    return _more_than_once(node.get("id") for node in shown_components(widget))


def duplicate_keys(widget: Any) -> list[tuple[str, str]]:
    """The keys that several children of one component have, each with that component's type."""
    if too_deep(widget):
        return []
    return [
        (str(node.get("type")), key)
        for node in shown_components(widget)
        for key in _more_than_once(child.get("key") for child in _children(node))
    ]


def _more_than_once(names: Iterator[Any]) -> list[str]:
    counted = Counter(name for name in names if isinstance(name, str) and name)
    return [name for name, times in counted.items() if times > 1]


def shown_components(node: Any) -> Iterator[Mapping[str, Any]]:
    """A component and all below it, down `children` alone: what stands in another prop is none."""
    if isinstance(node, Mapping):
        yield node
        for child in _children(node):
            yield from shown_components(child)


def _children(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    held = node.get("children")
    for child in held if isinstance(held, list | tuple) else [held]:
        if isinstance(child, Mapping):
            yield child
