"""Whatever a server sends, and whatever the model is told, a check never raises."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks import build

from chatkit_harness.checks import CHECKS
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.scenario import (
    Budgets,
    CommandsExpectation,
    Expectation,
    FindingExpectation,
    ModelExpectation,
    ResponseExpectation,
    TextExpectation,
    ToolExpectation,
    WidgetExpectation,
)
from chatkit_harness.core.transcript import Reading, Stored

WORDS = [
    *(
        "type",
        "item",
        "item_id",
        "update",
        "content",
        "text",
        "widget",
        "children",
        "call_id",
        "arguments",
        "id",
    ),
    *("assistant_message", "client_tool_call", "thread.item.done", "thread.item.updated", "error", "message"),
    *(
        "thread.item.added",
        "assistant_message.content_part.text_delta",
        "content_index",
        "delta",
        "Card",
        "name",
    ),
    *(
        "function_call",
        "function_call_output",
        "input",
        "messages",
        "tool_calls",
        "output",
        "code",
        "ListView",
    ),
    *("client_effect", "chart_commands", "commands", "data", "widgets", "response_text", "symbol", "price"),
    *(
        "SUPPORT:440",
        "LOAD:",
        "CHART:TSLA",
        "DRAW:LEVEL:a:SUPPORT:1e400",
        "support at $440",
        "drawing",
        "payload",
    ),
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(WORDS)
)
KEYS = st.one_of(st.sampled_from(WORDS), st.text(max_size=4))
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, JSON, max_size=5)
ITEMS = st.fixed_dictionaries(
    {"type": st.sampled_from(["thread.item.done", "thread.item.added", "thread.item.updated"])},
    optional={"item": OBJECTS | JSON, "item_id": JSON, "update": OBJECTS | JSON},
)
DEMANDING = build.scenario(
    expect=Expectation(
        tools=(ToolExpectation(name="name", arguments={"id": [1, {"type": "x"}]}),),
        widgets=(WidgetExpectation(root="Card", contains=("text",), rows=1),),
        text=TextExpectation(contains=("text",), excludes=("error",)),
        client_tool=ToolExpectation(name="name"),
        items=("widget",),
        error="message",
        commands=CommandsExpectation(symbol="X", at_least={"support": 1}, exactly=("LOAD:X", "?")),
        response=ResponseExpectation(status=200, has={"id": [1]}),
        shows=({"type": "assistant_message", "content": [{"text": "x"}]},),
        events=({"type": "error", "item": {"id": [1]}},),
        hides=("payload",),
        told_model=ModelExpectation(contains=("text",), has={"input": [{}]}),
        findings=(FindingExpectation(rule="widgets/*", component="Card"),),
    ),
    budgets=Budgets(first_event_ms=1, widget_ms=1, total_ms=1, model_calls=0),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(OBJECTS | ITEMS, max_size=6), request=OBJECTS, items=st.lists(OBJECTS, max_size=3))
def test_no_check_raises(events: list[Any], request: dict[str, Any], items: list[Any]) -> None:
    held = build.transcript(
        build.turn(*events),
        exchanges=(build.exchange(request), build.exchange(request, outcome="unmatched")),
        stored=Stored(items=tuple(items)),
    )
    found = [finding for check in CHECKS.values() for finding in check(held, DEMANDING)]
    assert judge(held, DEMANDING, found).outcome == "fail"


ASKED = st.sampled_from(
    ["threads.get_by_id", "threads.list", "items.list", "attachments.create", "threads.sync_custom_action"]
)
ANSWERS = JSON | st.fixed_dictionaries(
    {"data": st.lists(OBJECTS | JSON, max_size=3)}, optional={"items": JSON}
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=ASKED, answer=ANSWERS, read=ANSWERS, events=st.lists(OBJECTS | ITEMS, max_size=3))
def test_no_check_raises_whatever_is_answered_and_read(
    kind: str, answer: Any, read: Any, events: list[Any]
) -> None:
    asked = build.turn(*events, request={"type": kind, "params": answer}, response=answer)
    turns = (asked, *([replace(asked, response=read)] * 4))
    written = (build.message("At 271.84.")["item"], {"id": "w", "type": "widget", "widget": answer})
    held = build.transcript(
        asked,
        stored=Stored(thread=build.THREAD, items=written),
        readings=(Reading(cell="c", chatkit="1.2.0", agents="0.5.1", turns=turns),),
    )
    assert [finding for check in CHECKS.values() for finding in check(held, DEMANDING)]


MESSAGES = st.lists(
    st.one_of(
        st.text(max_size=20), st.sampled_from(WORDS), JSON.map(json.dumps), st.sampled_from('{}[]",:\n')
    ),
    max_size=8,
).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=st.none() | MESSAGES, response=JSON, words=MESSAGES, body=JSON)
def test_no_check_raises_whatever_a_workflow_answers(
    message: str | None, response: Any, words: str, body: Any
) -> None:
    held = build.workflow(
        build.said(message, words, response=response),
        build.called(500, body, index=1),
        build.said(words, words, index=2),
        exchanges=(build.exchange({"input": [], "tools": body}, outcome="unmatched"),),
    )
    found = [finding for check in CHECKS.values() for finding in check(held, DEMANDING)]
    assert judge(held, DEMANDING, found).outcome == "fail"
