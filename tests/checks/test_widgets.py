from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.contracts.widgets import NEWS_AS_DOCUMENTED, SOUND, card, text

from chatkit_harness.checks.widgets import check
from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Authored, CellFacts, Event, Transcript, Turn

SCENARIO = Scenario(id="s", title="S", turns=())
NEWS_LESS_ITS_ICON = {**NEWS_AS_DOCUMENTED, "status": {"text": "News"}}


def item(widget: Any, kind: str = "done", identity: str = "w") -> dict[str, Any]:
    return {"type": f"thread.item.{kind}", "item": {"type": "widget", "id": identity, "widget": widget}}


def update(kind: str, identity: str = "w", **fields: Any) -> dict[str, Any]:
    return {"type": "thread.item.updated", "item_id": identity, "update": {"type": kind, **fields}}


def found(
    *events: Mapping[str, Any], written: list[Any] | None = None, chatkit: str | None = "1.6.5"
) -> list[Finding]:
    turn = Turn(
        index=0,
        user="news",
        request={},
        sent_at_ms=0,
        end="done",
        ended_at_ms=9,
        events=tuple(Event(at_ms=1, data=data) for data in events),
    )
    transcript = Transcript(
        scenario="s",
        path="native",
        server="reference",
        cell=CellFacts(python="3.12.1", platform="x", pins={"openai-chatkit": chatkit} if chatkit else {}),
        turns=(turn,),
        authored=tuple(Authored(at_ms=0, turn=0, widget=each) for each in written or []),
    )
    return list(check(transcript, SCENARIO))


def keys(*events: Mapping[str, Any], **more: Any) -> list[str]:
    return [each.key for each in found(*events, **more)]


@pytest.mark.parametrize("version", releases())
def test_a_sound_widget_gives_nothing(version: str) -> None:
    assert keys(item(SOUND, "added"), item(SOUND), written=[SOUND], chatkit=version) == []


def test_news_as_documented_is_told_with_component_prop_and_reason() -> None:
    told = {each.rule: each for each in found(item(NEWS_LESS_ITS_ICON), written=[NEWS_AS_DOCUMENTED])}
    assert set(told) == {"widgets/not-allowed-here", "widgets/dropped-prop"}
    icon = told["widgets/dropped-prop"]
    assert icon.key == "widgets/dropped-prop:Card.status.icon=newspaper"
    assert icon.severity == "error"
    assert (icon.evidence["component"], icon.evidence["prop"]) == ("Card", "status.icon")
    assert "not among the icon names" in icon.evidence["reason"]
    misplaced = told["widgets/not-allowed-here"].evidence
    assert (misplaced["component"], misplaced["path"], misplaced["item"]) == (
        "ListView",
        "$.children[0]",
        "w",
    )


def test_news_that_an_old_release_refused_is_told_as_written() -> None:
    told = found(written=[NEWS_AS_DOCUMENTED], chatkit="1.2.0")
    assert [each.key for each in told] == [
        "widgets/not-allowed-here:ListView.children",
        "widgets/unknown-icon:Card.status.icon=newspaper",
    ]
    assert not any(each.evidence["sent"] for each in told)


def test_an_icon_that_went_out_is_told_once_for_added_and_done() -> None:
    lie = card(status={"text": "x", "icon": "newspaper"})
    assert keys(item(lie, "added"), item(lie)) == ["widgets/unknown-icon:Card.status.icon=newspaper"]


def test_keys_are_stable_across_positions_ids_and_releases() -> None:
    first = keys(item(card(text(size="2xl")), identity="a"), chatkit="1.0.0")
    second = keys(item(card(SOUND["children"][0], text(size="2xl", id="x")), identity="b"), chatkit="1.6.5")
    assert first == second == ["widgets/wrong-value:Text.size=2xl"]


def test_prices_do_not_get_into_keys() -> None:
    assert keys(item(card(text(271.49)))) == ["widgets/wrong-type:Text.value=number"]


def test_a_widget_that_is_no_object_is_told() -> None:
    assert keys(item("<Card/>"), item(None, identity="v")) == [
        "widgets/not-an-object:string",
        "widgets/not-an-object:null",
    ]


