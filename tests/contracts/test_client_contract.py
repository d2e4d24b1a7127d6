"""The page on what both sides understand: it is what the schemas say, and what they say is so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.client_differences import Difference, differences_of_sides
from chatkit_harness.contracts.client_faults import widget_faults
from chatkit_harness.contracts.clients import client_releases, client_schema
from chatkit_harness.contracts.knowledge import Item, apart
from chatkit_harness.contracts.validate import component_violations, violations

PAGE = Path(__file__).parents[2] / "docs" / "client-contract.md"
VALUES = {"a number": 1.5, "text": "words", "true or false": True, "anything": 7, "`lucide:…`": "lucide:x"}
ICON = "WidgetIcon"


def found(sort: str, where: str, what: str) -> Difference:
    (one,) = (each for each in differences_of_sides() if each.item == Item(sort=sort, where=where, what=what))  # type: ignore[arg-type] # a parameter
    return one


def test_the_page_is_what_the_schemas_say(tmp_path: Path) -> None:
    made = tmp_path / "page.md"
    assert call("schemas", "client", "--out", made).status == 0
    assert made.read_text("utf-8") == PAGE.read_text("utf-8"), "chatkit-harness schemas client --out docs/..."


def test_where_a_page_cannot_be_written_it_is_told(tmp_path: Path) -> None:
    said = call("schemas", "client", "--out", tmp_path / "none" / "page.md")
    assert (said.status, "cannot be written" in said.err) == (3, True)


@pytest.mark.parametrize(
    ("sort", "where", "what", "servers", "clients"),
    [
        ("component", "", "Chart", "0.0.2 1.6.5", ""),
        ("component", "", "Table", "", "1.7.0 1.9.0"),
        ("prop", "Card", "border", "", "1.7.0 1.9.0"),
        ("prop", "Select", "searchable", "1.5.2 1.6.5", ""),
        ("prop", "Select.options[]", "disabled", "0.0.2 1.6.5", ""),
        ("value", ICON, "`vendor:…`", "1.1.2 1.6.5", ""),
        ("value", "Checkbox.defaultChecked", "text", "0.0.2 1.2.0", "0.0.0 1.0.1"),
    ],
)
def test_a_difference_names_the_releases_of_either_side(
    sort: str, where: str, what: str, servers: str, clients: str
) -> None:
    one = found(sort, where, what)
    assert (ends(one.servers), ends(one.clients)) == (servers, clients)


def ends(versions: tuple[str, ...]) -> str:
    return f"{versions[0]} {versions[-1]}" if versions else ""


def sample(item: Item, defs: Mapping[str, Any]) -> dict[str, Any] | None:
    """A component that has this item and is otherwise sound; None for what takes more than a prop of one."""
    owner, rest = apart(item.where) if item.where else (item.what, "")
    definition = next((each for each in defs.values() if named(each) == owner), None)
    if definition is None or "[]" in item.where or "." in rest or item.sort in ("holds", "root"):
        return None
    made = {name: least(name, each, defs) for name, each in needs(definition).items()}
    if item.sort == "prop":
        made[item.what] = (
            None if definition is None else least(item.what, props(definition).get(item.what, {}), defs)
        )
    elif item.sort == "value":
        made[rest] = VALUES.get(item.what, item.what.strip('`"'))
    elif item.sort == "needs":
        made.pop(item.what, None)
    return made


def props(definition: Mapping[str, Any]) -> dict[str, Any]:
    return dict(definition.get("properties", {}))


def named(definition: Mapping[str, Any]) -> object:
    own = props(definition)
    return own.get("type", {}).get("const") if {"id", "key"} <= set(own) else None


def needs(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: props(definition)[name] for name in definition.get("required", ())}


def least(name: str, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """The least that a schema takes."""
    if name == "children":
        return {"type": "Spacer"} if schema.get("$ref") else []
    if "properties" in schema:
        return {each: least(each, own, defs) for each, own in needs(schema).items()}
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    if "$ref" in schema:
        return least(name, defs[schema["$ref"].removeprefix("#/$defs/")], defs)
    if "anyOf" in schema:
        return least(name, schema["anyOf"][0], defs)
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null")
    return {"string": "words", "array": [], "boolean": True, "object": {}}.get(kind, 1)


def sides() -> list[Any]:
    """Each difference of a whole component or of a prop of one, with a component that shows it."""
    rows = []
    known = [
        *(catalogue.widget_schema(each) for each in catalogue.releases()),
        *map(widgets_of, client_releases()),
    ]
    for each in differences_of_sides():
        for schema in reversed(known):
            made = sample(each.item, schema["$defs"])
            if made is not None and (each.item.sort != "prop" or has(schema["$defs"], each.item)):
                rows.append(
                    pytest.param(each, made, id=f"{each.item.sort}-{each.item.where}-{each.item.what}")
                )
                break
    return rows


def as_whole(made: dict[str, Any]) -> dict[str, Any]:
    """The widget that a root is, or that an entry of a list stands in; empty for other components."""
    if made["type"] == "ListViewItem":
        return {"type": "ListView", "children": [made]}
    return made if made["type"] in ("Basic", "Card", "ListView") else {}


def widgets_of(version: str) -> Mapping[str, Any]:
    schema = client_schema("widget", version)
    assert schema is not None
    return schema


def has(defs: Mapping[str, Any], item: Item) -> bool:
    return any(named(each) == item.where and item.what in props(each) for each in defs.values())


@pytest.mark.parametrize(("difference", "made"), sides())
def test_a_difference_shows_when_such_a_component_is_judged(
    difference: Difference, made: dict[str, Any]
) -> None:
    whole, demand = as_whole(made), difference.item.sort == "needs"
    for version in (difference.servers_asked[0], difference.servers_asked[-1]):
        faulty = bool(violations(whole, version) if whole else component_violations(made, version))
        assert faulty is ((version in difference.servers) is demand), version
    for version in (difference.clients_asked[0], difference.clients_asked[-1]):
        faulty = bool(widget_faults(whole or made, [version], whole=bool(whole)))
        assert faulty is ((version in difference.clients) is demand), version


def test_most_differences_are_shown_so() -> None:
    assert len(sides()) > 65
