"""Widgets that grow by updates: what a client holds in the end against what the server says it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn
from tests.contracts.widgets import card, text

from chatkit_harness.checks import widgets
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Turn

RULE = "widgets/delta-mismatch"
PIECES = ("Apple ", "closed at ", "$271.84.")


def quote(words: str, **more: Any) -> dict[str, Any]:
    return card(text("AAPL"), text(words, id="told", **more))


def item(widget: Any, kind: str = "done", identity: str = "w") -> dict[str, Any]:
    return {"type": f"thread.item.{kind}", "item": build.item("widget", identity, widget=widget)}


def updates(**update: Any) -> dict[str, Any]:
    return {"type": "thread.item.updated", "item_id": "w", "update": update}


def delta(piece: str, done: bool = True) -> dict[str, Any]:
    kind = "widget.streaming_text.value_delta"
    return updates(type=kind, component_id="told", delta=piece, done=done)


def component(new: Any, identity: str = "told") -> dict[str, Any]:
    return updates(type="widget.component.updated", component_id=identity, component=new)


def root(widget: Any) -> dict[str, Any]:
    return updates(type="widget.root.updated", widget=widget)


def in_turns(*turns: Turn, server: str = "shop") -> list[Finding]:
    held = transcript(*turns, server=server)
    return [each for each in widgets.check(held, build.scenario()) if each.rule == RULE]


def found(*events: Mapping[str, Any] | None, server: str = "shop", end: Any = "done") -> list[Finding]:
    return in_turns(turn(build.user(), *events, end=end), server=server)


def grows(*pieces: str) -> list[dict[str, Any]]:
    return [item(quote(""), "added"), *map(delta, pieces), item(quote("".join(PIECES)))]


def test_words_that_grow_as_they_should_are_the_finished_ones() -> None:
    assert found(*grows(*PIECES)) == []


@pytest.mark.parametrize(
    "pieces",
    [
        ("closed at ", "$271.84."),
        ("Apple ", "$271.84."),
        ("Apple ", "closed at "),
        ("Apple ", "Apple ", "closed at ", "$271.84."),
        ("Apple ", "closed at ", "$271.84.", "$271.84."),
        ("closed at ", "Apple ", "$271.84."),
    ],
    ids=["first lost", "one lost", "last lost", "first doubled", "last doubled", "swapped"],
)
def test_a_piece_that_is_lost_doubled_or_swapped_is_found(pieces: tuple[str, ...]) -> None:
    (told,) = found(*grows(*pieces))
    assert (told.severity, told.key) == ("error", f"{RULE}:Text.value")
    assert (told.evidence["component_id"], told.evidence["streamed"]) == ("told", "".join(pieces))


def test_a_reader_is_told_where_the_words_part() -> None:
    (told,) = found(*grows("Apple ", "$271.84."))
    assert "the Text 'told' of widget w" in told.message
    assert "'$271.84.' against 'closed at $271.84.' at character 6" in told.message


def test_of_two_texts_the_one_that_was_streamed_wrong_is_named() -> None:
    def both(first: str, second: str) -> dict[str, Any]:
        return card(text(first, id="other"), {"type": "Markdown", "id": "told", "value": second})

    other = updates(type="widget.streaming_text.value_delta", component_id="other", delta="Up.", done=True)
    (told,) = found(item(both("", ""), "added"), other, delta("Ap"), delta("Ap"), item(both("Up.", "Ap")))
    assert (told.key, told.evidence["component_id"]) == (f"{RULE}:Markdown.value", "told")


def test_a_component_that_was_lost_is_found_where_another_came() -> None:
    rise = text("+1%", id="rise")
    lost = [
        item(card(text("$1", id="told"), text("", id="rise")), "added"),
        component(rise, "rise"),
        item(card(text("$2", id="told"), rise)),
    ]
    (told,) = found(*lost, server="catalogue")
    assert (told.severity, told.key, told.evidence["place"]) == (
        "error",
        f"{RULE}:Text.value",
        "$.children[0].value",
    )
    whole = [lost[0], component(text("$2", id="told")), *lost[1:]]
    assert found(*whole, server="catalogue") == []


def test_a_component_that_names_nothing_changes_nothing() -> None:
    (told,) = found(
        item(quote(""), "added"),
        component(text("Apple", id="told"), "tolt"),
        item(quote("Apple")),
        server="catalogue",
    )
    assert told.key == f"{RULE}:Text.value"


@pytest.mark.parametrize(("server", "severity"), [("catalogue", "error"), ("shop", "warning")])
def test_a_user_s_own_server_may_finish_a_widget_with_more(server: str, severity: str) -> None:
    button = {"type": "Button", "label": "Buy"}
    finished = card(*quote("Apple")["children"], button)
    (told,) = found(item(quote(""), "added"), delta("Apple"), item(finished), server=server)
    assert (told.severity, told.key) == (severity, f"{RULE}:Button")


def test_a_finished_widget_that_lacks_what_was_shown_is_found() -> None:
    shown = card(*quote("")["children"], {"type": "Button", "label": "Buy"})
    (told,) = found(item(shown, "added"), delta("Apple"), item(quote("Apple")), server="catalogue")
    assert told.key == f"{RULE}:Button"


def test_words_that_were_sent_whole_since_are_no_pieces_any_more() -> None:
    begun = [item(quote(""), "added"), delta("Apple"), root(quote("Apple fell."))]
    (told,) = found(*begun, item(quote("Apple rose.")))
    assert (told.severity, told.key) == ("warning", f"{RULE}:Text.value")


@pytest.mark.parametrize(("server", "severity"), [("catalogue", "error"), ("shop", "warning")])
@pytest.mark.parametrize("whole", [root, lambda widget: component(widget["children"][1])])
def test_words_that_the_next_whole_takes_back_are_found(whole: Any, server: str, severity: str) -> None:
    events = [item(quote("", streaming=True), "added"), delta("Apple ", done=False)]
    last = quote("Apple fell.", streaming=False)
    assert found(*events, whole(last), item(last), server=server) == []
    (told,) = found(*events, events[1], whole(last), item(last), server=server)
    assert (told.severity, told.key) == (severity, f"{RULE}:Text.value")
    assert "next whole" in told.message


def test_words_that_were_no_pieces_may_be_corrected() -> None:
    last = quote("$271.84")
    assert found(item(quote("$217"), "added"), root(last), item(last), server="catalogue") == []
    assert (
        found(item(quote(""), "added"), delta("$217"), root(card(text("Gone"))), item(card(text("Gone"))))
        == []
    )


def test_whether_words_are_awaited_is_settled_by_the_end() -> None:
    assert (
        found(item(quote("", streaming=True), "added"), delta("Apple", done=False), item(quote("Apple")))
        == []
    )
    marked = quote("Apple", streaming=False)
    assert found(item(quote("", streaming=True), "added"), delta("Apple"), item(marked)) == []


def test_a_user_s_own_server_may_finish_a_widget_otherwise_without_updates() -> None:
    events = [item(quote("Loading"), "added"), item(quote("Apple"))]
    assert found(*events) == []
    (told,) = found(*events, server="catalogue")
    assert (told.severity, told.key) == ("error", f"{RULE}:Text.value")


def test_a_widget_that_is_replaced_or_removed_is_another() -> None:
    begun = [item(quote(""), "added"), delta("Apple")]
    assert found(*begun, item(quote("Tesla"), "replaced"), item(quote("Tesla"))) == []
    again = [item(quote("Tesla"), "replaced"), item(quote("Nvidia"))]
    assert found(*begun, *again, server="catalogue") == []
    assert found(*begun, {"type": "thread.item.removed", "item_id": "w"}, item(quote("Tesla"))) == []


def test_what_was_never_finished_is_not_judged() -> None:
    assert found(item(quote(""), "added"), delta("closed at "), server="catalogue") == []


@pytest.mark.parametrize("end", ["left", "cut", "hung", "raised"])
def test_after_a_turn_that_broke_off_nobody_knows_what_is_shown(end: str) -> None:
    begun = turn(item(quote(""), "added"), delta("closed at "), end=end)
    assert in_turns(begun, turn(delta("$271.84."), item(quote("Apple")), index=1)) == []


def test_a_widget_may_grow_on_in_a_later_turn() -> None:
    shown = turn(item(quote("Apple ")))
    assert in_turns(shown, turn(delta("rose."), item(quote("Apple rose.")), index=1)) == []
    lied = turn(delta("rose."), delta("rose."), item(quote("Apple rose.")), index=1)
    (told,) = in_turns(shown, lied)
    assert told.evidence["turn"] == 1


def test_what_a_click_was_answered_with_grows_from_there() -> None:
    answer = {"updated_item": build.item("widget", "w", widget=quote("Tesla "))}
    click = turn(request={"type": "threads.sync_custom_action"}, response=answer, index=1)
    after = turn(delta("fell."), item(quote("Tesla fell.")), index=2)
    assert in_turns(turn(item(quote("Apple "))), click, after) == []


@pytest.mark.parametrize(
    "strange",
    [
        None,
        updates(type="widget.component.removed", component_id="told"),
        root("<Card/>"),
        item(quote("again"), "added"),
    ],
    ids=["no event", "a new kind", "no widget", "the id again"],
)
def test_what_cannot_be_applied_lets_nobody_judge(strange: Any) -> None:
    events = [item(quote(""), "added"), strange, delta("closed at "), item(quote("Apple closed at "))]
    assert found(*events, server="catalogue") == []


def test_an_update_of_a_widget_that_nobody_saw_is_not_judged() -> None:
    assert found(delta("closed at "), item(quote("Apple closed at ")), server="catalogue") == []


def test_a_widget_too_deep_is_not_judged() -> None:
    deep: dict[str, Any] = text("x")
    for _ in range(300):
        deep = {"type": "Row", "children": [deep]}
    assert found(item(quote(""), "added"), root(card(deep)), item(quote("Apple")), server="catalogue") == []
