"""Every place and value that a schema declares, found without the gallery's own way through it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "schemas"
KINDS = {"string": str, "boolean": bool, "object": dict, "array": list, "integer": int, "number": float}
Place = str
Value = tuple[str, str]
"""("value", its JSON), ("type", a JSON type) or ("begins", how a text begins)."""


def distinct(folder: str) -> list[str]:
    """The last release of each widget schema, the newest last."""
    return list({each["widget"]: name for name, each in _releases(folder)}.values())


def _releases(folder: str) -> list[tuple[str, dict[str, str]]]:
    releases = json.loads((SCHEMAS / folder / "index.json").read_text("utf-8"))["releases"]
    return sorted(releases.items(), key=lambda each: tuple(map(int, each[0].split("."))))


def newest(folder: str) -> Mapping[str, Any]:
    """The widget schema of the newest release, of `chatkit` or of the `client`."""
    _, last = _releases(folder)[-1]
    text = (SCHEMAS / folder / f"widget-{last['widget']}.json").read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def components(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The definition of each component, by its type."""
    named = (
        (each.get("properties", {}).get("type", {}).get("const"), each) for each in schema["$defs"].values()
    )
    return {name: each for name, each in named if name and name[0].isupper()}


def declared(schema: Mapping[str, Any], component: str) -> Iterator[tuple[Place, Value]]:
    """Each place in a component's props with each value that may stand there; null aside."""
    for name, prop in components(schema)[component]["properties"].items():
        if name != "type":
            yield from _values(prop, name, schema["$defs"])


def _values(node: Mapping[str, Any], path: str, defs: Mapping[str, Any]) -> Iterator[tuple[Place, Value]]:
    if "$ref" in node:
        yield from _values(defs[node["$ref"].split("/")[-1]], path, defs)
    for each in node.get("anyOf", ()):
        yield from _values(each, path, defs)
    if "allOf" in node:
        yield from _branches(node["allOf"], path, defs)
    elif "properties" in node:
        for name, each in node["properties"].items():
            if "const" not in each:
                yield from _values(each, f"{path}.{name}", defs)
    elif not {"$ref", "anyOf"} & set(node):
        yield from ((path, value) for value in _plain(node))
        if "items" in node:
            yield from _items(node["items"], path, defs)


def _branches(branches: Any, path: str, defs: Mapping[str, Any]) -> Iterator[tuple[Place, Value]]:
    if not path.startswith("children"):  # those are components, which are told of by themselves
        for each in branches:
            kind = each["if"]["properties"]["type"]["const"]
            yield from _values(each["then"], f"{path}.{kind}", defs)


def _items(node: Mapping[str, Any], path: str, defs: Mapping[str, Any]) -> Iterator[tuple[Place, Value]]:
    held = defs[node["$ref"].split("/")[-1]] if "$ref" in node else node
    if path != "children" and ("properties" in held or "allOf" in held):
        yield from _values(node, f"{path}[]", defs)


def _plain(node: Mapping[str, Any]) -> Iterator[Value]:
    if "enum" in node or "const" in node:
        yield from (
            ("value", json.dumps(each)) for each in node.get("enum", [node.get("const")]) if each is not None
        )
    elif "pattern" in node:
        yield "begins", node["pattern"].removeprefix("^")
    else:
        kinds = node.get("type", list(KINDS))
        yield from (
            ("type", kind) for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"
        )


def fits(part: Any, value: Value) -> bool:
    """Whether a value of the gallery is one of those that are meant."""
    sort, content = value
    if sort == "value":
        return json.dumps(part) == content
    if sort == "begins":
        return isinstance(part, str) and part.startswith(content)
    kind = KINDS[content]
    if kind is float:
        return isinstance(part, (int, float)) and not isinstance(part, bool)
    return isinstance(part, kind) and isinstance(part, bool) == (kind is bool)
