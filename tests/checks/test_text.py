from __future__ import annotations

import pytest
from tests.checks import build
from tests.checks.build import message, rules, transcript, turn

from chatkit_harness.checks import text
from chatkit_harness.core.scenario import Expectation, TextExpectation


def found(*events: dict[str, object]) -> list[str]:
    return rules(text.check(transcript(turn(*events)), build.scenario()))


@pytest.mark.parametrize(
    "words",
    [
        '{"intent": "chart_command"}',
        'Here you are:\n{"widgets": [], "text": "x"} Enjoy.',
        '```json\n{"symbol": "TSLA"}\n```',
        'An answer that was cut: {"response_text": "TSLA tra',
        '[{"type": "Card"}]',
        '["LOAD:TSLA"]',
        'See:\n```json\n{"response_text": "Hi", "widgets": []}\n```',
        'See `{"type": "Card", "children": []}` here.',
    ],
)
def test_raw_json_is_found_wherever_it_stands(words: str) -> None:
    assert found(message(words)) == ["text/raw-json"]


@pytest.mark.parametrize(
    "words",
    [
        "AAPL [1] is at {271}.",
        "A set {a, b} and [2, 3].",
        'He said "yes".',
        "The matrix [[1, 2], [3, 4]] has a determinant.",
        'The list ["red", "green"] has two members.',
        'A sample:\n```json\n{"port": 8080, "hosts": ["a"]}\n```\nSave it.',
        'Send `{"port": 8080}` as the body.',
    ],
)
def test_brackets_in_prose_are_no_json(words: str) -> None:
    assert not found(message(words))


def test_json_is_allowed_where_the_scenario_says_so() -> None:
    allowed = build.scenario(expect=Expectation(text=TextExpectation(not_json=False)))
    assert not list(text.check(transcript(turn(message('{"a": 1}'))), allowed))


def test_an_empty_message_is_found() -> None:
    assert found(message("  ")) == ["text/empty"]


def test_an_empty_message_at_the_end_of_a_recording_is_none() -> None:
    held = transcript(turn(message("")), exchanges=(build.exchange(outcome="exhausted"),))
    assert not list(text.check(held, build.scenario()))


def test_the_same_answer_in_two_messages_is_found() -> None:
    assert found(message("At 271.49.", "a"), message("At  271.49.", "b")) == ["text/doubled"]


def test_an_answer_that_is_itself_twice_is_found() -> None:
    assert found(message("AAPL is at 271.49. AAPL is at 271.49.")) == ["text/doubled"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Hello {{ user.name }}.", "template"),
        ("It is ${price} now.", "template"),
        ("Done.<|im_end|>", "token"),
        ("See 【4:0†source】.", "citation"),
        ("<div>AAPL</div>", "markup"),
        ("AT&amp;T is up.", "entity"),
    ],
)
def test_marks_that_were_left_are_found(words: str, kind: str) -> None:
    (finding,) = text.check(transcript(turn(message(words))), build.scenario())
    assert finding.key == f"text/markup {kind}"


@pytest.mark.parametrize(
    "words",
    [
        "if a < b and c > d",
        "a<b and c>2",
        "A List<T> or Map<K, V>",
        "Use `<div>` here.",
        "P&L is $450",
        "**bold** text",
    ],
)
def test_prose_code_and_markdown_are_no_leftovers(words: str) -> None:
    assert not found(message(words))


def test_pieces_that_do_not_add_up_are_found() -> None:
    (finding,) = text.check(
        transcript(turn(*build.streamed("AAPL is at 271.", "AAPL is ", "at 272."))), build.scenario()
    )
    assert finding.rule == "text/delta-mismatch"
    assert "at character 13" in finding.message


def test_the_words_of_a_recorded_model_fail_nothing_on_the_probe_server() -> None:
    held = transcript(turn(message('{"a": 1}')), server="probe")
    (finding,) = text.check(held, build.scenario(server="probe"))
    assert finding.severity == "warning"
