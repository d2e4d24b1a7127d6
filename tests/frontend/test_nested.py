from __future__ import annotations

import json
from typing import Any

from chatkit_harness import frontend

CARD = {"type": "Card", "children": [{"type": "Text", "value": "Up"}]}
ANSWER: dict[str, Any] = {"response_text": "AAPL rose.", "widgets": [CARD]}
MESSAGE = f'{{"intent": "news", "symbol": "AAPL"}}\n\n{json.dumps(ANSWER)}'


def test_a_message_in_a_result() -> None:
    reading = frontend.read(json.dumps({"output_text": MESSAGE, "output_parsed": ANSWER}))
    assert [(each.role, each.inside) for each in reading.documents] == [
        ("answer", None),
        ("classifier", "$.output_text"),
        ("answer", "$.output_text"),
    ]
    assert [each.widget for each in reading.widgets] == [CARD]
    assert (reading.text, reading.intent) == ("AAPL rose.", "news")


def test_a_widget_in_a_string_is_placed_by_its_characters() -> None:
    message = json.dumps({"response_text": f'Said "so" \u00e9\n{json.dumps(CARD)}'})
    reading = frontend.read(message)
    (widget,) = reading.widgets
    assert json.loads(f'"{message[widget.start : widget.end]}"') == json.dumps(CARD)
    assert reading.text == 'Said "so" \u00e9'


def test_a_message_that_was_encoded_twice() -> None:
    reading = frontend.read(json.dumps(json.dumps(ANSWER)))
    assert [(each.role, each.inside) for each in reading.documents] == [("answer", "$")]
    assert (len(reading.widgets), reading.text) == (1, "AAPL rose.")


def test_a_string_that_is_no_answers_text() -> None:
    reading = frontend.read(json.dumps({"tool": "chart_control", "value": [json.dumps(ANSWER)]}))
    assert [each.inside for each in reading.documents] == [None, "$.value[0]"]
    assert (len(reading.widgets), reading.text) == (1, "AAPL rose.")


def test_strings_three_deep_and_no_deeper() -> None:
    message = json.dumps(ANSWER)
    for _ in range(3):
        message = json.dumps({"response_text": message})
    assert frontend.read(message).widgets
    assert frontend.read(message).documents[-1].inside == " > ".join(["$.response_text"] * 3)
    deeper = frontend.read(json.dumps({"response_text": message}))
    assert not deeper.widgets
    assert "widgets" in deeper.text


def test_what_a_widget_shows_is_no_answer() -> None:
    card = {"type": "Card", "children": [{"type": "Text", "value": json.dumps(ANSWER)}]}
    reading = frontend.read(json.dumps({"response_text": "Raw:", "widgets": [card]}))
    assert [each.widget for each in reading.widgets] == [card]
    assert reading.text == "Raw:"


def test_an_envelope_does_not_hide_the_answer() -> None:
    reading = frontend.read(json.dumps({"status": "ok", "data": ANSWER}))
    assert [each.where for each in reading.widgets] == ["$.data.widgets[0]"]
    assert reading.text == "AAPL rose."


def test_json_that_is_no_answer_stays_an_answers_text() -> None:
    message = json.dumps({"response_text": '{"price": 3}'})
    reading = frontend.read(message)
    assert reading.text == '{"price": 3}'
    assert [message[start:end] for start, end in reading.stray] == ['{\\"price\\": 3}']
