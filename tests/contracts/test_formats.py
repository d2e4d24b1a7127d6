from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contracts.widgets import card

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.formats import SENT, TAKEN, WORDS, is_address, is_sent_time, is_taken_time
from chatkit_harness.contracts.strict import KINDS
from chatkit_harness.contracts.validate import violations

TIMES = ("2026-11-20T16:00:00", "2026-11-20T16:00:00.5", "2026-11-20T16:00:00Z", "2026-11-20T16:00:00-08:00")
READ_ONLY = (
    "2026-11-20",
    "2026-11-20 16:00",
    "2026-11-20t16:00:00z",
    "2026-11-20T16:00:00+0530",
    "1763654400",
)
NO_TIMES = (
    "yesterday",
    "",
    "2026-13-01T16:00:00",
    "2026-02-30",
    "2026-11-20T25:00:00",
    "20/11/2026",
    "16:00",
)


@pytest.mark.parametrize("text", TIMES)
def test_a_time_as_pydantic_writes_it_is_one(text: str) -> None:
    assert is_sent_time(text)
    assert is_taken_time(text)


@pytest.mark.parametrize("text", READ_ONLY)
def test_a_time_that_pydantic_only_reads_is_taken_and_not_sent(text: str) -> None:
    assert is_taken_time(text)
    assert not is_sent_time(text)


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_none(text: str) -> None:
    assert not is_taken_time(text)
    assert not is_sent_time(text)


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a?b=c|d#e", "http://127.0.0.1:8000", "data:text/plain,two words", "file:///a.png"],
)
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a.png", "/a.png", "https:", "https://", "https:///a", "https://a b", " https://a", "//a/b"]
)
def test_what_is_no_whole_address_is_none(text: str) -> None:
    assert not is_address(text)


def test_every_format_that_a_stored_schema_names_is_judged() -> None:
    schemas = [catalogue.schema(kind, release) for kind in KINDS for release in catalogue.releases()]
    named = {name for schema in schemas for name in formats(dict(schema))}
    assert named == set(WORDS) == set(SENT.checkers) == set(TAKEN.checkers)


def formats(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("format"), str):
            yield node["format"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from formats(each)


def test_a_widgets_day_may_be_written_as_the_models_read_it() -> None:
    picker = {"type": "DatePicker", "name": "until", "min": "2026-11-20"}
    assert violations(card(picker), "1.6.5") == []
    (found,) = violations(card({**picker, "min": "soon"}), "1.6.5")
    assert (found.rule, found.prop) == ("wrong-value", "min")
    assert found.reason == "DatePicker.min is 'soon'; it must be a date with a time."
