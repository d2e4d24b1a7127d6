from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from tests.chart.strategies import commands

from chatkit_harness import chart
from chatkit_harness.chart import ChartCommand
from chatkit_harness.core.data import data_folder

SCHEMA = json.loads((data_folder("schemas") / "chart_command.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=300, deadline=None)
@given(commands)
def test_every_command_is_written_as_the_schema_says(command: ChartCommand) -> None:
    document = json.loads(json.dumps(chart.to_structured(command)))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    "document",
    [
        {"type": "load"},
        {"type": "load", "payload": {"symbol": "tsla"}},
        {"type": "load", "payload": {"symbol": "TSLA"}, "colour": "red"},
        {"type": "lod", "payload": {}},
        {"type": "timeframe", "payload": {"value": "1h"}},
        {"type": "drawing", "payload": {"style": "support", "price": 0}},
        {"type": "drawing", "payload": {"style": "support", "price": "440"}},
        {"type": "drawing", "payload": {"style": "trendline", "start_price": 1, "end_price": 2}},
        {"type": "drawing", "payload": {"style": "fibonacci", "high": 2}},
        {"type": "indicator", "payload": {"name": "RSI", "enabled": True, "params": {"period": -1}}},
        {"type": "pattern", "payload": {"name": "TRIANGLE", "start": 3}},
        {"type": "scroll", "payload": {"date": "2024-01-15", "direction": "left"}},
        {"type": "zoom", "payload": {"direction": "in"}, "description": 'a "b"'},
    ],
)
def test_the_schema_refuses_what_is_not_canonical(document: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(document)


def test_every_type_of_the_schema_is_read() -> None:
    for kind in SCHEMA["properties"]["type"]["enum"]:
        rejected = chart.from_structured({"type": kind, "payload": {"nothing": 1}}).rejected
        assert all("no type" not in each.reason for each in rejected), kind
