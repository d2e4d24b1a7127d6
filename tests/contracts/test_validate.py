from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.widgets import NEWS_AS_DOCUMENTED, NEWS_ITEM, SOUND, card, text

from chatkit_harness.contracts.catalogue import releases, widget_schema
from chatkit_harness.contracts.validate import component_violations, event_violations, violations
from chatkit_harness.core.errors import SelectionError

NEWEST = releases()[-1]


def only(widget: dict[str, Any], version: str = NEWEST) -> tuple[str, str, str, str]:
    (found,) = violations(widget, version)
    return found.rule, found.component, found.prop, found.path


@pytest.mark.parametrize("version", releases())
def test_a_sound_widget_is_sound_in_every_release(version: str) -> None:
    assert violations(SOUND, version) == []


@pytest.mark.parametrize("version", releases())
def test_news_as_documented_is_caught_in_every_release(version: str) -> None:
    found = {
        (each.rule, each.component, each.prop, each.path) for each in violations(NEWS_AS_DOCUMENTED, version)
    }
    assert found == {
        ("not-allowed-here", "ListView", "children", "$.children[0]"),
        ("unknown-icon", "Card", "status.icon", "$.status.icon"),
    }


def test_reasons_name_the_component_the_prop_and_what_is_allowed() -> None:
    misplaced, icon = sorted(violations(NEWS_AS_DOCUMENTED, "1.2.0"), key=lambda each: each.rule)
    assert "A ListView may only be a root" in misplaced.reason
    assert "Card.children takes Badge, Box," in misplaced.reason
    assert "Card.status.icon is 'newspaper'" in icon.reason
    assert "icon names of chatkit 1.2.0" in icon.reason


def test_a_misplaced_component_does_not_hide_what_is_wrong_inside_it() -> None:
    inner = {"type": "ListView", "children": [NEWS_ITEM], "status": {"text": "x", "icon": "newspaper"}}
    rules = [(each.rule, each.path) for each in violations(card(inner), NEWEST)]
    assert ("unknown-icon", "$.children[0].status.icon") in rules


def test_an_unknown_component_does_not_hide_what_is_wrong_inside_it() -> None:
    rules = [
        (each.rule, each.component)
        for each in violations(card({"type": "Panel", "children": [text(1)]}), NEWEST)
    ]
    assert rules == [("unknown-component", "Panel"), ("wrong-type", "Text")]


def test_an_unknown_component_is_offered_the_nearest() -> None:
    (found,) = violations(card({"type": "Buton"}), NEWEST)
    assert (found.rule, found.component, found.value) == ("unknown-component", "Buton", "Buton")
    assert "Did you mean 'Button'?" in found.reason


@pytest.mark.parametrize(
    ("widget", "told"),
    [
        (card(text(valu="x")), ("unknown-prop", "Text", "valu", "$.children[0].valu")),
        (card(text(size="2xl")), ("wrong-value", "Text", "size", "$.children[0].size")),
        (card(text(12.5)), ("wrong-type", "Text", "value", "$.children[0].value")),
        (card({"type": "Badge"}), ("missing-prop", "Badge", "label", "$.children[0].label")),
        (
            card({"type": "Box", "direction": "column"}),
            ("wrong-value", "Box", "direction", "$.children[0].direction"),
        ),
        (card("words"), ("wrong-type", "Card", "children", "$.children[0]")),
        (card({"value": "x"}), ("missing-prop", "component", "type", "$.children[0].type")),
        (card(padding={"topp": 1}), ("unknown-prop", "Card", "padding.topp", "$.padding.topp")),
        (card(status={"icon": "chart"}), ("missing-prop", "Card", "status.text", "$.status.text")),
        (card(padding=[1]), ("wrong-type", "Card", "padding", "$.padding")),
        (text(), ("not-allowed-here", "Text", "type", "$")),
        ({"children": []}, ("missing-prop", "widget", "type", "$.type")),
    ],
)
def test_each_rule_has_its_liar(widget: dict[str, Any], told: tuple[str, str, str, str]) -> None:
    assert only(widget) == told


def test_a_list_takes_only_its_items() -> None:
    lie = {"type": "ListView", "children": [NEWS_ITEM, text()]}
    assert only(lie) == ("not-allowed-here", "Text", "children", "$.children[1]")


