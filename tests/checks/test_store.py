"""What is stored afterwards, beside what was streamed: one transcript for each lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import run_checks
from chatkit_harness.core.transcript import Stored, Transcript

ASKED = build.user()["item"]
ANSWERED = build.item("assistant_message", "m", content=[{"type": "output_text", "text": "At 271.84."}])
REMOVED = {"type": "thread.item.removed", "item_id": "m"}


def told(*events: Any, stored: tuple[Any, ...], **turn: Any) -> list[str]:
    held = build.transcript(build.turn(*events, **turn))
    held = replace(held, stored=Stored(thread={"id": "thr_1"}, items=stored))
    return build.rules(run_checks(held, build.scenario(), ["store"]))


def test_what_was_streamed_and_is_stored_is_fine() -> None:
    assert told(build.done(ASKED), build.done(ANSWERED), stored=(ASKED, ANSWERED)) == []


def test_an_item_that_is_not_stored_is_lost() -> None:
    assert told(build.done(ASKED), build.done(ANSWERED), stored=(ASKED,)) == ["store/lost"]


def test_two_items_with_one_id_are_told() -> None:
    assert told(build.done(ASKED), stored=(ASKED, ASKED)) == ["store/duplicate-id"]


def test_an_item_that_is_stored_again_under_another_id_is_told() -> None:
    again = {**ANSWERED, "id": "m2", "created_at": "2026-01-01T00:00:00Z"}
    assert told(build.done(ANSWERED), stored=(ANSWERED, again)) == ["store/twice"]


def test_what_was_taken_back_need_not_be_there() -> None:
    assert told(build.done(ASKED), build.done({**ANSWERED, "id": "m"}), REMOVED, stored=(ASKED,)) == []


def test_a_turn_that_was_cut_off_proves_no_loss() -> None:
    assert told(build.done(ASKED), build.done(ANSWERED), stored=(ASKED,), end="cut") == []


@pytest.mark.parametrize("stored", [None, Stored(raised=build.raised("builtins.KeyError", "thr_1"))])
def test_where_nobody_could_look_nothing_is_said(stored: Stored | None) -> None:
    held: Transcript = replace(build.transcript(build.turn(build.done(ASKED))), stored=stored)
    assert build.rules(run_checks(held, build.scenario(), ["store"])) == []


CARD = build.widget(build.CARD)["item"]
WORKFLOW = build.item(
    "workflow", "f", workflow={"type": "reasoning", "tasks": [{"type": "thought", "content": "Hm."}]}
)
CALL = build.client_call("get_selection", symbol="TSLA")["item"]
AGAIN = {"type": "threads.add_user_message", "params": {"thread_id": "t", "input": {}}}


def difference(*events: Any, stored: tuple[Any, ...], **turn: Any) -> tuple[str, Any]:
    """The one thing that is stored otherwise: its key and path."""
    held = build.transcript(build.turn(*events, **turn), stored=Stored(items=stored))
    (found,) = run_checks(held, build.scenario(), ["store"])
    assert (found.rule, found.severity) == ("store/differs", "error")
    return found.key.partition(" ")[2], found.evidence["path"]


@pytest.mark.parametrize(
    ("shown", "change", "place"),
    [
        (ANSWERED, {"content": [{"type": "output_text", "text": "At 9."}]}, "content[].text"),
        (ANSWERED, {"content": []}, "content[]"),
        (CARD, {"widget": {**build.CARD, "size": "sm"}}, "widget.size"),
        (WORKFLOW, {"workflow": {"type": "reasoning", "tasks": []}}, "workflow.tasks[]"),
        (ANSWERED, {"mood": "good"}, "mood"),
        (CALL, {"status": "completed"}, "status"),
    ],
)
def test_what_is_stored_otherwise_than_it_was_shown_is_told(shown: Any, change: Any, place: str) -> None:
    key, _ = difference(build.done(shown), stored=({**shown, **change},))
    assert key == f"{shown['type']} {place}"


def test_the_path_names_the_very_place() -> None:
    other = {**build.CARD, "children": [build.CARD["children"][0], {"type": "Text", "value": "9"}]}
    assert difference(build.done(CARD), stored=({**CARD, "widget": other},))[1] == "widget.children[1].value"


def test_an_update_after_the_end_counts_as_shown() -> None:
    update = {"type": "widget.root.updated", "widget": {**build.CARD, "size": "sm"}}
    updated = {"type": "thread.item.updated", "item_id": "w", "update": update}
    assert difference(build.done(CARD), updated, stored=(CARD,))[0] == "widget widget.size"
    assert told(build.done(CARD), updated, stored=({**CARD, "widget": update["widget"]},)) == []


def test_hidden_items_nulls_and_times_are_no_difference() -> None:
    hidden = build.item("hidden_context_item", "h", content="secret")
    later = {**ANSWERED, "created_at": "2026-01-01T00:00:00Z", "note": None}
    assert told(build.done(ANSWERED), stored=(later, hidden)) == []


@pytest.mark.parametrize(
    ("input_", "place"),
    [
        ({"quoted_text": "as you said"}, "quoted_text"),
        ({"attachments": ["atc_1"]}, "attachments[]"),
        ({"inference_options": {"model": "gpt-5"}}, "inference_options.model"),
        ({"content": [{"type": "input_tag", "id": "AAPL", "text": "AAPL", "data": {}}]}, "content[].type"),
    ],
)
def test_a_message_that_is_not_stored_as_it_was_sent_is_told(input_: Any, place: str) -> None:
    given = {**build.CREATE["params"]["input"], **input_}
    request = {"type": "threads.create", "params": {"input": given}}
    assert difference(build.done(ASKED), stored=(ASKED,), request=request)[0] == f"user_message {place}"


def test_an_attachment_is_sent_by_its_id() -> None:
    given = {**build.CREATE["params"]["input"], "attachments": ["atc_1"]}
    held = {
        **ASKED,
        "attachments": [{"id": "atc_1", "type": "file", "name": "a.txt", "mime_type": "text/plain"}],
    }
    request = {"type": "threads.create", "params": {"input": given}}
    assert told(build.done(held), stored=(held,), request=request) == []


def test_what_the_client_answered_a_call_with_is_known_to_it() -> None:
    request = {
        "type": "threads.add_client_tool_output",
        "params": {"thread_id": "t", "result": {"symbol": "X"}},
    }
    turns = (build.turn(build.done(CALL)), build.turn(index=1, request=request))
    answered = {**CALL, "status": "completed", "output": {"symbol": "X"}}
    for stored, rules in ((answered, []), ({**answered, "output": {"symbol": "Y"}}, ["store/differs"])):
        held = build.transcript(*turns, stored=Stored(items=(stored,)))
        assert build.rules(run_checks(held, build.scenario(2), ["store"])) == rules


def test_a_call_that_nobody_answered_may_go_when_the_user_goes_on() -> None:
    turns = (build.turn(build.done(CALL)), build.turn(index=1, request=AGAIN))
    held = build.transcript(*turns, stored=Stored())
    assert build.rules(run_checks(held, build.scenario(2), ["store"])) == []
    assert told(build.done(CALL), stored=()) == ["store/lost"]


def test_what_a_retry_took_away_is_not_lost() -> None:
    retry = {"type": "threads.retry_after_item", "params": {"thread_id": "t", "item_id": "u"}}
    again = build.turn(build.message("At 271.84.", "m2"), index=1, request=retry)
    held = build.transcript(build.turn(build.done(ASKED), build.done(ANSWERED)), again)
    held = replace(held, stored=Stored(items=(ASKED, build.message("At 271.84.", "m2")["item"])))
    assert build.rules(run_checks(held, build.scenario(2), ["store"])) == []


@pytest.mark.parametrize("kind", ["thread.item.added", "thread.item.done"])
def test_an_id_of_an_earlier_turn_is_told_when_it_comes_again(kind: str) -> None:
    second = {"type": kind, "item": build.message("And MSFT at 9.")["item"]}
    turns = (build.turn(build.message("At 271.84.")), build.turn(second, index=1, request=AGAIN))
    (found,) = run_checks(build.transcript(*turns), build.scenario(2), ["store"])
    assert (found.key, found.evidence["turn"]) == ("store/reused-id assistant_message", 1)


def test_replacing_an_item_of_an_earlier_turn_is_no_reuse() -> None:
    second = {"type": "thread.item.replaced", "item": build.message("At 272.")["item"]}
    turns = (build.turn(build.message("At 271.84.")), build.turn(second, index=1, request=AGAIN))
    assert run_checks(build.transcript(*turns), build.scenario(2), ["store"]) == ()


def test_two_messages_of_one_turn_may_not_share_an_id() -> None:
    turn = build.turn(build.message("At 271.84."), build.message("And up."))
    assert build.rules(run_checks(build.transcript(turn), build.scenario(), ["store"])) == ["store/reused-id"]
