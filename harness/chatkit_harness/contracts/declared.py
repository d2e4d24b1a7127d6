"""The client's type declarations, as a generator turns them into a schema, in the form of `strict`.

What the declarations name is closed already; here they get one spelling, and unions that are told apart by
`type` are written as the server's are, so that one judge reads both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.contracts.normal import REF, Schema, normal
from chatkit_harness.contracts.unions import Unions

CLIENT_GENERATOR = 1
"""Raised whenever the same declarations would give another schema."""

_THEIR_REF = "#/definitions/"
_UNIONS = ("WidgetComponent", "WidgetRoot")
_BASIC_CHILD = "BasicChild"


def declared(raw: Mapping[str, Any]) -> Schema:
    """The schema in its one form; the given one is left as it is.

    Raises TypeError for what is no document of the generator.
    """
    root = raw.get("$ref")
    definitions = raw.get("definitions")
    if not isinstance(definitions, Mapping) or not isinstance(root, str):
        raise TypeError("it is no schema with definitions")
    defs = {name: normal(_moved(each)) for name, each in definitions.items()}
    named = {name: list(_members(defs, name)) for name in _UNIONS if name in defs}
    if len(named) == len(_UNIONS):
        named[_BASIC_CHILD] = [each for name in _UNIONS for each in named[name]]
    defs = {name: _flat(each, named) if name not in named else each for name, each in defs.items()}
    defs = Unions(defs, named).hoisted()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": root.replace(_THEIR_REF, REF),
        "$defs": {name: defs[name] for name in sorted(defs)},
    }


def _moved(schema: Any) -> Any:
    """The schema with its references under `$defs`, and free objects said to be free in one way."""
    if isinstance(schema, list):
        return [_moved(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: value.replace(_THEIR_REF, REF) if key == "$ref" and isinstance(value, str) else _moved(value)
        for key, value in schema.items()
        if not (key == "additionalProperties" and value == {})
    }


def _members(defs: Mapping[str, Schema], name: str) -> Iterator[str]:
    """The definitions that a union refers to."""
    for branch in defs[name].get("anyOf", ()):
        yield branch["$ref"].removeprefix(REF)


def _flat(schema: Any, named: Mapping[str, list[str]]) -> Any:
    """The schema with unions of unions spelt out, which can then be told apart by type as a whole."""
    if isinstance(schema, list):
        return [_flat(each, named) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    out = {key: _flat(value, named) for key, value in schema.items()}
    if "anyOf" not in out:
        return out
    targets = [branch.get("$ref", "").removeprefix(REF) for branch in out["anyOf"]]
    if not all(target in named for target in targets):
        return out
    members = dict.fromkeys(member for target in targets for member in named[target])
    return {**out, "anyOf": [{"$ref": REF + member} for member in members]}
