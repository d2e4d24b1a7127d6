"""What changed from release to release, and the page that tells it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.contracts.wire_history import history, step

PAGE = Path(__file__).parents[2] / "docs" / "wire-changes.md"


def test_every_neighbouring_pair_is_told_once() -> None:
    assert [(each.before, each.after) for each in history()] == list(pairwise(releases()))


@pytest.mark.parametrize(
    ("before", "after", "where", "part"),
    [
        ("1.3.1", "1.4.0", "ThreadStreamEvent", "event"),
        ("1.3.1", "1.4.0", "ClientEffectEvent", "event"),
        ("1.4.0", "1.4.1", "GeneratedImageUpdated", "update"),
        ("1.6.3", "1.6.4", "StructuredInputItem", "item"),
        ("1.0.2", "1.1.0", "CustomTask.icon", "task"),
        ("1.5.1", "1.5.2", "Select.searchable", "component"),
        ("1.5.3", "1.6.0", "InputTranscribeReq", "request"),
        ("1.5.3", "1.6.0", "InputTranscribeParams", "part of a request"),
        ("1.6.1", "1.6.0", "BasicRoot", "component"),
        ("1.5.3", "1.6.0", "TranscriptionResult", "answer"),
        ("1.6.1", "1.6.2", "SyncCustomActionResponse", "answer"),
        ("1.3.1", "1.4.0", "DynamicWidgetRoot", "widget"),
        ("1.4.0", "1.3.1", "DynamicWidgetComponent", "component"),
    ],
)
def test_a_change_says_what_it_is_of(before: str, after: str, where: str, part: str) -> None:
    found = {change.where: of for of, change in step(before, after).changes}
    assert found[where] == part


def test_what_is_gone_breaks_and_what_is_new_does_not() -> None:
    there = {change.where: change.effect for _, change in step("1.4.2", "1.5.0").changes}
    assert there["FileAttachment.upload_url"] == "breaking"
    assert there["FileAttachment.upload_descriptor"] == "harmless"
    assert {change.effect for _, change in step("1.4.0", "1.3.1").changes} == {"breaking"}


def test_the_page_is_what_the_schemas_say(tmp_path: Path) -> None:
    made = tmp_path / "page.md"
    assert call("schemas", "changes", "--out", made).status == 0
    assert made.read_text("utf-8") == PAGE.read_text("utf-8"), (
        "chatkit-harness schemas changes --out docs/..."
    )


def test_the_same_comes_as_a_document() -> None:
    steps = json.loads(call("schemas", "changes", "--format", "json").out)["steps"]
    (changed,) = next(each["changes"] for each in steps if each["to"] == "1.3.0")
    assert (changed["of"], changed["where"], changed["effect"]) == (
        "component",
        "Checkbox.defaultChecked",
        "breaking",
    )
    assert sum(len(each["changes"]) for each in steps) == sum(len(each.changes) for each in history())


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    said = call("schemas", "changes", "--out", tmp_path / "no" / "page.md")
    assert said.status != 0
    assert "cannot be written" in said.err
