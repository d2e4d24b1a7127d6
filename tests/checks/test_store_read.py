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


UNREADABLE = "PydanticSerializationError(no serializer)"


@pytest.mark.parametrize(
    ("turns", "request_", "why"),
    [
        ((opened(end="raised", raised=BROKEN),), "threads.get_by_id", UNREADABLE),
        (
            (opened(), build.turn(request={"type": "items.list"}, end="raised", raised=BROKEN)),
            "items.list",
            UNREADABLE,
        ),
        ((opened(), build.turn(request={"type": "items.list"}, end="hung")), "items.list", "it hung"),
    ],
)
def test_a_thread_that_cannot_be_read_is_told_with_what_is_raised(
    turns: tuple[Turn, ...], request_: str, why: str
) -> None:
    (told,) = found(reading(*turns))
    assert told.key == f"store/rollback-unreadable thread {why} by an older release"
    assert request_ in told.message


def of(root: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {**CARD, "widget": {"type": root, "children": list(children)}}


LUCIDE = of("Card", {"type": "Icon", "name": "lucide:ship"})
VENDOR = of("Card", {"type": "Icon", "name": "vendor:acme"})
ROOT = of("Basic", {"type": "Text", "value": "Hello"})


@pytest.mark.parametrize(
    ("item", "what", "said"),
    [
        (ROOT, "component Basic", "its schema has no component 'Basic'"),
        (LUCIDE, "icon lucide:…", "its schema has no icon 'lucide:ship'"),
        (VENDOR, "icon vendor:…", "its schema has no icon 'vendor:acme'"),
        (
            of("Card", {"type": "Text", "value": "x", "size": "huge"}),
            "wrong-value:Text.size huge",
            "Text.size",
        ),
        (of("Card", {"type": "Text", "value": 5}), "wrong-type:Text.value", "Text.value"),
    ],
)
def test_the_key_of_an_unreadable_widget_tells_what_of_it_is_not_taken(
    item: dict[str, Any], what: str, said: str
) -> None:
    (told,) = found(reading(opened(), page(), chatkit="1.0.0"), stored=(item,))
    assert told.key == f"store/rollback-unreadable widget {what} by an older release"
    assert said in told.message


def test_one_root_is_one_key_in_whichever_release_and_place() -> None:
    button = of("Card", {"type": "Button", "label": "Go", "iconStart": "lucide:plane"})
    told = [
        found(reading(opened(), page(), chatkit=release), stored=(item,))[0].key
        for release in ("1.0.0", "1.2.0", "1.4.1")
        for item in (LUCIDE, button)
    ]
    assert set(told) == {"store/rollback-unreadable widget icon lucide:… by an older release"}


def test_what_no_schema_refuses_is_told_as_its_store_logs_it() -> None:
    line = "item '{}' of thread 't' (type 'assistant_message') cannot be read by chatkit 1.2.0"
    logs = {
        f"{line} (missing at assistant_message.content.0.text, missing at x)": (
            "missing at assistant_message.content[].text "
        ),
        f"{line} (union_tag_invalid); it is kept as it is": "union_tag_invalid ",
        f"{line} (because of that).": "",
    }
    for log, what in logs.items():
        of_it, other = (log.format(each) for each in (SAID["id"], "another"))
        (told,) = found(reading(opened(), page(), log=(other, of_it)))
        assert told.key == f"store/rollback-unreadable assistant_message {what}by an older release"
        (told,) = found(reading(opened(), page(), log=(other,)))
        assert told.key == "store/rollback-unreadable assistant_message by an older release"


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
    ("turn", "why"),
    [
        (answered(build.error("No.")), "an error event: No."),
        (answered(end="raised", raised=BROKEN), UNREADABLE),
        (answered(end="hung"), "it hung"),
    ],
)
def test_a_thread_that_cannot_be_gone_on_with_is_told_unless_the_message_fails_anywhere(
    turn: Turn, why: str
) -> None:
    turns = (opened(), page(SAID), page(SAID), turn)
    assert keys(reading(*turns)) == [(f"rollback-stuck {why} by an older release", "error")]
    assert keys(reading(*turns, fails_alone=True)) == [("not-read answer by an older release", "warning")]


def test_what_is_gone_after_the_answer_is_told() -> None:
    told = keys(reading(opened(), page(SAID), page(SAID), answered(), page()))
    assert told == [("rollback-stuck assistant_message by an older release", "error")]


def test_a_store_that_forgets_says_nothing_of_releases() -> None:
    told = keys(reading(opened(end="raised", raised=GONE)), reading(opened(end="raised", raised=GONE)))
    assert told == [("does-not-keep", "warning")]


def test_a_thread_that_some_find_is_kept() -> None:
    told = keys(reading(opened(end="raised", raised=GONE)), reading(chatkit="1.6.4"))
    why = "NotFoundError(Thread t not found)"
    assert told == [(f"rollback-unreadable thread {why} by an older release", "error")]


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
        (BROKEN_PAGE, f"unreadable thread {UNREADABLE}"),
        (STUCK, "stuck an error event: No."),
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
        ("not-read-after-restart stuck an error event: No.", "error"),
        (f"rollback-unreadable thread {UNREADABLE} by an older release", "error"),
    ]


def test_what_the_same_release_cannot_read_either_is_no_matter_of_others_whatever_they_say_of_it() -> None:
    hung = (opened(), build.turn(request={"type": "items.list"}, end="hung"))
    told = keys(reading(*BROKEN_PAGE, chatkit="1.6.5"), reading(*hung))
    assert told == [(f"not-read-after-restart unreadable thread {UNREADABLE}", "error")]


def test_a_release_that_could_not_read_its_own_hides_nothing_of_others() -> None:
    gone = Reading(cell="c", chatkit="1.6.5", agents="0.24.0", refused="no room")
    asked = Reading(cell="c", chatkit="1.2.0", agents="0.24.0", refused="no such interpreter")
    assert [each.evidence["read_by"] for each in found(gone, asked)] == [["1.6.5", "1.2.0"]]
    assert keys(gone, reading(*STUCK))[1:] == [
        ("rollback-stuck an error event: No. by an older release", "error")
    ]


def test_an_address_that_is_signed_anew_is_read_as_it_was_written() -> None:
    one, other = (
        {**build.user()["item"], "attachments": [{"id": "a", "preview_url": f"https://files.example/{each}"}]}
        for each in "12"
    )
    assert keys(reading(opened(), page(other)), stored=(one,)) == []
