from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.widgets import NEWS_AS_DOCUMENTED, SOUND, card, text

from chatkit_harness.contracts.dropped import dropped

VERSION = "1.2.0"


def lost(authored: dict[str, Any], sent: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.rule, each.component, each.prop) for each in dropped(authored, sent, VERSION)]


def test_what_went_out_as_written_lost_nothing() -> None:
    assert lost(SOUND, SOUND) == []


def test_an_icon_that_the_models_drop_is_told_with_the_reason() -> None:
    sent = {**NEWS_AS_DOCUMENTED, "status": {"text": "News"}}
    (found,) = dropped(NEWS_AS_DOCUMENTED, sent, VERSION)
    assert (found.rule, found.component, found.prop) == ("dropped-prop", "Card", "status.icon")
    assert (found.path, found.value) == ("$.status.icon", "newspaper")
    assert "not among the icon names of chatkit 1.2.0" in found.reason


def test_a_prop_that_no_model_has_is_told_with_the_nearest() -> None:
    (found,) = dropped(card(text(sise="md")), card(text()), VERSION)
    assert "Did you mean 'size'?" in found.reason


def test_a_loss_without_a_reason_says_so() -> None:
    (found,) = dropped(card(text(italic=True)), card(text()), VERSION)
    assert "chatkit 1.2.0 leaves it out without a word" in found.reason


def test_a_lost_component_is_found_among_those_that_stayed() -> None:
    authored = card(text("a"), {"type": "Badge", "label": "b"}, text("c"))
    assert lost(authored, card(text("a"), text("c"))) == [("dropped-component", "Badge", "children")]


def test_a_changed_value_is_told() -> None:
    assert lost(card(text("a")), card(text("b"))) == [("changed-value", "Text", "value")]


def test_nulls_defaults_order_ids_and_dates_are_no_loss() -> None:
    authored = card(
        None, text(size=None), {"type": "DatePicker", "name": "d", "min": "2026-01-01"}, size="md"
    )
    picker = {"min": "2026-01-01T00:00:00Z", "name": "d", "type": "DatePicker", "key": "k"}
    sent = {"size": "md", "children": [text(id="made"), picker], "type": "Card", "id": "also made"}
    assert lost(authored, sent) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "children", "a"]), inner)
    ),
    max_leaves=10,
)
WIDGETS = st.dictionaries(st.sampled_from(["type", "children", "status"]), VALUES)


@settings(max_examples=150, deadline=None)
@given(WIDGETS, WIDGETS)
def test_no_pair_makes_it_raise_and_nothing_is_lost_on_itself(a: dict[str, Any], b: dict[str, Any]) -> None:
    dropped(a, b, VERSION)
    assert dropped(a, a, VERSION) == []