def test_parts_of_a_component_are_named_by_the_component() -> None:
    chart = {"type": "Chart", "data": [], "series": [{"type": "pie", "dataKey": "x"}], "xAxis": "x"}
    assert only(card(chart)) == ("wrong-value", "Chart", "series.type", "$.children[0].series[0].type")


@pytest.mark.parametrize(
    ("version", "taken"), [("1.1.1", set()), ("1.1.2", {"vendor:x"}), ("1.5.2", {"vendor:x", "lucide:x"})]
)
def test_prefixed_icons_are_taken_from_their_release_on(version: str, taken: set[str]) -> None:
    icons = ("vendor:x", "lucide:x", "other:x")
    assert {icon for icon in icons if not violations(card({"type": "Icon", "name": icon}), version)} == taken


def test_basic_is_a_root_from_1_6_1_on_and_holds_components_and_roots() -> None:
    basic = {"type": "Basic", "gap": 2, "theme": "dark", "children": [card(text()), text()]}
    assert violations(basic, "1.6.1") == []
    assert [each.rule for each in violations(basic, "1.6.0")] == ["unknown-component"]
    assert only({**basic, "gup": 2}, "1.6.1") == ("unknown-prop", "Basic", "gup", "$.gup")


def test_a_component_alone_is_judged_as_one() -> None:
    assert component_violations(text(), NEWEST) == []
    assert [each.rule for each in component_violations(card(), NEWEST)] == ["not-allowed-here"]


def test_the_tenth_child_comes_after_the_second() -> None:
    found = violations(card(*[text(1) for _ in range(12)]), NEWEST)
    assert [each.path for each in found] == [f"$.children[{number}].value" for number in range(12)]


def test_a_release_newer_than_all_is_judged_by_the_newest() -> None:
    assert [each.reason for each in violations(card(text(1)), "99.0")] == [
        each.reason for each in violations(card(text(1)), NEWEST)
    ]


def test_what_is_no_release_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r"1\.6\.5"):
        violations(SOUND, "1.6.55.0.dev1x")


def test_dynamic_classes_are_left_out() -> None:
    assert not [
        name for version in releases() for name in widget_schema(version)["$defs"] if "Dynamic" in name
    ]


def done(item: dict[str, Any]) -> dict[str, Any]:
    common = {"id": "i", "thread_id": "t", "created_at": "2026-01-01T00:00:00"}
    return {"type": "thread.item.done", "item": {**common, **item}}


def test_an_event_is_judged_down_to_its_widget() -> None:
    assert event_violations(done({"type": "widget", "widget": SOUND}), NEWEST) == []
    (found,) = event_violations(done({"type": "widget", "widget": card(text(size="2xl"))}), NEWEST)
    assert (found.component, found.prop) == ("Text", "size")
    assert found.path == "$.item.widget.children[0].size"


def test_a_field_that_an_event_does_not_have_is_told_by_its_item() -> None:
    message = {"type": "assistant_message", "content": [], "mood": "good"}
    (found,) = event_violations(done(message), NEWEST)
    assert (found.rule, found.component, found.prop) == ("unknown-prop", "assistant_message", "mood")


def test_items_of_later_releases_are_unknown_to_earlier_ones() -> None:
    item = done({"type": "generated_image"})
    assert event_violations(item, "1.4.1") == []
    assert [each.rule for each in event_violations(item, "1.4.0")] == ["wrong-value"]


WORDS = [
    "type",
    "children",
    "status",
    "icon",
    "value",
    "item",
    "widget",
    "Card",
    "Text",
    "ListView",
    "Transition",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.sampled_from(releases()))
def test_no_json_makes_it_raise(document: Any, version: str) -> None:
    for found in (*violations(document, version), *event_violations(document, version)):
        assert found.path.startswith("$")
        assert found.reason


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["children", "status", "size", "titel", "padding"]), JSON))
def test_no_card_makes_it_raise(props: dict[str, Any]) -> None:
    assert isinstance(violations({"type": "Card", **props}, NEWEST), list)


def test_what_nests_without_end_is_told_and_not_judged() -> None:
    widget: Any = text()
    for _ in range(5000):
        widget = {"type": "Col", "children": [widget]}
    assert [each.rule for each in violations(widget, NEWEST)] == ["too-deep"]
