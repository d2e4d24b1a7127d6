from __future__ import annotations

from itertools import pairwise

import pytest

from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.contracts.diff import diff
from chatkit_harness.core.errors import SelectionError


def texts(a: str, b: str) -> dict[str, bool]:
    return {each.text: each.breaking for each in diff(a, b)}


def test_a_new_prop_is_told_and_breaks_nothing() -> None:
    assert texts("1.5.1", "1.5.2")["Select gains the prop 'searchable' (true or false; optional)."] is False


def test_the_other_way_round_it_is_lost_and_breaks() -> None:
    assert texts("1.5.2", "1.5.1")["Select loses the prop 'searchable' (it was true or false)."] is True


def test_a_prop_of_another_type_breaks() -> None:
    assert texts("1.2.0", "1.3.0") == {"Checkbox.defaultChecked was text and is now true or false.": True}


def test_new_icons_are_named() -> None:
    told = texts("1.0.2", "1.1.0")
    assert told["WidgetIcon also takes 'batch', 'bug'."] is False
    assert told["CustomTask.icon was text and is now an icon name."] is False


def test_a_new_root_is_told_as_a_component_and_as_a_root() -> None:
    _, first, second = diff("1.6.0", "1.6.1")
    assert (first.kind, first.schema, first.where) == ("added", "widget", "BasicRoot")
    assert second.text == "A widget may also be 'Basic'."


def test_a_class_that_was_there_before_it_could_be_a_widget_is_told_as_that() -> None:
    (basic,) = [each.text for each in diff("1.6.0", "1.6.1") if each.where == "BasicRoot"]
    assert basic == (
        "BasicRoot (Basic) is new on the wire (the class is in the package from 1.3.1 on): an open class "
        "that names 'children', 'id', 'key' and 'type', and lets any other prop through. Of those 'align', "
        "'direction', 'gap', 'justify', 'padding', 'theme' are judged as sibling components have them."
    )
    (gone,) = [each.text for each in diff("1.6.1", "1.6.0") if each.where == "BasicRoot"]
    assert gone == "BasicRoot (Basic) is gone from the wire (the class is in the package from 1.3.1 on)."
    assert not [each for each in diff("1.3.0", "1.3.1") if each.where == "BasicRoot"]


def test_classes_that_let_anything_through_are_told() -> None:
    told = texts("1.3.1", "1.4.0")
    assert (
        "DynamicWidgetRoot is new; a widget may be one: an open class that names 'children', 'id', 'key' and "
        "'type' ('Card', 'ListView'), and lets any other prop through."
    ) in told
    assert any(each.startswith("DynamicWidgetComponent is new; a component may be one:") for each in told)
    assert texts("1.6.0", "1.6.1")["DynamicWidgetRoot.type also takes 'Basic'."] is False
    assert all(texts("1.4.0", "1.3.1").values())


def test_what_an_event_always_has_is_told_apart_from_what_may_be_absent() -> None:
    told = texts("1.4.0", "1.4.1")
    assert "EntitySource gains the field 'interactive' (true or false; always sent)." in told
    assert "EntitySource gains the field 'label' (text; sent unless it is null)." in told


def test_what_is_never_sent_is_no_change_on_the_wire() -> None:
    assert diff("1.5.2", "1.5.3") == []


def test_new_events_and_items_are_told_by_their_type_on_the_wire() -> None:
    told = texts("1.3.1", "1.4.0")
    assert "An event may also be 'client_effect', 'stream_options'." in told
    assert "ThreadItem may also be 'sdk_hidden_context'." in told


def test_a_field_that_a_client_counted_on_is_lost_and_breaks() -> None:
    assert texts("1.4.2", "1.5.0")["FileAttachment loses the field 'upload_url' (it was a URL)."] is True


def test_a_class_that_only_got_another_name_is_no_change() -> None:
    assert not [each for each in diff("1.3.0", "1.3.1") if "ThreadItemUpdated" in each.text]


@pytest.mark.parametrize("version", releases())
def test_a_release_does_not_differ_from_itself(version: str) -> None:
    assert diff(version, version) == []


def test_every_step_is_told_both_ways_in_sentences() -> None:
    for a, b in pairwise(releases()):
        there, back = diff(a, b), diff(b, a)
        assert all(each.text.endswith(".") for each in there + back)
        assert len(there) == len(back)


def test_an_unknown_release_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r"1\.4\.2 and 1\.5\.0"):
        diff("1.4.3", "1.6.5")


@pytest.mark.parametrize(
    ("wrong", "offered"),
    [
        ("1.6.55", "1.6.5"),
        ("1.44.0", "1.6.4 and 1.6.5; spelt most like it: 1.4.0."),
        ("0.0.1", "0.0.2"),
        ("1.3", "Stored of 1.3: 1.3.0, 1.3.1."),
        ("newst", "Did you mean 'newest'"),
        ("1", "Stored of 1: …, "),
        ("abc", "Stored: …, "),
    ],
)
def test_only_what_is_stored_is_compared(wrong: str, offered: str) -> None:
    for pair in (("1.6.1", wrong), (wrong, "1.6.1")):
        with pytest.raises(SelectionError, match=f"No schemas are stored of chatkit {wrong}\\.") as caught:
            diff(*pair)
        assert offered in caught.value.next_step


def test_a_release_may_be_spelt_otherwise_or_be_the_newest() -> None:
    assert diff("v1.5.1", " 1.5.02") == diff("1.5.1", "1.5.2")
    assert diff("1.5.1", "newest") == diff("1.5.1", releases()[-1])
