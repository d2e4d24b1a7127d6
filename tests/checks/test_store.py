"""What is stored afterwards, beside what was streamed: one transcript for each lie."""

from __future__ import annotations

import json
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


def test_a_thread_that_reads_back_in_another_order_is_told() -> None:
    came = (build.done(ASKED), build.done(ANSWERED))
    assert told(*came, stored=(ANSWERED, ASKED)) == ["store/order"]


def test_items_that_were_begun_together_have_no_order() -> None:
    began = {"type": "thread.item.added", "item": ANSWERED}
    assert told(began, build.done(ASKED), build.done(ANSWERED), stored=(ANSWERED, ASKED)) == []


def test_items_of_which_one_began_before_the_other_had_ended_have_no_order() -> None:
    began = {"type": "thread.item.added", "item": ANSWERED}
    assert told(began, build.done(ASKED), build.done(ANSWERED), stored=(ASKED, ANSWERED)) == []


def test_an_item_has_ended_when_it_was_first_done() -> None:
    again = {"type": "thread.item.replaced", "item": ASKED}
    assert told(build.done(ASKED), build.done(ANSWERED), again, stored=(ANSWERED, ASKED)) == ["store/order"]


def test_an_item_that_a_later_turn_replaces_may_stand_anywhere() -> None:
    again = build.turn({"type": "thread.item.replaced", "item": ASKED}, index=1, request=AGAIN)
    turns = (build.turn(build.done(ASKED), build.done(ANSWERED)), again)
    held = build.transcript(*turns, stored=Stored(items=(ANSWERED, ASKED)))
    assert run_checks(held, build.scenario(2), ["store"]) == ()


def test_what_nobody_was_shown_is_told_unless_it_stood_there_before() -> None:
    ghost = {**ANSWERED, "id": "g", "content": [{"type": "output_text", "text": "Nobody saw it."}]}
    assert told(build.done(ASKED), stored=(ASKED, ghost)) == ["store/never-shown"]
    assert told(build.done(ASKED), stored=(ghost, ASKED)) == []


def test_who_has_gone_is_not_shown_the_rest() -> None:
    assert told(build.done(ASKED), stored=(ASKED, ANSWERED), left_at_ms=1.0) == []


def test_an_item_of_another_thread_is_told() -> None:
    stored = {**ANSWERED, "thread_id": "thr_of_somebody"}
    assert told(build.done(ASKED), build.done(ANSWERED), stored=(ASKED, stored)) == ["store/foreign-thread"]


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


def severities(*events: Any, stored: tuple[Any, ...], server: str = "shop", **turn: Any) -> list[str]:
    """What is said of a server of a user's."""
    held = build.transcript(build.turn(*events, **turn), stored=Stored(items=stored), server=server)
    found = run_checks(held, build.scenario(), ["store"])
    assert {each.rule for each in found} <= {"store/differs"}
    return [each.severity for each in found]


def says(text: str) -> dict[str, Any]:
    return {**ANSWERED, "content": [{"type": "output_text", "text": text}]}


@pytest.mark.parametrize(
    ("stored", "severity"),
    [
        (says("At 271.84. (Amended: delayed by 15 minutes.)"), "warning"),
        (says("At ***."), "warning"),
        (says("At 27"), "error"),
        (says(""), "error"),
        ({**ANSWERED, "content": []}, "error"),
    ],
)
def test_a_server_of_ones_own_may_amend_what_it_said_and_not_lose_it(stored: Any, severity: str) -> None:
    assert severities(build.done(ANSWERED), stored=(stored,)) == [severity]
    assert severities(build.done(ANSWERED), stored=(stored,), server="catalogue") == ["error"]


