"""What changed on the wire, and whether a client of the older wire can live with it."""

from __future__ import annotations

from typing import Any

from chatkit_harness.core.transcript import CellFacts, Event, Transcript, Turn
from chatkit_harness.gate.changes import CaseKey
from chatkit_harness.gate.wire import WireChange, gathered, wire_changes

USER = {"type": "thread.created", "thread": {"id": "t", "created_at": "2026-01-01"}}
TEXT = {"type": "thread.item.done", "item": {"type": "assistant_message", "id": "m", "content": []}}
OPTIONS = {"type": "stream_options", "stream_options": {"allow_cancel": True}}


def said(*events: dict[str, Any], **more: Any) -> Transcript:
    """A transcript of one turn with these events."""
    told = tuple(Event(at_ms=number, data=event) for number, event in enumerate(events))
    turn = {"end": "done", "ended_at_ms": 9.0, "sent_at_ms": 0.0, "request": {}, "user": "?", **more}
    return Transcript(
        scenario="quote",
        path="native",
        server="reference",
        cell=CellFacts(python="3.11.7", platform="Linux"),
        turns=(Turn(index=0, events=told, **turn),),
    )


def found(base: Transcript, candidate: Transcript, older: str = "1.2.0") -> dict[str, str]:
    """Each change by its key."""
    return {each.key: each.effect for each in wire_changes(base, candidate, older=older)}


def test_the_same_wire_has_no_changes() -> None:
    assert found(said(USER, TEXT), said(USER, TEXT)) == {}


def test_an_event_that_is_gone_breaks_clients() -> None:
    assert found(said(USER, TEXT), said(USER)) == {
        "wire/event-gone thread.item.done assistant_message": "breaking"
    }


def test_an_event_that_the_older_wire_lacks_is_passed_over() -> None:
    (change,) = wire_changes(said(USER, TEXT), said(USER, OPTIONS, TEXT), older="1.2.0")
    assert (change.key, change.effect) == ("wire/event-new stream_options", "harmless")
    assert "has no such event" in change.why


def test_a_property_that_is_gone_breaks_clients_and_a_new_one_does_not() -> None:
    less = {"type": "thread.created", "thread": {"id": "t", "title": "new"}}
    assert found(said(USER), said(less)) == {
        "wire/property-gone thread.created: thread.created_at": "breaking",
        "wire/property-new thread.created: thread.title": "harmless",
    }


def test_a_property_in_another_form_breaks_clients() -> None:
    other = {"type": "thread.created", "thread": {"id": 7, "created_at": "2026-01-01"}}
    (change,) = wire_changes(said(USER), said(other), older=None)
    assert (change.what, change.effect) == ("property-form", "breaking")
    assert change.why == "It was text, and is a number."


def test_what_holds_a_lost_property_is_told_once() -> None:
    assert list(found(said(USER), said({"type": "thread.created"}))) == [
        "wire/property-gone thread.created: thread"
    ]


def test_another_order_breaks_clients() -> None:
    assert list(found(said(USER, TEXT), said(TEXT, USER)).values()) == ["breaking"]


def test_text_in_more_pieces_is_no_change() -> None:
    piece = {"type": "thread.item.updated", "update": {"type": "text_delta", "delta": "a"}}
    assert found(said(piece), said(piece, piece, piece)) == {}


def test_a_null_is_as_good_as_nothing() -> None:
    null = {"type": "thread.created", "thread": {"id": "t", "created_at": "2026-01-01", "title": None}}
    assert found(said(USER), said(null)) == {}


def test_a_turn_that_failed_says_nothing_about_the_wire() -> None:
    assert found(said(USER, TEXT), said(USER, {"type": "error"})) == {}
    assert found(said(USER, TEXT), said(USER, end="hung")) == {}


def test_what_the_author_puts_into_a_payload_is_no_matter_of_the_wire() -> None:
    one = {"type": "client_effect", "data": {"commands": ["a"]}}
    other = {"type": "client_effect", "data": {"orders": ["a"]}}
    assert found(said(one), said(other)) == {}


def test_answers_that_are_no_stream_are_compared_alike() -> None:
    assert found(said(response={"id": "t"}), said(response={"id": "t", "more": 1})) == {
        "wire/property-new the response: more": "harmless"
    }


def test_one_change_in_many_cases_is_told_once() -> None:
    gone = WireChange(what="event-gone", place="x", effect="breaking", why="")
    new = WireChange(what="event-new", place="y", effect="harmless", why="")
    keys = [
        CaseKey(path="native", scenario=name, server="reference", store="memory", client="none")
        for name in "ab"
    ]
    told = gathered({keys[0]: [new, gone], keys[1]: [gone]})
    assert [(each.change.place, len(each.cases)) for each in told] == [("x", 2), ("y", 1)]


def widget(root: str) -> dict[str, Any]:
    item = {"type": "widget", "id": "w", "widget": {"type": root, "children": []}}
    return {"type": "thread.item.done", "item": item}


def test_one_item_less_is_told_as_that_and_as_nothing_else() -> None:
    base = said(TEXT, widget("Card"), TEXT)
    assert list(found(base, said(widget("Card"), TEXT))) == [
        "wire/event-fewer thread.item.done assistant_message"
    ]
    assert found(said(TEXT, TEXT), said(TEXT, TEXT, TEXT)) == {}


def test_a_widget_of_another_kind_is_told_and_breaks_who_does_not_know_it() -> None:
    key = "wire/property-form thread.item.done widget: item.widget.type"
    assert found(said(widget("Card")), said(widget("Hologram")))[key] == "breaking"
    changes = wire_changes(said(widget("Card")), said(widget("ListView")), older="1.6.5")
    told = {change.key: change.why for change in changes}
    assert "It was type Card, and is type ListView." in told[key]
