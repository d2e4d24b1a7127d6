"""A workflow's answer is read as its frontend reads it, by the functions that read ChatKit turns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.chart import to_text
from chatkit_harness.checks import reading
from chatkit_harness.core.transcript import Turn

CLASSIFIED = '{"intent": "news", "symbol": "TSLA", "confidence": "high"}'
ANSWER = {"response_text": "Here is the news:", "query_intent": "news", "widgets": [build.NEWS]}
DRAWN = ["LOAD:TSLA", "SUPPORT:440.00"]


def commands(turn: Turn) -> list[str]:
    return [to_text(each.command) for each in reading.commands(turn)]


def test_the_widgets_and_the_words_of_an_answer_are_items() -> None:
    turn = build.said(f"{CLASSIFIED}\n\n{json.dumps(ANSWER)}")
    assert [(each.kind, each.id) for each in reading.sent_items(turn)] == [
        ("widget", "widget-1"),
        ("assistant_message", "message"),
    ]
    (widget,) = reading.widgets(turn)
    assert (widget.widget, widget.document["where"]) == (build.NEWS, "$.widgets[0]")
    assert widget.first_ms == turn.ended_at_ms
    assert reading.assistant_texts(turn) == ("Here is the news:",)
    assert reading.user_text(turn) == "Here is the news:"


def test_items_of_a_later_answer_have_ids_of_their_own() -> None:
    first, second = (build.said(json.dumps(ANSWER), index=number) for number in (0, 1))
    assert not {each.id for each in reading.sent_items(first)} & {
        each.id for each in reading.sent_items(second)
    }


@pytest.mark.parametrize(
    ("message", "answered"),
    [
        ("Tesla is up.", True),
        (json.dumps({"text": "", "chart_commands": DRAWN}), True),
        (json.dumps(ANSWER), True),
        ("", False),
        (" \n", False),
        (json.dumps({"response_text": "", "widgets": [{}]}), False),
    ],
)
def test_words_widgets_and_commands_answer_a_user(message: str, answered: bool) -> None:
    assert reading.answered(build.said(message, response={"output_text": message})) is answered


def test_a_lone_classifier_is_what_the_user_reads() -> None:
    assert reading.user_text(build.said(CLASSIFIED)) == CLASSIFIED


NATIVE: list[tuple[dict[str, Any], list[str]]] = [
    (build.effect(*DRAWN), DRAWN),
    (build.effect(*DRAWN, name="draw", key="chart_commands"), DRAWN),
    (build.client_call("chart_control", chart_commands=DRAWN), DRAWN),
    (build.message("Here you are.\n\nLOAD:TSLA\nSUPPORT:440"), DRAWN),
    (build.message("TSLA has support at 440."), []),
    (build.message(json.dumps({"chart_commands": DRAWN})), []),
    (build.effect("refresh", "scroll", name="editor"), []),
]


@pytest.mark.parametrize(("event", "expected"), NATIVE)
def test_commands_of_the_native_path(event: dict[str, Any], expected: list[str]) -> None:
    assert commands(build.turn(event)) == expected


def test_a_command_that_came_twice_is_one() -> None:
    turn = build.turn(build.effect(*DRAWN), build.message("LOAD:TSLA\nSUPPORT:440.00"))
    assert commands(turn) == DRAWN


def test_commands_of_a_workflow_may_be_meant_by_its_prose() -> None:
    assert commands(build.said("TSLA has support at 440.")) == ["SUPPORT:440.00"]


def test_an_effect_of_another_product_has_nothing_rejected() -> None:
    assert not reading.rejected(build.turn(build.effect("LOAD", name="editor")))
    (rejected,) = reading.rejected(build.turn(build.effect("LOAD")))
    assert (rejected.verb, rejected.source) == ("LOAD", "array")


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "text": "Drawn.", "chart_commands": DRAWN},
        {
            "messages": [{"role": "assistant", "content": "Drawn."}],
            "metadata": {"chart_commands": DRAWN},
        },
    ],
)
def test_commands_and_words_of_an_http_answer(body: dict[str, Any]) -> None:
    turn = build.called(200, body)
    assert (commands(turn), reading.user_text(turn)) == (DRAWN, "Drawn.")


def test_the_question_of_an_http_call_is_in_its_body() -> None:
    asked = {"messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "draw it"}]}
    assert reading.question(build.called(200, {})) == "draw support for TSLA"
    assert reading.question(build.called(200, {}, sent=asked)) == "draw it"
    assert reading.question(build.said("Drawn.", "draw support")) == "draw support"


def test_a_call_that_was_not_answered_is_no_http_answer() -> None:
    assert reading.http(build.called(200, {}, end="raised", response=None)) is None
