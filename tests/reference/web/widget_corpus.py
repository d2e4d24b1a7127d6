"""Widgets for a renderer: one of each component with every prop its schema has, and some that mean harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contracts.widgets import NEWS_AS_DOCUMENTED, SOUND

SCHEMAS = Path(__file__).parents[3] / "schemas" / "chatkit"
SCRIPT = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
ADDRESS = "javascript:document.title='ran'"
CHILD = {"type": "Text", "value": "a child"}
ITEM = {"type": "ListViewItem", "children": [CHILD]}
INSTEAD: dict[str, Any] = {
    "icon": "bolt",
    "iconStart": "sparkle",
    "iconEnd": "lucide:rocket",
    "src": "https://pictures.invalid/x.png",
    "favicon": "data:image/png;base64,iVBORw0KGgo=",
    "dataKey": "a",
    "xAxis": "a",
    "data": [{"a": 1}, {"a": 2}],
    "series": [
        {"type": "bar", "dataKey": "a"},
        {"type": "line", "dataKey": "a"},
        {"type": "area", "dataKey": "a"},
    ],
    "width": 120,
    "height": "5rem",
    "size": 100,
    "maxWidth": 300,
    "maxHeight": 300,
    "maxSize": 300,
    "minSize": 40,
    "flex": 1,
    "border": {"size": 2, "color": "red-500", "style": "dashed"},
    "collapsed": False,
    "disabled": False,
    "defaultValue": "2026-11-20",
    "inputType": "text",
    "pattern": ".*",
    "limit": 1,
}


def schemas() -> Iterator[dict[str, Any]]:
    """Each distinct schema of a widget root, of all chatkit releases."""
    for path in sorted(SCHEMAS.glob("widget-*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def newest() -> dict[str, Any]:
    """The schema of the newest release's widgets."""
    releases = json.loads((SCHEMAS / "index.json").read_text(encoding="utf-8"))["releases"]
    last = max(releases, key=lambda name: tuple(int(part) for part in name.split(".")))
    found: dict[str, Any] = json.loads(
        (SCHEMAS / f"widget-{releases[last]['widget']}.json").read_text(encoding="utf-8")
    )
    return found


def components(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Each component of a schema with every prop that it has."""
    defs = schema["$defs"]
    return [
        {name: _value(name, prop, defs) for name, prop in each["properties"].items()}
        for each in defs.values()
        if _is_component(each)
    ]


def variants(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each component with each value of each of its enumerated props."""
    for each in schema["$defs"].values():
        if not _is_component(each):
            continue
        full = {name: _value(name, prop, schema["$defs"]) for name, prop in each["properties"].items()}
        for name, prop in each["properties"].items():
            for value in prop.get("enum", ()):
                yield {**full, name: value}


def _is_component(each: dict[str, Any]) -> bool:
    kind = each.get("properties", {}).get("type", {}).get("const", "")
    return bool(kind[:1].isupper())


def _value(name: str, prop: dict[str, Any], defs: dict[str, Any]) -> Any:
    if name == "children":
        return [ITEM] if "ListViewItem" in json.dumps(prop) else [CHILD]
    if name in INSTEAD and not (name == "size" and "enum" in prop):
        return INSTEAD[name]
    if "const" in prop:
        return prop["const"]
    if name == "theme":
        return "light"
    if "enum" in prop:
        return prop["enum"][0]
    if "$ref" in prop:
        return _of_definition(prop["$ref"].rsplit("/", 1)[-1], defs)
    for union in ("anyOf", "oneOf"):
        if union in prop:
            return _value(name, prop[union][0], defs)
    return _plain(name, prop, defs)


def _of_definition(name: str, defs: dict[str, Any]) -> Any:
    found = defs[name]
    if "properties" not in found:
        return _value(name, found, defs)
    return {key: _value(key, prop, defs) for key, prop in found["properties"].items()}


def _plain(name: str, prop: dict[str, Any], defs: dict[str, Any]) -> Any:
    kinds = prop.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "array" in kinds:
        return [_value(name, prop["items"], defs), _value(name, prop["items"], defs)]
    for kind, value in (("boolean", True), ("integer", 2), ("number", 2), ("string", f"some {name}")):
        if kind in kinds:
            return value
    return {"words": name}


def card(*children: Any, **props: Any) -> dict[str, Any]:
    """A card around components."""
    return {"type": "Card", "children": list(children), **props}


HARMFUL = [
    card(
        {"type": "Text", "value": SCRIPT},
        {"type": "Title", "value": SCRIPT},
        status={"text": SCRIPT, "icon": SCRIPT},
    ),
    card(
        {
            "type": "Markdown",
            "value": f"{SCRIPT} [a]({ADDRESS}) ![b]({ADDRESS}) <{ADDRESS}> [c](data:text/html,x)",
        }
    ),
    card(
        {"type": "Image", "src": ADDRESS, "alt": SCRIPT},
        {"type": "Image", "src": "http://plain.invalid/x.png"},
    ),
    card(
        {"type": "Image", "src": "data:image/svg+xml;base64,PHN2Zy8+"},
        status={"text": "x", "favicon": ADDRESS},
    ),
    card(
        {
            "type": "Box",
            "width": "1px; background: url(https://x.invalid/)",
            "background": "url(https://x.invalid/)",
        }
    ),
    card(
        {
            "type": "Text",
            "value": "x",
            "color": {"light": "red;}", "dark": "url(//x.invalid)"},
            "size": "expression(1)",
        }
    ),
    card(
        {"type": SCRIPT},
        {"type": "__proto__"},
        {"type": "constructor"},
        {"type": ["Text"]},
        None,
        3,
        [1],
        "words",
    ),
    card(
        {
            "type": "Select",
            "name": "__proto__.polluted",
            "options": [{"value": SCRIPT, "label": SCRIPT}, None],
        }
    ),
    card({"type": "Input", "name": SCRIPT, "pattern": "(", "placeholder": SCRIPT, "defaultValue": SCRIPT}),
    card(
        {
            "type": "Chart",
            "data": [{SCRIPT: "1e999"}, None, 3],
            "series": [{"type": "bar", "dataKey": SCRIPT}, 1],
            "xAxis": SCRIPT,
        }
    ),
    card(
        {"type": "Text", "value": "\u202e" + "evil " * 20_000, "truncate": True},
        {"type": "Badge", "label": "x" * 5000},
    ),
    card({"type": "Row", "width": "99999px", "height": 5, "margin": -999, "children": [CHILD] * 50}),
    {
        "type": "ListView",
        "limit": 1,
        "children": [None, "words", ITEM, {"type": "ListViewItem", "children": "words"}],
    },
    {
        "type": "Basic",
        "children": NEWS_AS_DOCUMENTED,
        "theme": "dark",
        "gap": SCRIPT,
        "padding": {"top": SCRIPT},
    },
]
"""Widgets that would run a script, fetch something or break the page, were they believed."""

CORPUS: list[Any] = [SOUND, NEWS_AS_DOCUMENTED, *HARMFUL]


def nested(depth: int) -> dict[str, Any]:
    """Boxes within boxes."""
    widget: dict[str, Any] = CHILD
    for _ in range(depth):
        widget = {"type": "Box", "children": [widget]}
    return widget
