"""Schemas and JSON values in plain words, for reasons and for what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chatkit_harness.contracts.formats import WORDS as FORMATS
from chatkit_harness.contracts.normal import REF
from chatkit_harness.contracts.unions import members

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_SHOWN = 14


def expected(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """What a schema takes: `a whole number or text`; that null is taken too goes without saying."""
    if not schema:
        return "anything"
    if "$ref" in schema:
        return _named(schema["$ref"].removeprefix(REF), defs)
    if "anyOf" in schema:
        parts = [expected(each, defs) for each in schema["anyOf"] if each != {"type": "null"}]
        return " or ".join(dict.fromkeys(parts))
    if "const" in schema:
        return quoted([schema["const"]])
    if "enum" in schema:
        values = [value for value in schema["enum"] if value is not None]
        return f"one of {quoted(values)}" if len(values) <= _SHOWN else f"one of {len(values)} names"
    if "pattern" in schema:
        return f"text that matches {schema['pattern']}"
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    return _typed(schema, defs)


def _typed(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if kinds == ["array"] and schema.get("items"):
        return f"a list, each {expected(schema['items'], defs)}"
    if kinds == ["object"] and isinstance(schema.get("additionalProperties"), Mapping):
        return f"an object, each value {expected(schema['additionalProperties'], defs)}"
    return " or ".join(_TYPES.get(kind, kind) for kind in kinds) or "anything"


def _named(name: str, defs: Mapping[str, Any]) -> str:
    if name in ("WidgetComponent", "BasicChild"):
        return "a component"
    if name in ("WidgetIcon", "IconName"):
        return "an icon name"
    definition = defs.get(name, {})
    if not members(definition) and "properties" not in definition:
        return expected(definition, defs)
    return f"{article(name)} {name}"


def article(word: str) -> str:
    """`a` or `an`, by the first letter."""
    return "an" if word[:1].lower() in "aeio" else "a"


def quoted(values: Iterable[Any]) -> str:
    """Values as a list in words: `'sm', 'md'`."""
    return ", ".join(f"'{value}'" if isinstance(value, str) else json.dumps(value) for value in values)


def shown(value: Any, limit: int = 60) -> str:
    """A JSON value, shortened."""
    text = f"'{value}'" if isinstance(value, str) else _json(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _json(value: Any) -> str:
    """The text of scalars and flat things; a deep value is not worth its text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(str(key) for key in list(value)[:6]) + "}"
    if isinstance(value, list):
        return f"{len(value)} entries" if len(value) != 1 else "1 entry"
    return json.dumps(value, default=str)


def type_of(value: Any) -> str:
    """What kind of JSON value it is: string, integer, number, boolean, object, array or null."""
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "object" if isinstance(value, Mapping) else "array"


def called(value: Any) -> str:
    """What kind of value it is, in words: `text`, `a number`."""
    kind = type_of(value)
    return str(value).lower() if kind == "boolean" else _TYPES[kind]
