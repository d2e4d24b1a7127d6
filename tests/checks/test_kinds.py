"""The kinds of things that come through, read from a turn; and a scenario that misses one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import expect
from chatkit_harness.checks.kinds import kinds_of, meant_by
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.core.scenario import Expectation
from chatkit_harness.core.transcript import Turn
from chatkit_harness.scenarios.catalogue import load_folder

ANNOTATION = {"type": "annotation", "source": {"type": "url", "url": "https://example.org", "title": "E"}}
WORKFLOW = {"type": "custom", "tasks": [{"type": "web_search", "sources": [ANNOTATION["source"]]}]}


def updated(**update: Any) -> dict[str, Any]:
    return {"type": "thread.item.updated", "item_id": "i", "update": update}


def done(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "thread.item.done", "item": build.item(kind, "i", **fields)}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "notice"}, "chatkit.event/notice"),
        (updated(type="widget.root.updated", widget=build.CARD), "chatkit.update/widget.root.updated"),
        (updated(type="widget.root.updated", widget=build.CARD), "chatkit.widget/Title"),
        (updated(type="workflow.task.added", task={"type": "thought"}), "chatkit.task/thought"),
        (updated(type="x", annotation=ANNOTATION), "chatkit.source/url"),
        (done("workflow", workflow=WORKFLOW), "chatkit.task/web_search"),
        (done("workflow", workflow=WORKFLOW), "chatkit.source/url"),
        (done("task", task={"type": "file"}), "chatkit.task/file"),
        (done("user_message", content=[{"type": "input_tag"}]), "chatkit.content/input_tag"),
        (done("user_message", attachments=[{"type": "image"}]), "chatkit.attachment/image"),
    ],
)
def test_an_event_brings_these_kinds(event: dict[str, Any], kind: str) -> None:
    assert kind in kinds_of(build.turn(event))


def test_an_answer_that_is_no_stream_brings_its_items() -> None:
    page = {"data": [build.item("task", "i", task={"type": "image"})]}
    for answer in (page, {"id": "t", "items": page}, {"updated_item": page["data"][0]}):
        turn = replace(build.turn(), response=answer, request={"type": "items.list", "params": {}})
        assert {"chatkit.item/task", "chatkit.task/image", "chatkit.request/items.list"} <= kinds_of(turn)


@pytest.mark.parametrize(
    ("end", "event", "counts"),
    [
        ("done", {"type": "notice"}, True),
        ("left", {"type": "notice"}, True),
        ("rejected", None, False),
        ("raised", None, False),
        ("done", {"type": "error"}, False),
    ],
)
def test_a_request_counts_only_where_it_was_answered(end: Any, event: Any, counts: bool) -> None:
    turn = replace(build.turn(*([event] if event else [])), end=end, request={"type": "items.list"})
    assert ("chatkit.request/items.list" in kinds_of(turn)) is counts


def missing(turn: Turn, *kinds: str) -> list[str]:
    scenario = replace(build.scenario(), expect=Expectation(passes_on=kinds))
    return [each.key for each in expect.check(build.transcript(turn), scenario)]


def test_a_kind_that_did_not_come_is_a_finding_and_says_what_came() -> None:
    turn = replace(build.turn(), passed=("openai.event/response.created",))
    assert missing(turn, "openai.event/response.created") == []
    kind = "openai.event/response.refusal.delta"
    assert missing(turn, kind) == [f"expect/not-passed-on {kind}"]
    scenario = replace(build.scenario(), expect=Expectation(passes_on=(kind, "agents.item/ReasoningItem")))
    told = [each.message for each in expect.check(build.transcript(turn), scenario)]
    assert "(of openai.event: response.created)" in told[0]
    assert "of agents.item nothing came at all" in told[1]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("agents.event/handoff_occurred", "agents.event/handoff_occured"),
        ("agents.item/ToolCalItem", "agents.item/ToolCallItem"),
        ("agents.event/toolcalled", "agents.event/tool_called"),
        ("openai.event/response.output_text.detla", "openai.event/response.output_text.delta"),
    ],
)
def test_a_misspelt_kind_is_answered_with_the_one_that_came(wrong: str, right: str) -> None:
    others = ("agents.event/tool_output", "agents.item/ToolCallOutputItem", "openai.event/response.created")
    turn = replace(build.turn(), passed=(right, *others))
    scenario = replace(build.scenario(), expect=Expectation(passes_on=(wrong,)))
    (told,) = [each.message for each in expect.check(build.transcript(turn), scenario)]
    assert f"no {wrong} came through; {right} did: did you mean that? (of " in told


def test_no_right_kind_is_taken_for_a_misspelt_other() -> None:
    folders = [
        each for each in (data_folder("scenarios"), *data_folder("scenarios").iterdir()) if each.is_dir()
    ]
    named = {
        kind for folder in folders for each in load_folder(folder).values() for kind in named_kinds(each)
    }
    assert len(named) > 150
    assert {kind: meant_by(kind, named - {kind}) for kind in named} == dict.fromkeys(named)
