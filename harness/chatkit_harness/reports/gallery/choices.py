"""Each value that a schema lets a prop have, found by walking it: references, unions and objects within."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.contracts.normal import REF
from chatkit_harness.contracts.unions import members
from chatkit_harness.reports.gallery.samples import companions, sample_pattern, samples
from chatkit_harness.reports.gallery.sides import Schema, Side

NOTHING: Any = object()
"""In the place of a prop's value: the prop is left out."""

_FREE = {"type": ["array", "boolean", "number", "object", "string"]}
"""What an empty schema takes: anything."""

Put = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of one place: `path` is the prop, or a part of it: `border.top.size`, `options[].label`.

    `value` is what the prop is then as a whole; `part` is the value at the path, `without` the prop where the
    path is not given: NOTHING where the prop then goes too, None where the path has to be given.
    """

    path: str
    part: Any
    value: Any
    without: Any


def choices(side: Side, component: str, prop: str) -> Iterator[Choice]:
    """All values of a component's prop that one side declares, each once or more."""
    node = side.components()[component][prop]
    needed = prop in side.needed(component)
    walk = _Walk(side, component)
    yield from walk.node(node, prop, lambda value: value, None if needed else NOTHING)


class _Walk:
    def __init__(self, side: Side, component: str) -> None:
        self._side = side
        self._component = component

    def node(self, node: Schema, path: str, put: Put, without: Any) -> Iterator[Choice]:
        """The values of one part of the schema; `put` makes the whole prop of them."""
        node = self._side.resolved(node)
        if "anyOf" in node:
            for each in node["anyOf"]:
                yield from self.node(each, path, put, without)
        elif members(node):
            yield from self._union(node, path, put)
        elif "properties" in node:
            yield from self._object(node, path, put)
        elif node.get("type") == "array":
            yield from self._array(node, path, put, without)
        else:
            for value in self._plain(node, path):
                yield Choice(path=path, part=value, value=put(value), without=without)

    def _plain(self, node: Schema, path: str) -> Iterator[Any]:
        if "const" in node or "enum" in node:
            yield from (each for each in node.get("enum", [node.get("const")]) if each is not None)
            return
        if "pattern" in node:
            yield sample_pattern(node["pattern"])
            return
        kinds = (node or _FREE)["type"]
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            if kind != "null":
                yield from samples(self._component, path, node.get("format", kind))

    def _object(self, node: Schema, path: str, put: Put) -> Iterator[Choice]:
        """An object part by part, around what it cannot be without."""
        needed = node.get("required", ())
        base = self._base(node, path)
        for name, each in node["properties"].items():
            if name == "type" and "const" in each:
                continue
            beside = {**base, **companions(f"{path}.{name}")}
            others = {key: value for key, value in beside.items() if key != name}
            yield from self.node(
                each, f"{path}.{name}", _inside(put, others, name), None if name in needed else put(others)
            )

    def _array(self, node: Schema, path: str, put: Put, without: Any) -> Iterator[Choice]:
        """A whole list or two; where its entries are objects, the first of them part by part as well."""
        whole = samples(self._component, path, "array")
        for value in whole:
            yield Choice(path=path, part=value, value=put(value), without=without)
        item = self._side.resolved(node["items"])
        if path != "children" and ("properties" in item or members(item)):
            rest = list(whole[0][1:])
            yield from self.node(item, f"{path}[]", lambda value: put([value, *rest]), None)

    def _union(self, node: Schema, path: str, put: Put) -> Iterator[Choice]:
        """Objects told apart by `type`: `series[].bar.stack`. Components within are told of by themselves."""
        if path in {"children", "children[]"}:
            for value in samples(self._component, path, "object"):
                yield Choice(path=path, part=value, value=put(value), without=None)
            return
        for name, target in members(node).items():
            branch = self._side.resolved({"$ref": REF + target})
            yield from self._object(branch, f"{path}.{name}", _typed(put, name))

    def _first(self, node: Schema, path: str) -> Any:
        """A value for what has to be there."""
        node = self._side.resolved(node)
        if "const" in node:
            return node["const"]
        if "properties" in node and not members(node):
            return {**self._base(node, path), **companions(f"{path}.")}
        return next(self.node(node, path, lambda value: value, None)).value

    def _base(self, node: Schema, path: str) -> dict[str, Any]:
        """An object with what it cannot be without."""
        needed = node.get("required", ())
        return {name: self._first(node["properties"][name], f"{path}.{name}") for name in needed}


def _inside(put: Put, others: Mapping[str, Any], name: str) -> Put:
    return lambda value: put({**others, name: value})


def _typed(put: Put, name: str) -> Put:
    return lambda value: put({**value, "type": name})