def test_citations_of_which_none_is_left_are_lost() -> None:
    cited = [{"type": "annotation", "index": n, "source": {"type": "url", "url": f"{n}"}} for n in (1, 2)]

    def says(*annotations: Any) -> Any:
        text = {"type": "output_text", "text": "At 271.84.", "annotations": list(annotations)}
        return {**ANSWERED, "content": [text]}

    assert "error" in severities(build.done(says(*cited)), stored=(says(),))
    assert severities(build.done(says(*cited)), stored=(says(cited[0]),)) == ["warning"]


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({"widget": {**build.CARD, "size": "sm"}}, "warning"),
        ({"widget": {**build.CARD, "children": []}}, "error"),
        ({"widget": None}, "error"),
    ],
)
def test_a_widget_that_is_stored_with_less_is_an_error_on_any_server(change: Any, severity: str) -> None:
    assert severities(build.done(CARD), stored=({**CARD, **change},)) == [severity]


@pytest.mark.parametrize(
    "said", ["  What's AAPL trading at? ", "My card is 1234", "What's AAPL trading at? Bye."]
)
def test_a_server_of_ones_own_may_strip_and_mask_what_the_user_says(said: str) -> None:
    sent = {**build.CREATE["params"]["input"], "content": build.user(said)["item"]["content"]}
    request = {"type": "threads.create", "params": {"input": sent}}
    assert severities(build.done(ASKED), stored=(ASKED,), request=request) == ["warning"]


def test_a_message_of_which_nothing_is_left_is_lost_on_any_server() -> None:
    emptied = build.user("")["item"]
    assert "error" in severities(build.done(ASKED), stored=(emptied,), request=build.CREATE)


def picture(**addresses: Any) -> dict[str, Any]:
    kept = {"id": "atc_1", "type": "image", "name": "a.png", "mime_type": "image/png", **addresses}
    return {**ASKED, "attachments": [kept]}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("preview_url", "https://files.example/a.png?signed={}"),
        ("upload_url", "https://files.example/{}/a.png"),
        ("upload_descriptor", {"url": "https://files.example/a.png?signed={}", "method": "PUT"}),
    ],
)
def test_an_address_of_a_file_may_be_signed_anew(name: str, address: Any) -> None:
    one, other = ({name: json.loads(json.dumps(address).replace("{}", each))} for each in "12")
    sent = {**build.CREATE["params"]["input"], "attachments": ["atc_1"]}
    request = {"type": "threads.create", "params": {"input": sent}}
    assert told(build.done(picture(**one)), stored=(picture(**other),), request=request) == []
    assert told(build.done(picture(**one)), stored=(picture(),), request=request) == ["store/differs"]


def test_an_address_of_a_picture_may_be_signed_anew() -> None:
    one, other = (build.item("generated_image", "g", image={"id": "i", "url": f"/{each}"}) for each in "12")
    assert told(build.done(one), stored=(other,)) == []
    assert told(build.done(one), stored=({**other, "image": None},)) == ["store/differs"]


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


OUTPUT = {"type": "threads.add_client_tool_output", "params": {"thread_id": "t", "result": {"symbol": "X"}}}


def lost(*turns: Any) -> list[str]:
    """What is told of a store that holds nothing of these turns."""
    held = build.transcript(*turns, stored=Stored())
    return build.rules(run_checks(held, build.scenario(len(turns)), ["store"]))


def test_a_call_that_the_client_answered_is_lost_where_it_is_not_stored() -> None:
    answered = (build.turn(build.done(CALL)), build.turn(index=1, request=OUTPUT))
    assert lost(*answered) == ["store/lost"]
    assert lost(*answered, build.turn(index=2, request=AGAIN)) == ["store/lost"]


def test_a_message_that_is_not_stored_is_lost_though_the_user_goes_on() -> None:
    assert lost(build.turn(build.done(ANSWERED)), build.turn(index=1, request=AGAIN)) == ["store/lost"]


