from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import CARD, NEWS, rules, transcript, turn

from chatkit_harness.checks import expect
from chatkit_harness.core.scenario import (
    Expectation,
    TextExpectation,
    ToolExpectation,
    TurnPlan,
    WidgetExpectation,
)
from chatkit_harness.core.transcript import Stored, Transcript

AAPL = ToolExpectation(name="show_stock_quote", arguments={"symbol": "AAPL"})


def found(held: Transcript, **expected: Any) -> list[str]:
    return rules(expect.check(held, build.scenario(expect=Expectation(**expected))))


@pytest.mark.parametrize(
    ("tools", "rule"),
    [
        ((AAPL,), []),
        ((), ["expect/tool-unexpected"]),
        ((AAPL, ToolExpectation(name="show_market_news")), ["expect/tool-missing"]),
        (
            (ToolExpectation(name="show_stock_quote", arguments={"symbol": "TSLA"}),),
            ["expect/tool-arguments"],
        ),
        ((AAPL, AAPL), ["expect/tool-missing"]),
    ],
)
def test_tools_are_compared_with_what_really_ran(tools: tuple[ToolExpectation, ...], rule: list[str]) -> None:
    assert found(build.clean(), tools=tools) == rule


def test_a_tool_that_the_model_asked_for_but_that_gave_nothing_did_not_run() -> None:
    request = {"input": build.asked()["input"][:-1]}
    held = transcript(turn(build.message("Fine.")), exchanges=(build.exchange(request),))
    assert found(held, tools=(AAPL,)) == ["expect/tool-missing"]


def test_tools_are_read_from_chat_completions_too() -> None:
    call = {"id": "1", "function": {"name": "show_stock_quote", "arguments": '{"symbol": "AAPL"}'}}
    messages = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "x"},
    ]
    held = transcript(turn(build.message("Fine.")), exchanges=(build.exchange({"messages": messages}),))
    assert not found(held, tools=(AAPL,))


@pytest.mark.parametrize(
    ("widget", "rule"),
    [
        (WidgetExpectation(root="Card", contains=("aapl", "271.49")), []),
        (WidgetExpectation(root="ListView"), ["expect/widget-missing", "expect/widget-unexpected"]),
        (WidgetExpectation(root="Card", contains=("TSLA",)), ["expect/widget-content"]),
        (WidgetExpectation(root="Card", contains=("success",)), ["expect/widget-content"]),
        (WidgetExpectation(rows=3), ["expect/widget-content"]),
        (WidgetExpectation(has=({"type": "Text", "value": "271.49", "color": "success"},)), []),
        (WidgetExpectation(has=({"type": "Row", "children": [{}, {"value": "Apple Inc."}]},)), []),
        (WidgetExpectation(has=({"type": "Text", "color": "danger"},)), ["expect/widget-content"]),
        (WidgetExpectation(has=({"type": "Row", "children": [{}]},)), ["expect/widget-content"]),
    ],
)
def test_widgets_are_compared_by_what_a_user_reads(widget: WidgetExpectation, rule: list[str]) -> None:
    assert found(build.clean(), widgets=(widget,)) == rule


def test_the_rows_of_a_list_are_its_children() -> None:
    held = transcript(turn(build.widget({"type": "Card", "children": [NEWS]})))
    assert not found(held, widgets=(WidgetExpectation(rows=2, contains=("2 articles",)),))


def test_a_widget_that_is_sent_twice_is_unexpected() -> None:
    held = transcript(turn(build.widget(CARD, "a"), build.widget(CARD, "b")))
    assert found(held, widgets=(WidgetExpectation(root="Card"),)) == ["expect/widget-unexpected"]


def test_a_widget_is_read_as_it_stands_after_its_updates() -> None:
    update = {"type": "widget.root.updated", "widget": NEWS}
    events = [build.widget(CARD), {"type": "thread.item.updated", "item_id": "w", "update": update}]
    assert not found(transcript(turn(*events)), widgets=(WidgetExpectation(root="ListView"),))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (TextExpectation(contains=("aapl",), excludes=("error",)), []),
        (TextExpectation(contains=("TSLA",)), ["expect/text-content"]),
        (TextExpectation(excludes=("trades",)), ["expect/text-unexpected"]),
    ],
)
def test_words_are_compared_without_regard_to_case(text: TextExpectation, rule: list[str]) -> None:
    assert found(build.clean(), text=text) == rule


def test_silence_is_a_missing_text_unless_none_is_required() -> None:
    held = transcript(turn(build.widget(CARD)))
    assert found(held, text=TextExpectation()) == ["expect/text-missing"]
    assert not found(held, text=TextExpectation(required=False, contains=("AAPL",)))


def test_nothing_is_asked_of_the_words_after_the_recording_ended() -> None:
    held = transcript(turn(build.widget(CARD)), exchanges=(build.exchange(outcome="exhausted"),))
    assert not found(held, text=TextExpectation(contains=("AAPL",)))


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (build.client_call("get_chart_selection"), []),
        (build.client_call("other"), ["expect/client-tool-missing"]),
        (build.client_call("get_chart_selection", "completed"), ["expect/client-tool-not-pending"]),
    ],
)
def test_a_client_tool_call_must_wait_for_the_client(call: dict[str, Any], rule: list[str]) -> None:
    wanted = ToolExpectation(name="get_chart_selection")
    assert found(transcript(turn(call)), client_tool=wanted) == rule


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"symbol": "TSLA", "bars": 20}, []),
        ({"symbol": "AAPL", "bars": 20}, ["expect/client-tool-arguments"]),
        ({}, ["expect/client-tool-arguments"]),
    ],
)
def test_a_client_tool_is_asked_for_with_the_arguments_that_matter(
    arguments: dict[str, Any], rule: list[str]
) -> None:
    wanted = ToolExpectation(name="get_chart_selection", arguments={"symbol": "TSLA"})
    call = build.client_call("get_chart_selection", **arguments)
    assert found(transcript(turn(call)), client_tool=wanted) == rule


