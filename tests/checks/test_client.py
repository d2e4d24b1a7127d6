"""The check `client`: what went out and the client does not declare, and which releases do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.checks import build
from tests.checks.test_widgets import item, update
from tests.contracts.widgets import card, text

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript

EFFECT = {"type": "client_effect", "name": "chart_commands", "data": {"commands": ["LOAD:TSLA"]}}
ICON = {"type": "Icon", "name": "lucide:star"}


def sent(*events: Mapping[str, Any]) -> Transcript:
    return build.transcript(build.turn(*events))


def found(*events: Mapping[str, Any], clients: tuple[str, ...] = ("1.6.0", "1.9.0")) -> list[Finding]:
    return list(run_checks(sent(*events), build.scenario(), ["client"], clients=clients))


LIARS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a component": (
        card({"type": "Chart", "data": []}),
        "client/unknown-component:Chart.children",
        "$.children[0]",
    ),
    "a prop": (card(text(), border=1), "client/unknown-prop:Card.border", "$.border"),
    "an icon": (card(ICON), "client/unknown-icon:Icon.name=lucide:star", "$.children[0].name"),
    "a value": (card(text(size="2xl")), "client/wrong-value:Text.size=2xl", "$.children[0].size"),
    "a type": (card(text(3)), "client/wrong-type:Text.value=integer", "$.children[0].value"),
    "what is needed": (card({"type": "Text"}), "client/missing-prop:Text.value", "$.children[0].value"),
    "a root": (card(card()), "client/not-allowed-here:Card.children", "$.children[0]"),
    "an action": (
        card({"type": "Button", "onClickAction": {"type": "buy", "payload": "AAPL"}}),
        "client/wrong-type:Button.onClickAction.payload=string",
        "$.children[0].onClickAction.payload",
    ),
}


@pytest.mark.parametrize("lie", LIARS)
def test_what_the_client_does_not_declare_is_told_with_its_place(lie: str) -> None:
    widget, key, path = LIARS[lie]
    (finding,) = found(item(widget))
    assert (finding.key, finding.evidence["path"], finding.severity) == (key, path, "error")
    assert finding.evidence["item"] == "w"


def test_a_finding_names_the_releases_that_were_asked_and_those_that_declare_it() -> None:
    (finding,) = found(item(card(border=1)))
    assert finding.evidence["clients"] == ["1.6.0"]
    assert finding.evidence["declared_by"] == ["1.7.0", "1.9.0"]
    assert "1.6.0. " in finding.message
    assert finding.message.endswith("Releases of the client that declare it: 1.7.0 on.")


def test_the_newest_is_asked_where_none_is_named_and_fails_nobody() -> None:
    (finding,) = found(item(card(ICON)), clients=())
    assert (finding.severity, finding.evidence["clients"]) == ("warning", ["1.9.0"])
    assert finding.message.endswith("No release of the client declares it.")
    assert found(item(card(border=1)), clients=()) == []


def test_what_the_client_declares_gives_nothing() -> None:
    written = {
        "type": "more",
        "handler": "client",
        "loadingBehavior": "none",
        "streaming": True,
        "payload": {},
    }
    button = {"type": "Button", "label": "More", "iconStart": "bolt", "onClickAction": written}
    assert found(item(card(text(), button), "added"), item(card(text(), button)), EFFECT) == []


def test_an_effect_reaches_no_page_before_it_is_declared() -> None:
    assert [each.key for each in found(EFFECT, clients=("1.0.3",))] == ["client/unknown-effect:effect"]
    assert [each.rule for each in found({**EFFECT, "data": 3})] == ["client/wrong-type"]


def test_a_widget_is_judged_once_however_often_it_is_sent() -> None:
    whole = card(text(id="t"), border=1)
    grown = update("widget.streaming_text.value_delta", component_id="t", delta="!", done=False)
    assert len(found(item(whole, "added"), grown, item(whole))) == 1


def test_a_component_that_is_replaced_is_judged_too() -> None:
    change = update("widget.component.updated", component_id="t", component={**ICON, "id": "t"})
    (finding,) = found(item(card(text(id="t")), "added"), change)
    assert finding.evidence["event"] == "widget.component.updated"


def test_what_the_server_does_not_name_either_is_told_once() -> None:
    held = sent(item(card({"type": "Tabel"})))
    findings = judge(held, build.scenario(), run_checks(held, build.scenario(), clients=["1.9.0"])).findings
    told = {each.rule: each.severity for each in findings if "unknown-component" in each.rule}
    assert told == {"widgets/unknown-component": "error", "client/unknown-component": "note"}


@pytest.mark.parametrize(
    "widget", [None, 3, [], {}, {"type": 3}, {"type": "Card", "children": {"a": [None]}}]
)
def test_no_widget_makes_it_raise(widget: Any) -> None:
    for finding in found(item(widget), update("widget.root.updated", widget=widget)):
        assert finding.rule.startswith("client/")


def test_a_workflows_widgets_are_judged_by_the_client_too() -> None:
    answer = '{"type": "Card", "children": [{"type": "Text", "value": "271.49"}], "border": 1}'
    held = build.workflow(build.said(answer))
    (finding,) = run_checks(held, build.scenario(), ["client"], clients=["1.6.0"])
    assert (finding.evidence["event"], finding.evidence["where"]) == ("workflow.answer", "$")
