from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.contracts.widgets import NEWS_AS_DOCUMENTED, SOUND

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.normal import references
from chatkit_harness.contracts.strict import GENERATOR, KINDS
from chatkit_harness.contracts.sync import sync
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import BuildError, ConfigurationError, OutputError, SelectionError
from chatkit_harness.core.nouns import digest

FOLDER = data_folder("schemas") / "chatkit"
DISTINCT = {"widget": 10, "event": 15, "request": 6}


def test_every_importable_release_is_stored() -> None:
    known = catalogue.releases()
    assert len(known) >= 23
    assert {"0.0.2", "1.0.0", "1.1.2", "1.2.0", "1.4.0", "1.6.1", "1.6.5"} <= set(known)
    assert "0.0.1" not in known


def test_equal_schemas_are_stored_once_and_nothing_else_is() -> None:
    index = catalogue.read_index(FOLDER)
    wanted = {catalogue.file_name(kind, each[kind]) for each in index.releases.values() for kind in KINDS}
    assert wanted == {path.name for path in FOLDER.iterdir()} - {catalogue.INDEX}
    counts = {kind: sum(name.startswith(kind) for name in wanted) for kind in KINDS}
    assert all(counts[kind] >= DISTINCT[kind] for kind in KINDS)
    assert index.generator == GENERATOR


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*-*.json")), ids=lambda path: path.name)
def test_each_file_is_what_its_name_says_and_a_closed_schema(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    assert digest(document)[:12] == path.stem.split("-")[1]
    Draft202012Validator.check_schema(document)
    assert set(references(list(document["$defs"].values()))) <= set(document["$defs"])
    for name, each in document["$defs"].items():
        closed = each.get("additionalProperties") is False or "allOf" in each
        assert closed or "properties" not in each, name


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.name)
def test_no_prose_and_no_hosts_are_stored(path: Path) -> None:
    words = path.read_text("utf-8")
    assert '"description": "' not in words
    assert words.count("://") == (0 if path.name == catalogue.INDEX else 1)  # $schema


def test_any_validator_comes_to_the_same_verdict() -> None:
    plain = Draft202012Validator(dict(catalogue.widget_schema("1.6.5")))
    assert plain.is_valid(SOUND)
    paths = {each.json_path for each in plain.iter_errors(NEWS_AS_DOCUMENTED)}
    assert paths == {"$.children[0].type", "$.status"}


def test_releases_with_equal_schemas_share_the_object() -> None:
    assert catalogue.widget_schema("1.6.5") is catalogue.widget_schema("1.6.4")
    assert catalogue.widget_schema("1.6.5") is not catalogue.widget_schema("1.6.1")


def test_a_newer_release_is_answered_for_and_said_so() -> None:
    newest = catalogue.releases()[-1]
    assert catalogue.known("99.0") == catalogue.Known(asked="99.0", version=newest, exact=False)
    assert catalogue.known(newest).exact


@pytest.mark.parametrize("wrong", ["1.6.55x", "0.0.1", "", "newest", "1.2.1"])
def test_what_is_neither_stored_nor_newer_is_refused(wrong: str) -> None:
    with pytest.raises(SelectionError):
        catalogue.known(wrong)


@pytest.mark.parametrize(
    ("asked", "near"),
    [("0.0.1", "0.0.2 and 1.0.0"), ("1.2.1", "1.2.0 and 1.3.0"), ("2.0.0", "1.6.4 and 1.6.5")],
)
def test_the_nearest_stored_are_those_beside_it_in_the_order_of_versions(asked: str, near: str) -> None:
    with pytest.raises(SelectionError, match=f"Nearest stored: {near}[.;]"):
        catalogue.exactly(asked)


@pytest.mark.parametrize(
    ("index", "why"),
    [
        ('{"format": 99}', "format 99"),
        ('{"format": 1, "generator": 1, "releases": {"one": {}}}', "'one'"),
        ('{"format": 1, "generator": 1, "releases": 7}', "int"),
    ],
)
def test_a_broken_index_is_one_clear_error(tmp_path: Path, index: str, why: str) -> None:
    (tmp_path / catalogue.INDEX).write_text(index)
    with pytest.raises(ConfigurationError, match=why) as told:
        catalogue.read_index(tmp_path)
    assert told.value.next_step.startswith(
        f"Delete {tmp_path / catalogue.INDEX}, and write all releases again"
    )


def test_what_to_do_about_a_broken_index_works(tmp_path: Path) -> None:
    sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path)
    (tmp_path / catalogue.INDEX).write_text("{")
    with pytest.raises(ConfigurationError):
        sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path)
    (tmp_path / catalogue.INDEX).unlink()
    assert sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path).releases == ("1.0",)


# --- sync, on made-up releases ---


def model(const: str, **props: Any) -> dict[str, Any]:
    fields = {"key": {}, "id": {}, "type": {"const": const, "default": const, "title": "Type"}}
    return {"type": "object", "title": const, "description": "Prose.", "properties": {**fields, **props}}


def raw(*props: str) -> dict[str, Any]:
    card = model("Card", **{prop: {"type": "string"} for prop in props})
    root = {"$ref": "#/$defs/Card", "$defs": {"Card": card}}
    told = {
        "answers": [],
        "nulls": False,
        "unsent": {},
        "unions": {},
        "icons": {},
        "open": [],
        "components": {},
    }
    return {"schemas": dict.fromkeys(KINDS, root), **told}


def test_sync_stores_equal_schemas_once(tmp_path: Path) -> None:
    report = sync(
        {"1.0": raw("a"), "1.1": raw("a"), "2.0": raw("b")}.__getitem__, ["2.0", "1.0", "1.1"], tmp_path
    )
    assert report.releases == ("1.0", "1.1", "2.0")
    assert report.distinct == {"widget": 2, "event": 2, "request": 2}
    assert len(report.written) == 6
    assert len(list(tmp_path.iterdir())) == 7


def test_sync_twice_writes_nothing(tmp_path: Path) -> None:
    sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path)
    assert sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path).written == ()


def test_sync_removes_what_nobody_refers_to(tmp_path: Path) -> None:
    sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path)
    report = sync({"1.0": raw("b")}.__getitem__, ["1.0"], tmp_path)
    assert len(report.removed) == len(report.written) == 3
    assert len(list(tmp_path.iterdir())) == 4


def test_a_release_that_cannot_be_dumped_keeps_what_was_stored(tmp_path: Path) -> None:
    sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path)
    report = sync(lambda _: {"error": "ModuleNotFoundError: chatkit"}, ["1.0", "0.0.1"], tmp_path)
    assert report.releases == ("1.0",)
    assert report.failed[1] == ("0.0.1", "ModuleNotFoundError: chatkit")


def test_a_release_that_failed_is_named_once(tmp_path: Path) -> None:
    def dump(version: str) -> dict[str, Any]:
        raise BuildError(f"chatkit {version}", "Its models cannot be read.", "Look at it by hand.")

    report = sync(dump, ["0.0.1"], tmp_path)
    assert report.failed == (("0.0.1", "Its models cannot be read. Look at it by hand."),)


def test_what_else_made_a_release_fail_is_named(tmp_path: Path) -> None:
    def dump(version: str) -> dict[str, Any]:
        raise BuildError("pydantic", f"It does not suit {version}.", "Look at it by hand.")

    report = sync(dump, ["0.0.1"], tmp_path)
    assert report.failed == (("0.0.1", "pydantic: It does not suit 0.0.1. Look at it by hand."),)


def test_sync_of_a_folder_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError):
        sync({"1.0": raw("a")}.__getitem__, ["1.0"], tmp_path / "taken")