def test_a_replaced_root_is_judged() -> None:
    root = update("widget.root.updated", widget=card({"type": "Badge"}))
    assert keys(item(card(text()), "added"), root) == ["widgets/missing-prop:Badge.label"]


def test_a_replaced_component_is_judged_where_it_stands() -> None:
    lie = update("widget.component.updated", component_id="t", component=text(id="t", size="2xl"))
    told = found(item(card(text(id="t")), "added"), lie, item(card(text(id="t", size="2xl"))))
    assert [each.evidence["path"] for each in told] == ["$.children[0].size"]


def test_a_component_of_a_widget_that_nobody_saw_is_judged_alone() -> None:
    lie = update("widget.component.updated", component_id="t", component=text(size="2xl"))
    assert keys(lie) == ["widgets/wrong-value:Text.size=2xl"]


def test_a_streamed_text_is_no_change_of_what_was_written() -> None:
    delta = update("widget.streaming_text.value_delta", component_id="t", delta="lo", done=False)
    states = [card(text(words, id="t", streaming=True)) for words in ("", "lo", "lolo", "lolo!")]
    last = update("widget.streaming_text.value_delta", component_id="t", delta="!", done=False)
    events = [item(states[0], "added"), delta, delta, last, item(states[3])]
    assert keys(*events, written=states) == []


def test_what_the_models_dropped_while_streaming_is_told_once() -> None:
    written = [card(text(words, id="t", sise="md")) for words in ("", "lo")]
    delta = update("widget.streaming_text.value_delta", component_id="t", delta="lo", done=True)
    sent = [card(text(words, id="t")) for words in ("", "lo")]
    events = [item(sent[0], "added"), delta, item(sent[1])]
    assert keys(*events, written=written) == ["widgets/dropped-prop:Text.sise"]


def test_a_refused_widget_is_not_taken_for_another_that_went_out() -> None:
    refused = card(text("a"), text("b"), {"type": "Panel"})
    sent = card(text("a"), text("b"))
    assert keys(item(sent), written=[sent, refused]) == ["widgets/unknown-component:Panel.children"]


def test_two_widgets_under_one_id_are_told() -> None:
    assert keys(item(card(text("a"))), item(card(text("b")))) == ["widgets/duplicate-id:thread.item.done"]
    assert keys(item(card(text("a"))), item(card(text("a")))) == []


def test_a_release_newer_than_all_is_noted_and_judged() -> None:
    note, told = found(item(card(text(size="2xl"))), chatkit="99.0")
    assert (note.rule, note.severity) == ("widgets/unknown-release", "note")
    assert told.key == "widgets/wrong-value:Text.size=2xl"


def test_a_release_that_nobody_knows_is_noted_and_not_judged() -> None:
    (note,) = found(item(card(text(size="2xl"))), chatkit="1.2.99")
    assert (note.rule, note.severity) == ("widgets/unknown-release", "note")


def test_without_chatkit_or_widgets_there_is_nothing_to_say() -> None:
    assert keys(item(card(text(size="2xl"))), chatkit=None) == []
    assert keys(chatkit="99.0") == []


def test_two_components_of_one_id_are_told() -> None:
    lie = card({"type": "Row", "children": [text("a", id="price")]}, text("b", id="price"))
    (told,) = found(item(lie, "added"), item(lie))
    assert (told.key, told.severity) == ("widgets/duplicate-component-id:price", "error")
    assert keys(item(card(text(id="a"), text(id="b")), identity="v"), item(card(text(id="a")))) == []


def test_two_siblings_of_one_key_are_a_warning() -> None:
    (told,) = found(item(card(text("a", key="x"), text("b", key="x"))))
    assert (told.key, told.severity) == ("widgets/duplicate-key:Card", "warning")
    assert keys(item(card({"type": "Row", "children": [text(key="x")]}, text(key="x")))) == []


def test_an_id_in_what_an_action_carries_is_no_component_s() -> None:
    action = {"type": "open", "payload": {"id": "x", "type": "Text"}}
    assert keys(item(card({"type": "Button", "label": "Go", "onClickAction": action}, text(id="x")))) == []
