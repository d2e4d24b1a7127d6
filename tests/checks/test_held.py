"""The thread as a client holds it: what each update makes of an item, and what is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import turn

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.held import held_items, updated
from chatkit_harness.checks.widget_states import sent_widgets

CARD = {"type": "Card", "children": {"type": "Text", "id": "t", "value": "Ap"}}
TASKS = {"workflow": {"type": "custom", "tasks": [{"title": "a"}]}}
TEXT = {"content": [{"type": "output_text", "text": "Ca", "annotations": []}]}
PART = "assistant_message.content_part"


@pytest.mark.parametrize(
    ("item", "update", "after"),
    [
        (
            {"widget": CARD},
            {"type": "widget.streaming_text.value_delta", "component_id": "t", "delta": "ple"},
            {"widget": {"type": "Card", "children": {"type": "Text", "id": "t", "value": "Apple"}}},
        ),
        (
            {"widget": CARD},
            {"type": "widget.component.updated", "component_id": "t", "component": {"type": "Divider"}},
            {"widget": {"type": "Card", "children": {"type": "Divider"}}},
        ),
        ({"widget": CARD}, {"type": "widget.root.updated", "widget": {}}, {"widget": {}}),
        ({}, {"type": "generated_image.updated", "image": {"id": "i"}}, {"image": {"id": "i"}}),
        (
            TASKS,
            {"type": "workflow.task.added", "task_index": 1, "task": {"title": "b"}},
            {"workflow": {"type": "custom", "tasks": [{"title": "a"}, {"title": "b"}]}},
        ),
        (
            TASKS,
            {"type": "workflow.task.updated", "task_index": 0, "task": {"title": "b"}},
            {"workflow": {"type": "custom", "tasks": [{"title": "b"}]}},
        ),
        (
            TEXT,
            {"type": f"{PART}.text_delta", "content_index": 0, "delta": "lm"},
            {"content": [{"type": "output_text", "text": "Calm", "annotations": []}]},
        ),
        (
            TEXT,
            {"type": f"{PART}.annotation_added", "content_index": 0, "annotation": {"index": 1}},
            {"content": [{"type": "output_text", "text": "Ca", "annotations": [{"index": 1}]}]},
        ),
        ({"content": []}, {"type": f"{PART}.added", "content_index": 0, "content": {}}, {"content": [{}]}),
        (TEXT, {"type": f"{PART}.done", "content_index": "x"}, TEXT),
        (TASKS, {"type": "something.new"}, TASKS),
    ],
)
def test_an_update_changes_what_it_is_about(
    item: dict[str, Any], update: dict[str, Any], after: dict[str, Any]
) -> None:
    assert updated(item, update) == after


REFRESH = {"type": "refresh", "payload": {"id": "price", "value": "now"}}


@pytest.mark.parametrize(
    "update",
    [
        {"type": "widget.streaming_text.value_delta", "component_id": "price", "delta": "271.49"},
        {
            "type": "widget.component.updated",
            "component_id": "price",
            "component": {"type": "Text", "id": "price", "value": "271.49"},
        },
    ],
    ids=["words", "component"],
)
def test_an_id_in_the_payload_of_an_action_names_no_component(update: dict[str, Any]) -> None:
    def card(price: str) -> dict[str, Any]:
        button = {"type": "Button", "label": "Refresh", "onClickAction": REFRESH}
        return {"type": "Card", "children": [{"type": "Text", "id": "price", "value": price}, button]}

    told = {"type": "thread.item.updated", "item_id": "w", "update": update}
    held = build.transcript(turn(build.user(), build.widget(card("")), told))
    (_, shown) = held_items(held.turns)
    assert shown["widget"] == card("271.49")
    assert list(sent_widgets(held))[-1].widget == card("271.49")
    stored = build.stored(build.user(), build.widget(card("271.49")))
    held = replace(held, stored=stored)
    assert not run_checks(held, build.scenario(), ["store"])


@pytest.mark.parametrize("component", ["Apple", None, ["Apple"]])
def test_a_component_that_is_none_changes_nothing(component: Any) -> None:
    lie = {"type": "widget.component.updated", "component_id": "t", "component": component}
    assert updated({"widget": CARD}, lie) == {"widget": CARD}


@pytest.mark.parametrize("identity", [None, ""])
def test_an_update_that_names_no_component_changes_nothing(identity: Any) -> None:
    item = {"widget": {"type": "Card", "id": identity, "children": [{"type": "Text", "id": identity}]}}
    delta = {"type": "widget.streaming_text.value_delta", "component_id": identity, "delta": "x"}
    assert updated(item, delta) == item


def test_what_is_removed_or_replaced_is_not_held_any_more() -> None:
    newer = {"type": "thread.item.replaced", "item": build.item("widget", "w", widget={"type": "Basic"})}
    gone = {"type": "thread.item.removed", "item_id": "m"}
    (user, shown) = held_items(
        [turn(build.user(), build.widget(build.CARD), build.message("x")), turn(newer, gone)]
    )
    assert (user["type"], shown["widget"]) == ("user_message", {"type": "Basic"})


def test_an_answer_that_is_made_anew_takes_the_place_of_the_old_one() -> None:
    retry = {"type": "threads.retry_after_item", "params": {"thread_id": "t", "item_id": "u"}}
    turns = [turn(build.user(), build.message("old", "m1")), turn(build.message("new", "m2"), request=retry)]
    assert [each["id"] for each in held_items(turns)] == ["u", "m2"]


def test_what_an_action_answers_at_once_is_held() -> None:
    changed = {"updated_item": build.item("widget", "w", widget={"type": "Basic"})}
    sync = turn(request={"type": "threads.sync_custom_action", "params": {}}, response=changed)
    (shown,) = held_items([turn(build.widget(build.CARD)), sync])
    assert shown["widget"] == {"type": "Basic"}
