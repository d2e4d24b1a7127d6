"""What the gallery shows is all that the newest schemas declare, and nothing that they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gallery.declared import components, declared, distinct, fits, newest

from chatkit_harness.contracts.clients import client_judge, client_releases
from chatkit_harness.contracts.validate import violations
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.reports.gallery import gallery_document
from chatkit_harness.reports.gallery.examples import BESIDE, PLAIN

SIDES = ("chatkit", "client")


@pytest.mark.parametrize("side", SIDES)
def test_every_component_of_either_side_is_there(document: dict[str, Any], side: str) -> None:
    shown = {each["name"] for each in document["components"] if side in each["sides"]}
    assert shown == set(components(newest(side)))


@pytest.mark.parametrize("side", SIDES)
def test_every_declared_value_of_every_prop_is_there(document: dict[str, Any], side: str) -> None:
    schema = newest(side)
    shown = {
        (each["name"], group["path"]): [variant["part"] for variant in group["variants"]]
        for each in document["components"]
        for group in each["props"]
    }
    missing = [
        (name, path, value)
        for name in components(schema)
        for path, value in declared(schema, name)
        if not any(fits(part, value) for part in shown.get((name, path), ()))
    ]
    assert missing == []


def test_the_way_through_the_schema_finds_what_stands_deep_in_it() -> None:
    found = set(declared(newest("chatkit"), "Chart")) | set(declared(newest("chatkit"), "Box"))
    assert ("series[].area.curveType", ("value", '"stepBefore"')) in found
    assert ("border.top.style", ("value", '"groove"')) in found
    assert ("background.dark", ("type", "string")) in found
    assert len(found) > 200


def test_every_widget_is_one_that_its_side_takes(document: dict[str, Any]) -> None:
    client = client_judge(client_releases()[-1], "widget")
    assert client is not None
    refused = []
    for component in document["components"]:
        for group in component["props"]:
            for each in group["variants"]:
                if "chatkit" in each["sides"]:
                    refused += violations(each["widget"], document["releases"]["chatkit"])
                elif "Chart" not in str(each["widget"]):
                    refused += client.judged(each["widget"], "WidgetRoot")
    assert refused == []


def test_values_are_told_apart_by_the_side_that_declares_them(document: dict[str, Any]) -> None:
    groups = {
        f"{each['name']}.{group['path']}": group for each in document["components"] for group in each["props"]
    }
    assert groups["Card.border"]["sides"] == ["client"]
    assert groups["Select.searchable"]["sides"] == ["chatkit"]
    gaps = {str(each["part"]): each["sides"] for each in groups["Box.gap"]["variants"]}
    assert gaps == {"2": ["chatkit", "client"], "7": ["chatkit", "client"], "3.5": ["client"],
                    "12px": ["chatkit", "client"], "2rem": ["chatkit", "client"]}  # fmt: skip


@pytest.mark.parametrize("version", distinct("chatkit"))
def test_every_release_has_a_gallery(version: str) -> None:
    shown = gallery_document(version)
    assert shown["releases"]["chatkit"] == version
    assert len(shown["components"]) >= 27
    assert "bolt" in shown["icons"]


def test_a_release_that_is_not_stored_is_told() -> None:
    with pytest.raises(SelectionError, match=r"No schemas are stored of chatkit 1\.99"):
        gallery_document("1.99")


def test_examples_are_of_components_and_props_that_there_are(document: dict[str, Any]) -> None:
    paths = {each["name"]: {group["path"] for group in each["props"]} for each in document["components"]}
    assert set(PLAIN) == set(paths)
    for place in BESIDE:
        owner = max((name for name in (*paths, "*") if place.startswith(f"{name}.")), key=len)
        path = place.removeprefix(f"{owner}.")
        assert any(
            each == path or each.startswith((f"{path}.", f"{path}[")) for name in paths
            if owner in ("*", name) for each in paths[name]
        ), place  # fmt: skip