def test_one_of_several_client_tool_calls_with_the_right_arguments_is_enough() -> None:
    calls = [build.client_call("get_chart_selection", symbol=each) for each in ("AAPL", "TSLA")]
    calls[0]["item"]["id"] = "other"
    wanted = ToolExpectation(name="get_chart_selection", arguments={"symbol": "TSLA"})
    assert found(transcript(turn(*calls)), client_tool=wanted) == []


def test_a_client_tool_counts_as_a_tool_that_was_called() -> None:
    held = transcript(turn(build.client_call("get_chart_selection")))
    assert not found(held, tools=(ToolExpectation(name="get_chart_selection"),))


def test_stored_items_are_compared_in_order() -> None:
    right = ("user_message", "widget", "assistant_message")
    assert not found(build.clean(), items=right)
    assert found(build.clean(), items=right[::-1]) == ["expect/items"]
    assert found(transcript(turn(build.message("Fine."))), items=right) == ["expect/items"]


def test_an_expected_error_must_be_told() -> None:
    held = transcript(turn(build.error("Orders are not possible here", "custom")))
    assert not found(held, error="orders are not possible")
    assert found(build.clean(), error="orders") == ["expect/error-missing"]


def test_an_expectation_of_one_turn_is_about_that_turn() -> None:
    wanted = Expectation(text=TextExpectation(contains=("TSLA",)))
    plans = (TurnPlan(user="a"), TurnPlan(user="b", expect=wanted))
    held = transcript(turn(build.message("TSLA")), turn(build.message("AAPL"), index=1))
    (finding,) = expect.check(held, replace(build.scenario(), turns=plans))
    assert finding.message == "turn 2: the answer does not hold 'TSLA'; it says \"AAPL\""


def said(held: Transcript, **expected: Any) -> list[str]:
    found = expect.check(held, build.scenario(expect=Expectation(**expected)))
    return [finding.message for finding in found]


def test_a_finding_says_where_and_what_was_there_instead() -> None:
    wanted = WidgetExpectation(root="Card", contains=("TSLA",))
    assert said(build.clean(), widgets=(wanted,)) == [
        "turn 1: the Card does not show 'TSLA'; it shows \"AAPL, Apple Inc., 271.49\""
    ]
    assert said(build.clean(), tools=()) == [
        "turn 1: the tool show_stock_quote was called with {'symbol': 'AAPL'}, which is not expected"
    ]
    (missing,) = said(build.clean(), tools=(AAPL, ToolExpectation(name="news")))
    assert (
        missing == "turn 1: the tool news was not called (tools called: show_stock_quote({'symbol': 'AAPL'}))"
    )
    (items,) = said(build.clean(), items=("widget",))
    assert items == "turn 1: the thread holds user_message, widget, assistant_message instead of widget"


def test_silence_is_told_with_what_came_instead_of_words() -> None:
    held = transcript(turn(build.widget(CARD), build.error("Out of quotes", "custom")))
    (message,) = said(held, text=TextExpectation())
    assert message == (
        'turn 1: the assistant says nothing (what came: Card showing "AAPL, Apple Inc., 271.49", '
        "an error event (custom Out of quotes))"
    )


def test_a_long_answer_is_quoted_around_the_word_that_must_not_be_there() -> None:
    held = transcript(turn(build.message("so " * 300 + "banana " + "so " * 300)))
    (message,) = said(held, text=TextExpectation(excludes=("Banana",)))
    assert "banana" in message
    assert len(message) < 300


def test_what_is_asked_of_the_whole_names_the_turn_where_it_is_known() -> None:
    held = transcript(turn(build.message("Hello.")), turn(build.widget(CARD), index=1))
    assert said(held, widgets=())[0].startswith("turn 2: a Card was sent that is not expected; it shows")
    assert said(held, text=TextExpectation(contains=("TSLA",)))[0].startswith("turns 1 to 2: ")


def updated(text: str) -> dict[str, str]:
    return {"type": "progress_update", "text": text}


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (("looking up",), []),
        (("Looking up AAPL", "waiting"), []),
        (("reading",), ["expect/progress-missing"]),
        ((), []),
    ],
)
def test_progress_is_compared_with_what_the_user_was_told(wanted: tuple[str, ...], rule: list[str]) -> None:
    events = (updated("Looking up AAPL"), updated("Still waiting"), build.message("Fine."))
    assert found(transcript(turn(*events)), progress=wanted) == rule


@pytest.mark.parametrize(
    ("thread", "rule"),
    [
        ({"id": "t", "title": "AAPL today"}, []),
        ({"id": "t", "title": "aapl today"}, ["expect/title"]),
        ({"id": "t"}, ["expect/title"]),
        (None, ["expect/title"]),
    ],
)
def test_the_title_is_the_stored_one(thread: Any, rule: list[str]) -> None:
    held = replace(transcript(turn(build.message("Fine."))), stored=Stored(thread=thread))
    assert found(held, title="AAPL today") == rule


def test_the_one_item_of_a_synchronous_action_is_a_widget_of_its_turn() -> None:
    item = {"type": "widget", "id": "w", "widget": CARD}
    request = {"type": "threads.sync_custom_action"}
    held = transcript(turn(request=request, response={"updated_item": item}))
    assert found(held, widgets=(WidgetExpectation(root="Card", contains=("AAPL",)),)) == []
    assert found(held, widgets=()) == ["expect/widget-unexpected"]
