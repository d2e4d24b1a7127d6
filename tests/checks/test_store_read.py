"""Threads that other releases read: one transcript for each lie."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import run_checks
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import CellFacts, Reading, Stored, Turn

SAID = build.message("At 271.84.")["item"]
CARD = build.widget(build.CARD)["item"]
GONE = build.raised("chatkit.store.NotFoundError", "Thread t not found")
BROKEN = build.raised("pydantic_core.PydanticSerializationError", "no serializer")


def page(*items: Any) -> Turn:
    return build.turn(request={"type": "items.list"}, response={"data": list(items), "has_more": False})


def opened(**fields: Any) -> Turn:
    return build.turn(request={"type": "threads.get_by_id"}, response={"id": "t"}, **fields)


def answered(*events: Any, **fields: Any) -> Turn:
    return build.turn(*(events or (build.message("It is.", "m9"),)), **fields)


def reading(*turns: Turn, chatkit: str = "1.2.0", **fields: Any) -> Reading:
    """What a release read; by default a thread of one message as it was written, and the next answer."""
    given = turns or (opened(), page(SAID), page(SAID), answered(), page(SAID))
    return Reading(cell=f"chatkit-{chatkit}", chatkit=chatkit, agents="0.24.0", turns=given, **fields)


PINS = {"openai-chatkit": "1.6.5", "openai-agents": "0.24.0"}


def found(*readings: Reading, stored: tuple[Any, ...] = (SAID,)) -> list[Finding]:
    cell = CellFacts(python="3.12.1", platform="Linux", pins=PINS)
    held = build.transcript(stored=Stored(thread=build.THREAD, items=stored), readings=readings, cell=cell)
    return list(run_checks(held, build.scenario(), ["store"]))


def keys(*readings: Reading, stored: tuple[Any, ...] = (SAID,)) -> list[tuple[str, str]]:
    return [(each.key.removeprefix("store/"), each.severity) for each in found(*readings, stored=stored)]


def test_what_reads_back_as_it_was_written_is_fine() -> None:
    assert keys(reading(), reading(chatkit="1.6.5")) == []


def test_an_item_that_an_older_release_does_not_show_is_told_with_who_wrote_and_who_read() -> None:
    (told,) = found(
        *(reading(opened(), page(CARD), chatkit=each) for each in ("1.2.0", "1.4.1")), stored=(SAID, CARD)
    )
    assert (told.key, told.severity) == (
        "store/rollback-unreadable assistant_message by an older release",
        "error",
    )
    wrote = "the assistant_message that chatkit 1.6.5 wrote is not there"
    assert told.message == f"{wrote} when chatkit 1.2.0, 1.4.1 reads the thread"
    assert (told.evidence["written_by"], told.evidence["read_by"]) == ("1.6.5", ["1.2.0", "1.4.1"])


@pytest.mark.parametrize(
    ("turns", "request_"),
    [
        ((opened(end="raised", raised=BROKEN),), "threads.get_by_id"),
        ((opened(), build.turn(request={"type": "items.list"}, end="raised", raised=BROKEN)), "items.list"),
        ((opened(), build.turn(request={"type": "items.list"}, end="hung")), "items.list"),
    ],
)
def test_a_thread_that_cannot_be_read_is_told(turns: tuple[Turn, ...], request_: str) -> None:
    (told,) = found(reading(*turns))
    assert told.key == "store/rollback-unreadable thread by an older release"
    assert request_ in told.message


@pytest.mark.parametrize(
    ("chatkit", "side"),
    [("1.2.0", "an older release"), ("1.7.0", "a newer release")],
)
def test_other_words_are_told_with_the_side(chatkit: str, side: str) -> None:
    other = build.message("At 9.")["item"]
    told = keys(reading(opened(), page(other), chatkit=chatkit))
    assert told == [(f"rollback-differs assistant_message content[].text by {side}", "error")]


def test_what_only_one_of_the_two_releases_names_is_a_warning() -> None:
    newer = {
        **CARD,
        "widget": {"type": "Card", "children": [{"type": "Select", "name": "s", "searchable": True}]},
    }
    older = {**CARD, "widget": {"type": "Card", "children": [{"type": "Select", "name": "s"}]}}
    key = "rollback-differs widget widget.children[].searchable by an older release"
    assert keys(reading(opened(), page(older)), stored=(newer,)) == [(key, "warning")]
    assert keys(reading(opened(), page(newer)), stored=(older,)) == [(key, "warning")]


def test_what_both_name_and_one_has_lost_is_an_error() -> None:
    lost = {**SAID, "content": [{"type": "output_text", "annotations": []}]}
    assert [severity for _, severity in keys(reading(opened(), page(lost)))] == ["error"]


@pytest.mark.parametrize(
    "turn", [answered(build.error("No.")), answered(end="raised", raised=BROKEN), answered(end="hung")]
)
def test_a_thread_that_cannot_be_gone_on_with_is_told_unless_the_message_fails_anywhere(turn: Turn) -> None:
    turns = (opened(), page(SAID), page(SAID), turn)
    assert keys(reading(*turns)) == [("rollback-stuck by an older release", "error")]
    assert keys(reading(*turns, fails_alone=True)) == [("not-read answer by an older release", "warning")]


def test_what_is_gone_after_the_answer_is_told() -> None:
    told = keys(reading(opened(), page(SAID), page(SAID), answered(), page()))
    assert told == [("rollback-stuck assistant_message by an older release", "error")]


def test_a_store_that_forgets_says_nothing_of_releases() -> None:
    told = keys(reading(opened(end="raised", raised=GONE)), reading(opened(end="raised", raised=GONE)))
    assert told == [("does-not-keep", "warning")]


def test_a_thread_that_some_find_is_kept() -> None:
    told = keys(reading(opened(end="raised", raised=GONE)), reading(chatkit="1.6.4"))
    assert told == [("rollback-unreadable thread by an older release", "error")]


def test_a_release_that_could_not_be_asked_is_named() -> None:
    asked = Reading(cell="c", chatkit="1.2.0", agents="0.24.0", refused="no such interpreter")
    (told,) = found(asked)
    assert (told.rule, told.severity) == ("store/not-read", "warning")
    assert "chatkit 1.2.0" in told.message
    assert "no such interpreter" in told.message


BROKEN_PAGE = (opened(), build.turn(request={"type": "items.list"}, end="raised", raised=BROKEN))
STUCK = (opened(), page(SAID), page(SAID), answered(build.error("No.")))
OTHER = (opened(), page(build.message("At 9.")["item"]))


@pytest.mark.parametrize(
    ("turns", "key"),
    [
        (BROKEN_PAGE, "unreadable thread"),
        (STUCK, "stuck"),
        (OTHER, "differs assistant_message content[].text"),
        ((opened(), page()), "unreadable assistant_message"),
    ],
)
def test_what_the_same_release_shows_after_a_restart_is_no_matter_of_others(
    turns: tuple[Turn, ...], key: str
) -> None:
    # Told once, whoever reads first.
    (told,) = found(reading(*turns), reading(*turns, chatkit="1.6.5"), reading(*turns, chatkit="1.7.0"))
    assert (told.rule, told.severity) == ("store/not-read-after-restart", "error")
    assert told.key == f"store/not-read-after-restart {key}"
    assert told.evidence["read_by"] == ["1.6.5"]


def test_what_only_others_show_is_told_of_them() -> None:
    told = keys(reading(*STUCK, chatkit="1.6.5"), reading(*BROKEN_PAGE))
    assert told == [
        ("not-read-after-restart stuck", "error"),
        ("rollback-unreadable thread by an older release", "error"),
    ]


def test_a_release_that_could_not_read_its_own_hides_nothing_of_others() -> None:
    gone = Reading(cell="c", chatkit="1.6.5", agents="0.24.0", refused="no room")
    asked = Reading(cell="c", chatkit="1.2.0", agents="0.24.0", refused="no such interpreter")
    assert [each.evidence["read_by"] for each in found(gone, asked)] == [["1.6.5", "1.2.0"]]
    assert keys(gone, reading(*STUCK))[1:] == [("rollback-stuck by an older release", "error")]


def test_an_address_that_is_signed_anew_is_read_as_it_was_written() -> None:
    one, other = (
        {**build.user()["item"], "attachments": [{"id": "a", "preview_url": f"https://files.example/{each}"}]}
        for each in "12"
    )
    assert keys(reading(opened(), page(other)), stored=(one,)) == []
