"""Whatever a server sends, and whatever the model is told, a check never raises."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks import build

from chatkit_harness.checks import CHECKS
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.scenario import (
    Budgets,
    Expectation,
    FindingExpectation,
    TextExpectation,
    ToolExpectation,
    WidgetExpectation,
)
from chatkit_harness.core.transcript import Stored

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
