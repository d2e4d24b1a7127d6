from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit_harness import frontend


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, None),
        ("Up.", "Up."),
        ("", ""),
        ({"output_text": "Up.", "output_parsed": {"a": 1}}, "Up."),
        ({"output_text": {"text": "é"}}, '{"text": "é"}'),
        ({"output_text": None, "output_parsed": {"intent": "news"}}, '{"intent": "news"}'),
        ({"output_parsed": ["a"]}, '["a"]'),
        ({"output_text": ""}, ""),
        ({"price": 3}, '{"price": 3}'),
        ([1], "[1]"),
        (0, "0"),
        (False, "false"),
    ],
)
def test_the_message_of_a_result(result: Any, message: str | None) -> None:
    assert frontend.message_of(result) == message


def test_a_typed_result_is_read_back() -> None:
    card = {"type": "Card", "children": []}
    result = {"output_text": {"response_text": "Up.", "widgets": [card]}}
    reading = frontend.read(frontend.message_of(result) or "")
    assert ([each.widget for each in reading.widgets], reading.text) == ([card], "Up.")
    assert json.loads(reading.message) == result["output_text"]
