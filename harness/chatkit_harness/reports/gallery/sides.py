"""What the two sides declare: a release of chatkit by its models, one of its client by its types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chatkit_harness.contracts.catalogue import exactly, schema
from chatkit_harness.contracts.clients import client_releases, client_schema
from chatkit_harness.contracts.normal import REF
from chatkit_harness.contracts.strict import is_component

SideName = Literal["chatkit", "client"]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side's declarations, as a strict schema of a whole widget."""

    name: SideName
    version: str
    defs: Mapping[str, Schema] = field(repr=False)

    def components(self) -> Mapping[str, Mapping[str, Schema]]:
        """The props of each component, by its `type`."""
        return {name: each["properties"] for name, each in self._named()}

    def needed(self, component: str) -> frozenset[str]:
        """The props that a component cannot be without."""
        return frozenset(
            each for name, d in self._named() if name == component for each in d.get("required", ())
        )

    def roots(self) -> frozenset[str]:
        """The components that may be a whole widget."""
        return frozenset(self.defs["WidgetRoot"]["properties"]["type"]["enum"])

    def resolved(self, node: Schema) -> Schema:
        """A part of the schema with the definition that it refers to in its place."""
        while "$ref" in node:
            node = self.defs[node["$ref"].removeprefix(REF)]
        return node

    def _named(self) -> Iterator[tuple[str, Schema]]:
        for each in self.defs.values():
            if is_component(each):
                yield each["properties"]["type"]["const"], each


def both_sides(chatkit: str) -> tuple[Side, ...]:
    """A release of chatkit (in any spelling, or `newest`) and the newest of the client.

    Raises SelectionError for a release that is not stored.
    """
    version = exactly(chatkit)
    sides = [Side(name="chatkit", version=version, defs=schema("widget", version)["$defs"])]
    for client in reversed(client_releases()):
        declared = client_schema("widget", client)
        if declared is not None:
            sides.append(Side(name="client", version=client, defs=declared["$defs"]))
            break
    return tuple(sides)
