"""What the releases of the client declare: the stored schemas, their words, and what is allowed besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contracts.widgets import card

from chatkit_harness.contracts.allowances import ALLOWANCES, Allowance, allowing
from chatkit_harness.contracts.client_document import needed
from chatkit_harness.contracts.client_faults import effect_faults, widget_faults
from chatkit_harness.contracts.client_sync import sync_clients
from chatkit_harness.contracts.clients import (
    CLIENT_KINDS,
    alike,
    client_releases,
    client_schema,
    read_client_index,
    spans,
)
from chatkit_harness.contracts.declared import declared
from chatkit_harness.core.errors import ConfigurationError, SelectionError

BUTTON = {"type": "Button", "label": "Buy", "onClickAction": {"type": "buy", "payload": {"n": 1}}}
DECLARED: dict[str, Any] = {
    "$ref": "#/definitions/WidgetRoot",
    "definitions": {
        "WidgetRoot": {"anyOf": [{"$ref": "#/definitions/Card"}, {"$ref": "#/definitions/Row"}]},
        "Card": {
            "type": "object",
            "description": "A card.",
            "properties": {"type": {"const": "Card", "type": "string"}, "id": {}, "key": {}},
            "additionalProperties": False,
            "required": ["type"],
        },
        "Row": {
            "type": "object",
            "properties": {"type": {"const": "Row", "type": "string"}, "id": {}, "key": {}},
            "additionalProperties": False,
            "required": ["type"],
        },
    },
}


def rules(widget: dict[str, Any], *clients: str) -> list[tuple[str, str]]:
    return [(each.violation.rule, each.violation.path) for each in widget_faults(widget, clients)]


def test_each_release_has_a_schema_and_few_are_distinct() -> None:
    assert (client_releases()[0], client_releases()[-1]) == ("0.0.0", "1.9.0")
    assert [len(alike(client_releases(), kind)) for kind in CLIENT_KINDS] == [3, 2]
    assert client_schema("effect", "1.0.3") is None
    assert client_schema("widget", "1.0.0") is client_schema("widget", "0.0.0")


@pytest.mark.parametrize("version", client_releases())
def test_a_plain_widget_is_understood_by_every_release(version: str) -> None:
    assert widget_faults(card(BUTTON, theme="dark"), [version]) == []


def test_a_fault_says_which_releases_lack_it_and_which_do_not() -> None:
    (fault,) = widget_faults(card(border=1), ["1.5.0", "1.6.0", "1.9.0"])
    assert (fault.violation.rule, fault.violation.path) == ("unknown-prop", "$.border")
    assert (fault.by, fault.declared_by) == (("1.5.0", "1.6.0"), ("1.7.0", "1.9.0"))
    assert "@openai/chatkit 1.6.0" in fault.violation.reason


def test_what_two_kinds_of_releases_lack_is_told_once() -> None:
    (fault,) = widget_faults(card({"type": "Chart"}), ["1.0.0", "1.9.0"])
    assert (fault.by, fault.declared_by) == (("1.0.0", "1.9.0"), ())


def test_what_stands_in_something_unknown_is_not_declared_either() -> None:
    table = {
        "type": "Table",
        "children": [{"type": "Table.Row", "children": [{"type": "Table.Cell", "x": 1}]}],
    }
    found = {each.violation.path: each for each in widget_faults(card(table), ["1.9.0"])}
    assert found["$.children[0].children[0].children[0].x"].declared_by == ()
    assert widget_faults(card({"type": "Table"}), ["1.6.0"])[0].declared_by == ("1.7.0", "1.9.0")


def test_effects_are_declared_from_some_release_on() -> None:
    effect = {"name": "chart_commands", "data": {"commands": []}}
    assert effect_faults(effect, ["1.1.0"]) == []
    (fault,) = effect_faults(effect, ["1.0.3", "1.9.0"])
    assert (fault.violation.rule, fault.by) == ("unknown-effect", ("1.0.3",))
    assert effect_faults({"name": "x", "data": 3}, ["1.9.0"])[0].violation.rule == "wrong-type"


@pytest.mark.parametrize("allowance", ALLOWANCES, ids=lambda each: each.where)
def test_an_allowance_is_needed_by_some_release_on_either_side(allowance: Allowance) -> None:
    assert "none" not in needed(allowance)


def test_an_allowance_that_no_release_needs_is_seen() -> None:
    idle = Allowance(part="ActionConfig", prop="payload", takes={}, clients="", reason="none")
    late = Allowance(part="ActionConfig", prop="handler", takes={}, clients=">=99", reason="none")
    assert needed(idle) == ("none", "none")
    assert needed(late) == ("all", "none")


def test_without_its_allowance_each_action_would_be_a_finding() -> None:
    written = {"type": "buy", "handler": "server", "loadingBehavior": "auto", "streaming": True}
    assert rules(card({**BUTTON, "onClickAction": written}), "1.9.0") == []
    bare = client_schema("widget", "1.9.0")
    assert bare is not None
    assert allowing(bare, "1.9.0") != bare
    assert not {"handler", "loadingBehavior", "streaming"} & set(bare["$defs"]["ActionConfig"]["properties"])


@pytest.mark.parametrize(("prop", "value"), [("handler", "both"), ("streaming", False), ("target", "page")])
def test_an_allowance_is_no_wider_than_it_says(prop: str, value: object) -> None:
    widget = card({**BUTTON, "onClickAction": {"type": "buy", prop: value}})
    assert [path for _, path in rules(widget, "1.9.0")] == [f"$.children[0].onClickAction.{prop}"]


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_what_is_stored_has_no_descriptions(kind: str) -> None:
    for version in client_releases():
        assert '"description": "' not in str(client_schema(kind, version))  # type: ignore[arg-type] # any kind


def test_declarations_get_the_form_of_the_servers_schemas() -> None:
    made = declared(DECLARED)
    assert made["$ref"] == "#/$defs/WidgetRoot"
    assert made["$defs"]["WidgetRoot"]["properties"] == {"type": {"enum": ["Card", "Row"]}}
    assert made["$defs"]["Card"]["additionalProperties"] is False
    assert "description" not in made["$defs"]["Card"]


def test_a_sync_keeps_equal_schemas_once_and_what_fails_is_named(tmp_path: Path) -> None:
    def generate(version: str) -> dict[str, Any]:
        return {"widget": {} if version == "1.2.0" else DECLARED, "effect": None}

    report = sync_clients(generate, ["1.0.0", "1.1.0", "1.2.0"], tmp_path, tool="by hand")
    assert (report.releases, dict(report.distinct)) == (("1.0.0", "1.1.0"), {"widget": 1, "effect": 0})
    assert [version for version, _ in report.failed] == ["1.2.0"]
    again = sync_clients(generate, ["1.1.0"], tmp_path, tool="by hand")
    assert (again.written, set(read_client_index(tmp_path).releases)) == ((), {"1.0.0", "1.1.0"})


@pytest.mark.parametrize("broken", ["{", "[]", '{"format": 1, "generator": 1, "releases": {"one": {}}}'])
def test_an_index_that_cannot_be_read_says_so(tmp_path: Path, broken: str) -> None:
    (tmp_path / "index.json").write_text(broken, "utf-8")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_client_index(tmp_path)


def test_a_sync_over_a_broken_index_names_the_file_and_works_once_that_is_gone(tmp_path: Path) -> None:
    index = tmp_path / "index.json"
    index.write_text("{", "utf-8")
    with pytest.raises(ConfigurationError) as told:
        sync_clients(lambda _: {"widget": DECLARED, "effect": None}, ["1.0.0"], tmp_path, tool="by hand")
    assert told.value.next_step.startswith(f"Delete {index}, and write all releases again")
    assert index.read_text("utf-8") == "{"
    index.unlink()
    report = sync_clients(lambda _: {"widget": DECLARED, "effect": None}, ["1.0.0"], tmp_path, tool="by hand")
    assert report.releases == ("1.0.0",)


def test_a_release_that_is_not_stored_is_told() -> None:
    with pytest.raises(SelectionError, match="No schemas are stored"):
        client_schema("widget", "1.8.0")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("abcde", "all"),
        ("", "none"),
        ("de", "d on"),
        ("ab", "up to b"),
        ("bc", "b to c"),
        ("ac", "a, c"),
        ("e", "e"),
        ("bde", "b, d on"),
    ],
)
def test_releases_are_told_as_ranges(chosen: str, words: str) -> None:
    assert spans(chosen, "abcde") == words
