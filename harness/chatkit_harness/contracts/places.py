"""Where in a widget or an event something is: the path, the component, its prop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

SLOTS = frozenset({"children", "widget", "component", "item", "update"})
"""Keys that hold something with a `type` and a name of its own, alone or in a list."""

COMPONENT_SLOTS = frozenset({"children", "widget", "component"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The innermost component on a path, and the prop of it that the rest of the path names.

    `prop` is dotted and leaves out positions in lists: `status.icon`; it is empty for the component
    itself. `holder` and `slot` say in which prop of which component it stands, and are empty for a root.
    """

    component: str
    prop: str
    holder: str
    slot: str


def place(document: Any, path: Path, top: str = "widget") -> Place:
    """The place that a path leads to; `top` names a document without a type."""
    component, holder, slot = name_of(document) or top, "", ""
    props: list[str] = []
    node = document
    for step in path:
        node = _step(node, step)
        if isinstance(step, str):
            props.append(step)
        if isinstance(node, dict) and props and props[-1] in SLOTS and len(props) == 1:
            holder, slot, component, props = component, props[0], name_of(node) or "component", []
    return Place(component=component, prop=".".join(props), holder=holder, slot=slot)


def name_of(node: Any) -> str:
    """The `type` of an object, empty where it has none."""
    name = node.get("type") if isinstance(node, dict) else None
    return name if isinstance(name, str) else ""


def at(document: Any, path: Path) -> Any:
    """The value that a path leads to, None where it leads nowhere."""
    for step in path:
        document = _step(document, step)
    return document


def written(path: Sequence[str | int]) -> str:
    """A path as text: `$.children[0].status.icon`."""
    parts = [f"[{step}]" if isinstance(step, int) else _key(step) for step in path]
    return "$" + "".join(parts)


def _key(step: str) -> str:
    return f".{step}" if step.isidentifier() else f"[{step!r}]"


def _step(node: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return node.get(step) if isinstance(node, dict) else None
    return node[step] if isinstance(node, list) and step < len(node) else None
