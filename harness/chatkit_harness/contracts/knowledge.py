"""What a widget schema knows, item by item: components, props, values, what a slot holds, what is needed.

Both sides write one schema with different definitions, so they are compared by what goes over the wire: an
item stands at the `type` of a component, or at the name of a part that both sides have (`Border`), with
the props that lead to it: `Card.status.icon`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chatkit_harness.contracts.atoms import constant
from chatkit_harness.contracts.normal import REF, canonical
from chatkit_harness.contracts.strict import is_component
from chatkit_harness.contracts.unions import members
from chatkit_harness.contracts.words import type_of

Sort = Literal["component", "root", "prop", "value", "holds", "needs"]
SORTS: tuple[Sort, ...] = ("component", "root", "prop", "value", "holds", "needs")

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
ANYTHING = "anything"
WHOLE, NUMBER = _KINDS["integer"], _KINDS["number"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Item:
    """One thing that a schema may know. `where` is empty for what is in no component."""

    sort: Sort
    where: str
    what: str


class Knowledge:
    """All that a widget schema knows; `parts` are the definitions that are told under their own names."""

    def __init__(self, schema: Mapping[str, Any], parts: frozenset[str]) -> None:
        self._defs: Mapping[str, Any] = schema["$defs"]
        self._parts = parts
        self._items = frozenset(self._all())

    @property
    def items(self) -> frozenset[Item]:
        """Every item that the schema names."""
        return self._items

    def knows(self, item: Item) -> bool:
        """Whether the schema takes it, named or among what is taken in general."""
        if item in self._items or (item.sort == "value" and self._takes(item.where, ANYTHING)):
            return True
        if item.sort != "value":
            return False
        if item.what == WHOLE:
            return self._takes(item.where, NUMBER)
        if item.what.startswith("`"):
            kind = "string" if item.what.endswith("…`") else type_of(json.loads(item.what.strip("`")))
            return self._takes(item.where, _KINDS[kind])
        return False

    def applies(self, item: Item) -> bool:
        """Whether the question makes sense: the component or part, and the props on the way, are known."""
        if item.sort in ("component", "root"):
            return True
        owner, rest = apart(item.where)
        if not (owner in self._parts or Item(sort="component", where="", what=owner) in self._items):
            return False
        led = owner
        for step in rest.split(".") if rest else []:
            if Item(sort="prop", where=led, what=step.removesuffix("[]")) not in self._items:
                return False
            led = f"{led}.{step}"
        return item.sort != "needs" or Item(sort="prop", where=led, what=item.what) in self._items

    def _takes(self, where: str, what: str) -> bool:
        return Item(sort="value", where=where, what=what) in self._items

    def _all(self) -> Iterator[Item]:
        for const in members(self._defs["WidgetRoot"]):
            yield Item(sort="root", where="", what=const)
        for name, definition in self._defs.items():
            if is_component(definition):
                const = str(constant(definition))
                yield Item(sort="component", where="", what=const)
                yield from self._props(definition, const)
            elif name in self._parts:
                known = "properties" in definition and not members(definition)
                yield from self._props(definition, name) if known else self._walk(definition, name)

    def _props(self, definition: Mapping[str, Any], where: str) -> Iterator[Item]:
        for prop, schema in definition["properties"].items():
            yield Item(sort="prop", where=where, what=prop)
            if prop in definition.get("required", ()):
                yield Item(sort="needs", where=where, what=prop)
            if not (prop == "type" and "const" in schema):
                yield from self._walk(schema, f"{where}.{prop}")

    def _walk(self, schema: Mapping[str, Any], where: str) -> Iterator[Item]:
        """What a value at a place may be."""
        if "$ref" in schema:
            yield from self._named(schema["$ref"].removeprefix(REF), where)
        elif "anyOf" in schema:
            for each in schema["anyOf"]:
                yield from self._walk(each, where)
        elif "const" in schema or "enum" in schema:
            for value in schema.get("enum", [schema.get("const")]):
                if value is not None:  # on the wire it is the same as nothing
                    yield Item(sort="value", where=where, what=f"`{canonical(value)}`")
        elif "pattern" in schema:
            yield Item(sort="value", where=where, what=f"`{schema['pattern'].removeprefix('^')}…`")
        elif not schema:
            yield Item(sort="value", where=where, what=ANYTHING)
        else:
            yield from self._typed(schema, where)

    def _typed(self, schema: Mapping[str, Any], where: str) -> Iterator[Item]:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        for kind in kinds:
            if kind != "null":
                yield Item(sort="value", where=where, what=_KINDS[kind])
        if "properties" in schema:
            yield from self._props(schema, where)
        if "items" in schema:
            yield from self._walk(schema["items"], f"{where}[]")

    def _named(self, name: str, where: str) -> Iterator[Item]:
        definition = self._defs[name]
        if members(definition):
            for const in members(definition):
                if is_component(self._defs[members(definition)[const]]):
                    yield Item(sort="holds", where=where, what=const)
                else:
                    yield from self._props(self._defs[members(definition)[const]], where)
        elif is_component(definition):
            yield Item(sort="holds", where=where, what=str(constant(definition)))
        elif name in self._parts:
            yield Item(sort="value", where=where, what=f"{name}")
        elif "properties" in definition:
            yield Item(sort="value", where=where, what=_KINDS["object"])
            yield from self._props(definition, where)
        else:
            yield from self._walk(definition, where)


def common_parts(*schemas: Mapping[str, Any]) -> frozenset[str]:
    """The definitions that all schemas have under one name and that are no components, nor unions of such."""
    return frozenset.intersection(
        *(frozenset(name for name, part in each["$defs"].items() if _is_part(part)) for each in schemas)
    )


def _is_part(definition: Mapping[str, Any]) -> bool:
    return not is_component(definition) and not members(definition)


def apart(where: str) -> tuple[str, str]:
    """The component or part of a place, and the props after it. `Table.Row` is one component."""
    owner, _, rest = where.partition(".")
    if rest[:1].isupper():
        second, _, rest = rest.partition(".")
        owner = f"{owner}.{second}"
    return owner, rest
