"""What a click becomes: the action of a widget that is shown, filled in; or word that there is none."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness.incell.offered import Offered
from chatkit_harness.incell.requests import Conversation

REFRESH = {"type": "refresh", "payload": {"symbol": "AAPL"}, "handler": "server"}


def card(*children: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Card", "children": list(children), **more}


def button(action: Any) -> dict[str, Any]:
    return {"type": "Button", "label": "x", "onClickAction": action}


def done(widget: Any, identity: str = "w1", kind: str = "thread.item.done") -> dict[str, Any]:
    return {"type": kind, "item": {"type": "widget", "id": identity, "widget": widget}}


def asked(*events: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The request for an action after these events."""
    conversation = Conversation()
    conversation.thread_id = "t"
    for event in events:
        conversation.observe(event)
    return conversation.request({"action": {"type": "refresh", **wanted}})


def test_a_click_sends_what_the_widget_says_with_the_item_and_the_thread() -> None:
    assert asked(done(card(button(REFRESH)))) == {
        "type": "threads.custom_action",
        "params": {
            "thread_id": "t",
            "item_id": "w1",
            "action": {"type": "refresh", "payload": {"symbol": "AAPL"}},
        },
    }


def test_what_a_form_adds_lies_over_the_payload() -> None:
    request = asked(done(card(button(REFRESH))), payload={"symbol": "MSFT", "price": "3"}, sync=True)
    assert request["type"] == "threads.sync_custom_action"
    assert request["params"]["action"]["payload"] == {"symbol": "MSFT", "price": "3"}


def test_of_several_buttons_the_one_that_agrees_is_clicked() -> None:
    week, day = ({"type": "refresh", "payload": {"at": at, "id": n}} for n, at in enumerate(("1W", "1D")))
    request = asked(done(card(button(week), button(day))), payload={"at": "1D"})
    assert request["params"]["action"]["payload"] == {"at": "1D", "id": 1}


@pytest.mark.parametrize(
    "widget",
    [
        {
            "type": "ListView",
            "children": [{"type": "ListViewItem", "onClickAction": REFRESH, "children": []}],
        },
        card({"type": "Form", "onSubmitAction": REFRESH, "children": []}),
        card(confirm={"label": "Yes", "action": REFRESH}),
        card({"type": "Col", "children": [{"type": "Row", "children": [button(REFRESH)]}]}),
        {"type": "Basic", "children": button(REFRESH)},
    ],
)
def test_an_action_is_found_wherever_a_widget_has_one(widget: Any) -> None:
    assert asked(done(widget))["params"]["action"]["payload"] == {"symbol": "AAPL"}


def test_an_action_without_a_payload_is_one_by_its_handler() -> None:
    bare = {"type": "refresh", "handler": "server", "loadingBehavior": "auto"}
    assert asked(done(card(button(bare))))["params"]["action"]["payload"] is None
    assert asked(done(card(button(bare))), payload={"a": 1})["params"]["action"]["payload"] == {"a": 1}


@pytest.mark.parametrize(
    "widget",
    [
        card({"type": "refresh", "value": "a component, not an action"}),
        card({"type": "refresh", "payload": {}}),
        card(button(REFRESH | {"handler": "client"})),
        card(button("refresh")),
        None,
        ["refresh"],
    ],
)
def test_what_is_no_action_of_the_server_is_not_offered(widget: Any) -> None:
    assert asked(done(widget))["type"] == "not_offered"


def test_what_is_not_offered_is_told_with_what_is() -> None:
    events = [done(card(button({"type": "buy", "payload": 1}))), done(card(button(REFRESH)), "w2")]
    assert asked(*events, type="sell") == {
        "type": "not_offered",
        "action": "sell",
        "item": None,
        "offered": ["buy", "refresh"],
    }


def test_the_newest_widget_is_meant_or_the_one_of_that_number() -> None:
    events = [done(card(button(REFRESH)), identity) for identity in ("w1", "w2")]
    assert asked(*events)["params"]["item_id"] == "w2"
    assert asked(*events, item=1)["params"]["item_id"] == "w1"
    assert asked(*events, item=3)["type"] == "not_offered"


@pytest.mark.parametrize(
    "event",
    [
        done(card(), kind="thread.item.replaced"),
        {"type": "thread.item.removed", "item_id": "w1"},
        {"type": "thread.item.updated", "item_id": "w1"}
        | {"update": {"type": "widget.root.updated", "widget": card()}},
        {"type": "thread.item.replaced", "item": {"type": "assistant_message", "id": "w1"}},
    ],
)
def test_what_is_gone_cannot_be_clicked(event: dict[str, Any]) -> None:
    assert asked(done(card(button(REFRESH))), event)["type"] == "not_offered"


def test_a_component_that_is_updated_offers_what_it_has_now() -> None:
    update = {"type": "widget.component.updated", "component_id": "b", "component": button(REFRESH)}
    before = done(card({"type": "Text", "value": "", "id": "b"}))
    event = {"type": "thread.item.updated", "item_id": "w1", "update": update}
    assert asked(before, event)["params"]["action"]["type"] == "refresh"


def test_the_one_item_of_a_synchronous_answer_is_shown() -> None:
    offered = Offered()
    offered.shown({"type": "widget", "id": "w1", "widget": card(button(REFRESH))})
    offered.shown(None)
    assert offered.request("t", {"type": "refresh"})["params"]["item_id"] == "w1"


def test_a_widget_without_end_is_searched_to_a_depth_only() -> None:
    deep: Any = button(REFRESH)
    for _level in range(5000):
        deep = card(deep)
    assert asked(done(deep))["type"] == "not_offered"
