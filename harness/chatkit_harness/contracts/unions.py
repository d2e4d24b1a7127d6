"""Unions of objects told apart by `type`, each written once as a type enumeration with if/then.

A plain `oneOf` tries every branch: it is an order of magnitude slower, and a wrong prop deep in a widget
is reported as "fits none of 24 components". With if/then only the branch that the type names is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.contracts.normal import REF, Schema


class Unions:
    """Replaces each such union in a set of definitions by a reference to a definition of its own."""

    def __init__(self, defs: Mapping[str, Schema], named: Mapping[str, Sequence[str]]) -> None:
        self._defs = dict(defs)
        self._found: dict[str, Schema] = {}
        self._names: dict[frozenset[str], str] = {}
        for name in sorted(named, key=lambda each: (each.startswith("Strict"), each)):
            members = frozenset(member for member in named[name] if not member.startswith("Dynamic"))
            self._names.setdefault(members, name)

    def hoisted(self) -> dict[str, Schema]:
        """The definitions with their unions named."""
        rewritten = {name: self._rewrite(each) for name, each in self._defs.items()}
        # A definition that only points at the union of its own name is that union.
        kept = {name: each for name, each in rewritten.items() if each != {"$ref": REF + name}}
        return {**self._found, **kept}

    def _rewrite(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._rewrite(each) for each in schema]
        if not isinstance(schema, Mapping):
            return schema
        out = {key: self._rewrite(value) for key, value in schema.items() if key != "anyOf"}
        if "anyOf" not in schema:
            return out
        constants = self._constants(schema["anyOf"])
        others = [self._rewrite(each) for each in schema["anyOf"] if _target(each) not in constants.values()]
        if len(constants) < 2:
            return {**out, "anyOf": [self._rewrite(each) for each in schema["anyOf"]]}
        reference = {"$ref": REF + self._name(constants)}
        return {**out, "anyOf": [reference, *others]} if others else {**out, **reference}

    def _constants(self, branches: Sequence[Schema]) -> dict[str, str]:
        """Type to definition, of the branches that a constant `type` tells apart from all others."""
        found: dict[str, str] = {}
        for name in filter(None, map(_target, branches)):
            constant = self._defs[name].get("properties", {}).get("type", {}).get("const")
            if not isinstance(constant, str) or constant in found:
                return {}
            found[constant] = name
        return found

    def _name(self, constants: Mapping[str, str]) -> str:
        members = frozenset(constants.values())
        if members not in self._names:
            self._names[members] = "Or".join(sorted(members))
        name = self._names[members]
        self._found[name] = _told_apart(constants)
        return name


def members(definition: Mapping[str, Any]) -> dict[str, str]:
    """The branches of a union made here: constant type to the name of the definition; empty for others."""
    return dict(_pairs(definition))


def _pairs(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in definition.get("allOf", ()):
        if "if" in each:
            yield each["if"]["properties"]["type"]["const"], each["then"]["$ref"].removeprefix(REF)


def _target(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).removeprefix(REF)


def _told_apart(constants: Mapping[str, str]) -> Schema:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(constants)}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": constant}}, "required": ["type"]},
                "then": {"$ref": REF + constants[constant]},
            }
            for constant in sorted(constants)
        ],
    }