def test_a_call_that_the_answer_to_another_brings_is_not_the_one_that_was_answered() -> None:
    first, second = build.done({**CALL, "id": "c1"}), build.done({**CALL, "id": "c2"})
    answered = build.turn(second, index=1, request=OUTPUT)
    turns = (build.turn(first), answered, build.turn(index=2, request=AGAIN))
    held = build.transcript(*turns, stored=Stored())
    (found,) = run_checks(held, build.scenario(3), ["store"])
    assert (found.rule, found.evidence["item"]) == ("store/lost", "c1")


def test_of_two_calls_the_one_that_was_answered_has_to_stay() -> None:
    first, second = build.done({**CALL, "id": "c1"}), build.done({**CALL, "id": "c2"})
    turns = (build.turn(first, second), build.turn(index=1, request=OUTPUT))
    held = build.transcript(*turns, stored=Stored())
    (found,) = run_checks(held, build.scenario(2), ["store"])
    assert (found.rule, found.evidence["item"]) == ("store/lost", "c2")


def test_an_answer_that_was_refused_is_none() -> None:
    error = build.raised("builtins.ValueError", "no")
    refused = build.turn(index=1, request=OUTPUT, end="raised", raised=error)
    assert lost(build.turn(build.done(CALL)), refused) == []


ON_IT = {"type": "progress_update", "text": "On it"}


@pytest.mark.parametrize(("seen", "rules"), [((), []), ((ON_IT,), ["store/lost"])])
def test_who_left_an_answer_counts_as_heard_once_something_came(seen: Any, rules: list[str]) -> None:
    answer = build.turn(*seen, index=1, request=OUTPUT, end="left", left_at_ms=1050.0)
    assert lost(build.turn(build.done(CALL)), answer) == rules


def test_a_message_under_the_id_of_an_answered_call_is_no_call() -> None:
    message = {**ANSWERED, "id": "c"}
    turns = (build.turn(build.done(CALL)), build.turn(build.done(message), index=1, request=OUTPUT))
    held = build.transcript(*turns, stored=Stored(items=(message,)))
    assert "store/differs" not in build.rules(run_checks(held, build.scenario(2), ["store"]))


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


def test_a_widget_that_is_sent_again_unchanged_is_no_other() -> None:
    turns = (build.turn(build.done(CARD)), build.turn(build.done(CARD), index=1, request=AGAIN))
    assert run_checks(build.transcript(*turns), build.scenario(2), ["store"]) == ()


def test_replacing_an_item_of_an_earlier_turn_is_no_reuse() -> None:
    second = {"type": "thread.item.replaced", "item": build.message("At 272.")["item"]}
    turns = (build.turn(build.message("At 271.84.")), build.turn(second, index=1, request=AGAIN))
    assert run_checks(build.transcript(*turns), build.scenario(2), ["store"]) == ()


def test_two_messages_of_one_turn_may_not_share_an_id() -> None:
    turn = build.turn(build.message("At 271.84."), build.message("And up."))
    assert build.rules(run_checks(build.transcript(turn), build.scenario(), ["store"])) == ["store/reused-id"]


BEGUN = {"type": "thread.item.added", "item": {**ANSWERED, "content": []}}
PART = {"type": "assistant_message.content_part.added", "content_index": 0,
        "content": {"type": "output_text", "text": "", "annotations": []}}  # fmt: skip
DELTA = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": "At 27"}
SEEN = (BEGUN, *({"type": "thread.item.updated", "item_id": "m", "update": each} for each in (PART, DELTA)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("At 27", []), ("At 271.84.", []), ("At", ["store/differs"]), ("", ["store/differs"])],
)
def test_what_the_user_saw_before_leaving_is_in_what_is_stored_of_it(text: str, expected: list[str]) -> None:
    kept = {**ANSWERED, "content": [{"type": "output_text", "text": text}]}
    assert told(*SEEN, stored=(kept,), end="left") == expected


def test_an_answer_that_nobody_waited_for_need_not_be_kept() -> None:
    assert told(*SEEN, stored=(), end="left") == []
