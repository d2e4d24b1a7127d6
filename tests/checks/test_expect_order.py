"""The order in which things have to come."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import rules, transcript, turn

from chatkit_harness.checks import expect
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Expectation
from chatkit_harness.core.transcript import Transcript

PROGRESS, EFFECT = {"type": "progress_update", "text": "Looking"}, build.effect("LOAD:AAPL")
ANSWER = build.streamed("Fine.", "Fi", "ne.")
TOLD, DONE, SAID = (
    "chatkit.event/progress_update",
    "chatkit.event/client_effect",
    "chatkit.item/assistant_message",
)
DELTA = "chatkit.update/assistant_message.content_part.text_delta"
ENDED = "chatkit.event/thread.item.done"


def findings(held: Transcript, *kinds: str) -> list[Finding]:
    return list(expect.check(held, build.scenario(expect=Expectation(order=kinds))))


def missed(held: Transcript, *kinds: str) -> list[str]:
    return [each.key for each in findings(held, *kinds)]


@pytest.mark.parametrize(
    ("came", "rule"),
    [
        ([PROGRESS, EFFECT, *ANSWER], []),
        ([PROGRESS, build.widget(build.CARD), EFFECT, *ANSWER], []),
        ([EFFECT, PROGRESS, *ANSWER], ["expect/order"]),
        ([*ANSWER, PROGRESS, EFFECT], ["expect/order"]),
        ([PROGRESS, *ANSWER, EFFECT], ["expect/order"]),
        ([PROGRESS, EFFECT], ["expect/order"]),
        ([], ["expect/order"]),
    ],
)
def test_things_come_one_after_the_other(came: list[Any], rule: list[str]) -> None:
    assert rules(findings(transcript(turn(*came)), TOLD, DONE, SAID)) == rule


def test_an_item_has_its_place_where_it_begins() -> None:
    begun, *rest = ANSWER
    assert missed(transcript(turn(begun, EFFECT, *rest)), DONE, SAID) == [f"expect/order {SAID} after {DONE}"]
    assert missed(transcript(turn(begun, EFFECT, *rest)), SAID, DONE, DELTA, ENDED) == []


def test_an_item_that_comes_at_once_begins_then() -> None:
    assert missed(transcript(turn(EFFECT, build.message("Fine."))), DONE, SAID) == []
    assert missed(transcript(turn(build.message("Fine."), EFFECT)), SAID, DONE) == []


def test_two_items_of_one_id_begin_twice() -> None:
    assert missed(transcript(turn(*ANSWER, EFFECT, *ANSWER)), SAID, DONE, SAID) == []


def test_what_was_taken_back_begins_again() -> None:
    gone = {"type": "thread.item.removed", "item_id": "m"}
    again = turn(build.message("Fine."), gone, EFFECT, build.message("Fine."))
    assert missed(transcript(again), DONE, SAID) == []


def test_one_thing_cannot_stand_in_two_places() -> None:
    assert missed(transcript(turn(PROGRESS, *ANSWER)), TOLD, TOLD) == [f"expect/order {TOLD} after {TOLD}"]
    assert missed(transcript(turn(PROGRESS, PROGRESS)), TOLD, TOLD) == []


def test_a_later_turn_is_no_later_place() -> None:
    apart = transcript(turn(EFFECT), turn(*ANSWER, index=1))
    assert missed(apart, DONE, SAID) == [f"expect/order {SAID} after {DONE}"]
    assert missed(transcript(turn(*ANSWER), turn(EFFECT, *ANSWER, index=1)), DONE, SAID) == []


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ([*ANSWER, EFFECT], f"no {SAID} after {DONE} came, only before it (in order: assistant_message, "),
        ([EFFECT], f"no {SAID} after {DONE} came, nor before it (in order: client_effect)"),
        (ANSWER[:1], f"no {DONE} came (in order: assistant_message)"),
        ([], f"no {DONE} came (in order: nothing)"),
    ],
)
def test_the_message_says_what_came_in_which_order(came: list[Any], words: str) -> None:
    (finding,) = findings(transcript(turn(*came)), DONE, SAID)
    assert words in finding.message
    assert finding.evidence["came_before"] is ("only before" in words)


@pytest.mark.parametrize("wanted", [(TOLD, TOLD), (DELTA, "chatkit.event/thread.item.updated")])
def test_what_has_its_place_is_not_said_to_have_come_too_early(wanted: tuple[str, str]) -> None:
    once = [PROGRESS, *build.streamed("Fine.", "Fine.")[2:]]
    (finding,) = findings(transcript(turn(*once)), *wanted)
    assert f"no {wanted[1]} after {wanted[0]} came, nor before it" in finding.message
    assert finding.evidence["came_before"] is False


def test_what_comes_again_and_again_is_told_once_in_a_row() -> None:
    (finding,) = findings(transcript(turn(PROGRESS, PROGRESS, EFFECT, PROGRESS)), SAID, DONE)
    assert finding.evidence["came"] == ["progress_update", "client_effect", "progress_update"]


def test_an_item_that_first_comes_as_a_replacement_begins_with_it() -> None:
    new = {**build.message("Fine."), "type": "thread.item.replaced"}
    assert missed(transcript(turn(EFFECT, new)), DONE, SAID) == []


def test_any_json_has_a_place_or_none() -> None:
    odd: list[Any] = [{}, {"type": 5}, {"type": ENDED, "item": []}, {"item": {"type": None}}, None]
    ends = {"type": "thread.item.done", "item": {"id": [], "type": 7}}
    assert missed(transcript(turn(*odd, ends, EFFECT)), ENDED, DONE) == []
