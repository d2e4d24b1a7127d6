"""How what a scenario expects is read from its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenarios.test_load import GOOD, load, refused

from chatkit_harness.core.scenario import FindingExpectation, ModelExpectation, on_path


def test_parts_of_components_are_read(tmp_path: Path) -> None:
    text = f"{GOOD}expect:\n  widgets: [{{root: Card, has: [{{type: Badge, color: danger}}]}}]\n"
    (widget,) = load(tmp_path, text).expect.widgets or ()
    assert widget.has == ({"type": "Badge", "color": "danger"},)


def test_a_finding_may_be_optional(tmp_path: Path) -> None:
    text = f"{GOOD}expect:\n  findings: [{{rule: run/tool-error, optional: true}}, {{rule: run/leak}}]\n"
    assert load(tmp_path, text).expect.findings == (
        FindingExpectation(rule="run/tool-error", optional=True),
        FindingExpectation(rule="run/leak"),
    )


@pytest.mark.parametrize(
    ("written", "read"), [("no price", ("no price",)), ("[no price, AAPL]", ("no price", "AAPL"))]
)
def test_a_finding_may_be_named_by_its_words(tmp_path: Path, written: str, read: tuple[str, ...]) -> None:
    text = f"{GOOD}expect:\n  findings: [{{rule: run/error-event, contains: {written}}}]\n"
    assert load(tmp_path, text).expect.findings == (
        FindingExpectation(rule="run/error-event", contains=read),
    )


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ("{contains: no price}", "one of these keys is needed: rule, component, prop, any_of"),
        ("{optional: true}", "one of these keys is needed: rule, component, prop, any_of"),
        ("{any_of: [{rule: run/hang, optional: true}]}", "'optional' cannot stand here"),
        ("{rule: run/hang, optional: sometimes}", "expected true or false"),
    ],
)
def test_what_would_expect_anything_is_refused(tmp_path: Path, findings: str, words: str) -> None:
    assert words in refused(tmp_path, f"{GOOD}expect:\n  findings: [{findings}]\n").cause


def test_an_empty_part_is_refused(tmp_path: Path) -> None:
    assert "has[0]" in refused(tmp_path, f"{GOOD}expect:\n  widgets: [{{has: [{{}}]}}]\n").cause


def test_what_a_client_holds_and_the_model_is_told_is_read(tmp_path: Path) -> None:
    client = "shows: [{type: task}], events: [{type: error}], hides: x"
    text = f"{GOOD}expect: {{{client}, told_model: {{contains: y}}}}\n"
    expected = load(tmp_path, text).expect
    assert (expected.shows, expected.events, expected.hides) == (
        ({"type": "task"},),
        ({"type": "error"},),
        ("x",),
    )
    assert expected.told_model == ModelExpectation(contains=("y",))


def test_an_order_is_read_of_the_whole_and_of_a_turn(tmp_path: Path) -> None:
    kinds = ("chatkit.event/client_effect", "chatkit.item/assistant_message")
    scenario = load(tmp_path, f"{GOOD}expect: {{order: [{', '.join(kinds)}]}}\n")
    assert scenario.expect.order == kinds
    turn = "  - user: What's AAPL trading at?\n"
    of_turn = GOOD.replace(turn, f"{turn}    expect: {{order: [{', '.join(kinds)}]}}\n")
    (first,) = load(tmp_path, of_turn).turns
    assert first.expect is not None
    assert first.expect.order == kinds


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("[chatkit.event/notice]", "at least 2 entries"),
        (
            "[chatkit.event/notice, agents.event/tool_called]",
            "write a kind of chatkit.event, .update or .item",
        ),
        ("[chatkit.event/notice, chatkit.widget/Card]", "write a kind of chatkit.event, .update or .item"),
        ("[chatkit.event/notice, chatkit.request/threads.create]", "write a kind of chatkit.event, .update"),
        ("[chatkit.event/notice, chatkit.item/hidden_context_item]", "only what the client gets has a place"),
        ("[chatkit.event/notice, chatkit.item/assistant_mesage]", "is known to no chatkit"),
    ],
)
def test_an_order_of_what_has_no_place_is_refused(tmp_path: Path, order: str, words: str) -> None:
    assert words in refused(tmp_path, f"{GOOD}expect: {{order: {order}}}\n").cause


@pytest.mark.parametrize("name", ["shows", "events"])
def test_a_part_of_what_comes_needs_a_type(tmp_path: Path, name: str) -> None:
    assert "'type'" in refused(tmp_path, f"{GOOD}expect: {{{name}: [{{level: info}}]}}\n").cause


def test_of_a_workflow_nothing_is_expected_that_only_chatkit_sends(tmp_path: Path) -> None:
    kinds = "[chatkit.event/thread.item.done, agents.event/tool_called]"
    expected = f"{{progress: Looking, client_tool: pick, passes_on: {kinds}, text: {{contains: up}}}}"
    turn = "  - user: What's AAPL trading at?\n"
    text = GOOD.replace(turn, f"{turn}    expect: {expected}\n") + f"expect: {expected}\n"
    scenario = on_path(load(tmp_path, text), "agent_builder")
    for found in (scenario.expect, scenario.turns[0].expect):
        assert found is not None
        assert (found.progress, found.client_tool) == (None, None)
        assert found.passes_on == ("agents.event/tool_called",)
        assert found.text is not None
