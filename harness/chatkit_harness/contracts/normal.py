"""One form for JSON Schemas that different pydantic releases write differently.

Annotations go, constants and enumerations lose the type that they imply, unions are flat, sorted and
without repetition, and branches that only name a type are joined. What is accepted stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

_ANNOTATIONS = frozenset({"title", "description", "default", "examples", "deprecated", "discriminator"})
_BY_NAME = ("properties", "$defs")
REF = "#/$defs/"


def normal(schema: Mapping[str, Any]) -> Schema:
    """The schema in its one form; the given one is left as it is."""
    out: Schema = {}
    for key, value in schema.items():
        if key in _ANNOTATIONS or (key == "additionalProperties" and value is True):
            continue
        if key in _BY_NAME:
            out[key] = {name: normal(each) for name, each in value.items()}
        elif key == "required":
            out[key] = sorted(value)
        elif isinstance(value, Mapping):
            out[key] = normal(value)
        elif key in ("anyOf", "oneOf", "allOf"):
            out[key] = [normal(each) for each in value]
        else:
            out[key] = value
    if "oneOf" in out:
        out["anyOf"] = [*out.get("anyOf", ()), *out.pop("oneOf")]
    if "const" in out or "enum" in out:
        return _enumeration(out)
    return _union(out) if "anyOf" in out else out


def canonical(value: Any) -> str:
    """The JSON text by which two schemas are equal."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def references(schema: Any) -> Iterator[str]:
    """The names of the definitions that a schema refers to directly, in the order of the text."""
    if isinstance(schema, Mapping):
        target = schema.get("$ref")
        if isinstance(target, str) and target.startswith(REF):
            yield target.removeprefix(REF)
        for key, value in schema.items():
            if key != "$defs":
                yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def _enumeration(schema: Schema) -> Schema:
    values = [schema["const"]] if "const" in schema else schema["enum"]
    unique = sorted({canonical(value): value for value in values}.items())
    rest = {key: value for key, value in schema.items() if key not in ("const", "enum", "type")}
    if len(unique) == 1:
        return {"const": unique[0][1], **rest}
    return {"enum": [value for _, value in unique], **rest}


def _union(schema: Schema) -> Schema:
    """A flat union: `null` joins an enumeration, plain types become one list of types."""
    types: list[str] = []
    others: dict[str, Schema] = {}
    for branch in _branches(schema):
        if set(branch) == {"type"}:
            types.extend([branch["type"]] if isinstance(branch["type"], str) else branch["type"])
        else:
            others[canonical(branch)] = branch
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if canonical({}) in others:  # what takes anything takes the other branches, too
        return rest
    types = sorted(set(types))
    branches = [others[text] for text in sorted(others)]
    if types == ["null"] and len(branches) == 1 and set(branches[0]) <= {"enum", "const"}:
        values = branches[0].get("enum", [branches[0].get("const")])
        return {"enum": [*values, None]}
    if types:
        branches.append({"type": types[0] if len(types) == 1 else types})
    if len(branches) == 1 and not rest:
        return branches[0]
    return {"anyOf": branches, **rest}


def _branches(schema: Schema) -> Iterator[Schema]:
    for branch in schema["anyOf"]:
        if set(branch) == {"anyOf"}:
            yield from _branches(branch)
        else:
            yield branch
