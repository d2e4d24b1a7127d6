"""What the gallery's page is made from: each component with each prop, each value, and a widget that has it.

releases    {side: version}
components  [{name, root, sides, plain: widget, props: [{path, prop, sides, needed, variants,
              without: widget or null, unseen: why it does not show or null}]}]
variants    [{part: the value at the path, sides, widget}]
icons       the names that a widget may give
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chatkit_harness.contracts.normal import canonical
from chatkit_harness.reports.gallery.choices import NOTHING, Choice, choices
from chatkit_harness.reports.gallery.examples import PLAIN, example, framed
from chatkit_harness.reports.gallery.sides import Side, both_sides
from chatkit_harness.reports.gallery.unseen import unseen


def gallery_document(chatkit: str = "newest") -> dict[str, Any]:
    """The document of a release of chatkit, and of the newest of its client. Raises SelectionError."""
    sides = both_sides(chatkit)
    roots = frozenset(name for side in sides for name in side.roots())
    names = {name for side in sides for name in side.components()}
    known = [name for name in PLAIN if name in names]
    return {
        "releases": {side.name: side.version for side in sides},
        "components": [_component(name, sides, roots) for name in (*known, *sorted(names - {*known}))],
        "icons": _icons(sides),
    }


def _component(name: str, sides: Sequence[Side], roots: frozenset[str]) -> dict[str, Any]:
    declaring = [side for side in sides if name in side.components()]
    props = {prop: None for side in declaring for prop in side.components()[name] if prop != "type"}
    return {
        "name": name,
        "root": name in roots,
        "sides": [side.name for side in declaring],
        "plain": framed(name, "", example(name), roots),
        "props": [each for prop in props for each in _groups(name, prop, declaring, roots)],
    }


def _groups(name: str, prop: str, sides: Sequence[Side], roots: frozenset[str]) -> Iterator[dict[str, Any]]:
    """A prop's values by the place in it, in the order in which they are declared."""
    declaring = [side for side in sides if prop in side.components()[name]]
    found: dict[str, list[tuple[Side, Choice]]] = {}
    for side in declaring:
        for choice in choices(side, name, prop):
            found.setdefault(choice.path, []).append((side, choice))
    for path, held in found.items():
        base = example(name, path)
        variants = {canonical(choice.value): choice for _, choice in held}
        owners = {key: [side.name for side, each in held if canonical(each.value) == key] for key in variants}
        without = held[0][1].without
        hidden = unseen(name, path)
        yield {
            "path": path,
            "prop": prop,
            "sides": list(dict.fromkeys(side.name for side, _ in held)),
            "needed": without is None,
            "unseen": hidden[1].reason if hidden else None,
            "without": None if without is None else framed(name, path, _with(base, prop, without), roots),
            "variants": [
                {
                    "part": each.part,
                    "sides": list(dict.fromkeys(owners[key])),
                    "widget": framed(name, path, _with(base, prop, each.value), roots),
                }
                for key, each in variants.items()
            ],
        }


def _with(base: dict[str, Any], prop: str, value: Any) -> dict[str, Any]:
    if value is NOTHING:
        return {key: each for key, each in base.items() if key != prop}
    return {**base, prop: value}


def _icons(sides: Sequence[Side]) -> list[str]:
    """All names, in the order of the alphabet."""
    names: set[str] = set()
    for side in sides:
        node = side.resolved(side.defs.get("WidgetIcon", {}))
        for each in node.get("anyOf", [node]):
            names |= {name for name in side.resolved(each).get("enum", ()) if name}
    return sorted(names)
