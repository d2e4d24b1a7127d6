from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit_harness import frontend
from chatkit_harness.contracts import catalogue
from chatkit_harness.frontend.roles import COMPONENTS

ANSWER = '{"response_text": "Up.", "widgets": [{"type": "Card", "children": []}]}'


def found(message: str) -> list[Any]:
    return [each.value for each in frontend.read(message).documents]


@pytest.mark.parametrize(
    "message",
    [
        ANSWER,
        f"Before. {ANSWER}",
        f"{ANSWER} After.",
        f"Before\n\n{ANSWER}\n\nafter",
        f"\ufeff{ANSWER}",
        f"\x00{ANSWER}\x00",
        f"```json\n{ANSWER}\n```",
        f"```\n{ANSWER}\n```",
        f"~~~json\n{ANSWER}\n~~~",
        f"```json {ANSWER}```",
        f"```json\n{ANSWER}",
        f'He said "no" and {{name}} and [1] and {{ or ] too: {ANSWER}',
        f'A quote that nobody closes: " {ANSWER}',
        f'a 5" screen {{x}} {ANSWER}',
    ],
)
def test_a_document_is_found_wherever_it_stands(message: str) -> None:
    (document,) = frontend.read(message).documents
    assert document.value == json.loads(ANSWER)
    assert message[document.start : document.end] == ANSWER
    assert document.role == "answer"
    assert document.fenced == (message[:3] in ("```", "~~~"))


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n", " and then ", "\n```\n```\n"])
def test_several_documents_in_a_row(between: str) -> None:
    message = between.join(['{"intent": "news"}', '{"a": [1, {}]}', '[{"type": "Card"}]', ANSWER])
    reading = frontend.read(message)
    assert [each.role for each in reading.documents] == ["classifier", "other", "widget", "answer"]


@pytest.mark.parametrize(
    "message",
    [
        "[1] and [2, 3]",
        "{name}",
        "{}",
        "Use {} for it, or [].",
        "f(x) = {x | x > 0}",
        '["the docs"](https://example.com)',
        '{"}',
        "[[1, 2], [3]]",
        "[x] done, [ ] open",
        "{{ template }}",
        "[[a]] [[[b]]]",
    ],
)
def test_prose_stays_prose(message: str) -> None:
    reading = frontend.read(message)
    assert [each.value for each in reading.documents if each.value != {}] == []
    assert reading.text == message
    assert all(each.position == len(message) for each in reading.broken)


def test_the_code_of_an_example_is_not_an_answer() -> None:
    message = 'Try:\n\n```python\nquote = {"symbol": "AAPL"}\n```\n\n{"intent": "educational"}'
    reading = frontend.read(message)
    assert [each.role for each in reading.documents] == ["classifier"]
    assert reading.text == 'Try:\n\n```python\nquote = {"symbol": "AAPL"}\n```'


@pytest.mark.parametrize(
    ("document", "role"),
    [
        ({"intent": "news"}, "classifier"),
        ({"intent": "news", "response_text": "x"}, "answer"),
        ({"text": "x"}, "answer"),
        ({"chartCommands": []}, "answer"),
        ({"query_intent": "news"}, "answer"),
        ({"type": "Text", "text": "x"}, "widget"),
        ({"type": "Crad", "children": []}, "widget"),
        ({"type": "Card", "widgets": []}, "answer"),
        ({"type": "load", "payload": {"symbol": "AAPL"}}, "commands"),
        (["LOAD:AAPL"], "commands"),
        ([{"type": "Card"}], "widget"),
        (["AAPL", "TSLA"], "other"),
        ({"price": 3}, "other"),
        ({"data": {"response_text": "x"}}, "answer"),
    ],
)
def test_roles(document: Any, role: str) -> None:
    (read,) = frontend.read(json.dumps(document)).documents
    assert read.role == role


def test_every_component_of_every_release_is_a_widget() -> None:
    known: set[str] = set()
    waiting: list[Any] = [catalogue.widget_schema(release) for release in catalogue.releases()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            kind = (
                node.get("properties", {}).get("type", {}) if isinstance(node.get("properties"), dict) else {}
            )
            known |= {kind["const"]} if "const" in kind else set()
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    assert {"Card", "ListView", "Chart"} <= known
    assert {name for name in known if name[:1].isupper()} <= COMPONENTS


def test_of_equal_keys_the_last_holds() -> None:
    reading = frontend.read(
        '{"response_text": "one", "response_text": "two", "widgets": [{}], "widgets": []}'
    )
    assert reading.text == "two"
    assert not reading.widgets


def test_huge_numbers_do_not_end_the_reading() -> None:
    digits = "9" * 400
    (value,) = found(f'{{"a": {digits}, "b": 1e999, "c": -{digits}.5, "d": {"1" * 5000}, "e": 12}}')
    assert value == {"a": digits, "b": "1e999", "c": f"-{digits}.5", "d": "1" * 5000, "e": 12}
    assert json.loads(json.dumps(value, allow_nan=False)) == value


def test_strange_characters_are_kept() -> None:
    message = '{"response_text": "\ud800 \\ud800 \u2028"} tail \udfff'
    reading = frontend.read(message)
    assert reading.text == "\ud800 \ud800 \u2028\n\ntail \udfff"


@pytest.mark.parametrize(
    "message", ['The list ["red", "green"] has two members.', 'Call `f(["a", "b"])` to run it.']
)
def test_a_list_of_words_in_a_sentence_is_no_document(message: str) -> None:
    reading = frontend.read(message)
    assert (reading.documents, reading.text) == ((), message)
