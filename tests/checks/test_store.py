"""What is stored afterwards, beside what was streamed: one transcript for each lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import run_checks
from chatkit_harness.core.transcript import Stored, Transcript

ASKED = build.item("user_message", "u", content=[{"type": "input_text", "text": "What's AAPL trading at?"}])
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
