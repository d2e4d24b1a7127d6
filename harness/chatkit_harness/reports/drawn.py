"""A widget as a picture: close enough to what a client draws to see what a user would have had.

Nothing is loaded: of an image its words are shown. Whatever a server sent is escaped; a component that is
not known is a dashed box with its name, and what is nested too deep is left out and said so.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from chatkit_harness.reports.text import clean, clip

_DEEPEST = 24
_MOST = 600
_COLOURS = frozenset(
    ("success", "danger", "warning", "info", "secondary", "discovery", "emphasis", "tertiary")
)
_BOXES = {
    "Card": "w-card",
    "Basic": "w-card",
    "Form": "w-card",
    "ListView": "w-list",
    "ListViewItem": "w-item",
    "Row": "w-row",
    "Box": "w-col",
    "Col": "w-col",
    "Transition": "w-col",
}
_TEXTS = {
    "Title": "w-title",
    "Text": "w-text",
    "Caption": "w-caption",
    "Markdown": "w-text",
    "Label": "w-caption",
}
_INPUTS = frozenset(("Input", "Textarea", "Select", "DatePicker", "Checkbox", "RadioGroup"))


def drawn(widget: Any) -> Markup:
    """The widget as HTML that styles of the page apply to."""
    # Every value has gone through escape() in the drawer.
    return Markup("".join(_Drawer().draw(widget, 0)))  # noqa: S704


class _Drawer:
    """Draws one widget, and stops where there is too much of it."""

    def __init__(self) -> None:
        self._left = _MOST

    def draw(self, node: Any, depth: int) -> Iterator[str]:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            if self._left == -1 or depth == _DEEPEST + 1:
                yield '<span class="w-caption">… more than can be drawn</span>'
            return
        if isinstance(node, list | tuple):
            for each in node:
                yield from self.draw(each, depth)
        elif isinstance(node, Mapping):
            yield from self._component(node, depth)
        elif node is not None:
            yield f'<span class="w-text">{_escaped(node)}</span>'

    def _component(self, node: Mapping[str, Any], depth: int) -> Iterator[str]:
        kind = str(node.get("type") or "")
        if kind in _TEXTS:
            yield f'<span class="{_TEXTS[kind]}{_look(node)}">{_escaped(_words(node))}</span>'
        elif kind == "Badge":
            yield f'<span class="w-badge{_look(node)}">{_escaped(node.get("label", ""))}</span>'
        elif kind == "Button":
            yield f'<span class="w-button">{_escaped(node.get("label") or "button")}</span>'
        elif kind == "Divider":
            yield '<span class="w-divider"></span>'
        elif kind == "Spacer":
            yield '<span class="w-spacer"></span>'
        elif kind == "Icon":
            yield f'<span class="w-icon" title="icon">{_escaped(node.get("name", ""))}</span>'
        elif kind == "Image":
            yield f'<span class="w-image">image{_of(node.get("alt"))}</span>'
        elif kind == "Chart":
            yield f'<span class="w-image">chart{_of(node.get("title"))}</span>'
        elif kind in _INPUTS:
            shown = node.get("label") or node.get("placeholder") or node.get("name") or kind
            yield f'<span class="w-input">{_escaped(shown)}</span>'
        else:
            yield from self._box(node, kind, depth)

    def _box(self, node: Mapping[str, Any], kind: str, depth: int) -> Iterator[str]:
        style = _BOXES.get(kind, "w-unknown")
        yield f'<div class="{style}{_justify(node)}">'
        if style == "w-unknown":
            yield f'<span class="w-caption">{_escaped(kind or "no component")}</span>'
        status = node.get("status")
        if isinstance(status, Mapping) and status.get("text"):
            yield f'<span class="w-status">{_escaped(status["text"])}</span>'
        yield from self.draw(node.get("children"), depth + 1)
        for name in ("confirm", "cancel"):
            action = node.get(name)
            if isinstance(action, Mapping) and action.get("label"):
                yield f'<span class="w-button">{_escaped(action["label"])}</span>'
        yield "</div>"


def _words(node: Mapping[str, Any]) -> Any:
    return next((node[key] for key in ("value", "text", "label") if node.get(key) is not None), "")


def _look(node: Mapping[str, Any]) -> str:
    colour = node.get("color")
    known = f" w-{colour}" if isinstance(colour, str) and colour in _COLOURS else ""
    return known + (" w-strong" if node.get("weight") in ("semibold", "bold", "medium") else "")


def _justify(node: Mapping[str, Any]) -> str:
    ends = " w-end" if node.get("align") == "end" else ""
    return (" w-between" if node.get("justify") == "between" else "") + ends


def _of(words: Any) -> str:
    return f": {_escaped(words)}" if words else ""


def _escaped(value: Any) -> str:
    return html.escape(clip(value, 400) if isinstance(value, str) else clean(value)[:400])
