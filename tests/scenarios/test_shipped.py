from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chatkit_harness.checks.expected_findings import matches
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Expectation, FindingExpectation, TurnPlan, on_path
from chatkit_harness.scenarios.catalogue import load_all, load_folder
from chatkit_harness.scenarios.load import scenario_schema

SHIPPED = load_all([data_folder("scenarios")])


def test_the_catalogue_holds_what_the_documents_ask() -> None:
    asked = {turn.user for scenario in SHIPPED.values() for turn in scenario.turns}
    assert {"What's AAPL trading at?", "Latest news on TSLA?", "When is NFP?", "What did I select?"} <= asked


def test_every_file_is_named_by_its_id() -> None:
    names = {path.stem for path in data_folder("scenarios").glob("*.yaml")}
    assert names == set(SHIPPED)


def test_the_schema_itself_is_valid() -> None:
    Draft202012Validator.check_schema(dict(scenario_schema()))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_scenario_says_something_that_can_fail(name: str) -> None:
    for path in SHIPPED[name].paths:
        scenario = on_path(SHIPPED[name], path)
        expectations = [scenario.expect, *(turn.expect for turn in scenario.turns if turn.expect)]
        assert any(map(says_something, expectations))
        asked = [number for number, turn in enumerate(scenario.turns, 1) if asks_the_model(turn)]
        last = max((entry.get("turn", 1) for entry in scenario.script), default=0)
        assert last == max(asked, default=last)
    assert SHIPPED[name].budgets.total_ms == WAITING.get(name, 2000)


WAITING = {"model-500": 3000, "market-data-slow": 3000}
"""In the one the client of openai waits between its own attempts, in the other the provider for a second."""


def asks_the_model(turn: TurnPlan) -> bool:
    return turn.http is None and turn.action is None


def says_something(expected: Expectation) -> bool:
    kinds = (expected.tools, expected.widgets, expected.text, expected.findings, expected.title)
    return any(kinds) or expected.commands is not None or expected.response is not None


def tells_which(wanted: FindingExpectation) -> bool:
    """Whether an expected finding says more of itself than its rule, in each of its forms."""
    if wanted.any_of:
        return all(map(tells_which, wanted.any_of))
    return bool(wanted.contains or wanted.component or wanted.prop)


FOLDERS = ("answers", "catalogue", "conformance", "faults", "store")
ALL = SHIPPED | {
    name: scenario
    for folder in FOLDERS
    for name, scenario in load_folder(data_folder("scenarios") / folder).items()
}


def test_no_shipped_scenario_excuses_whatever_finding_of_a_rule() -> None:
    wide = [
        f"{name} on {path}: {wanted.rule}"
        for name, scenario in ALL.items()
        for path in scenario.paths
        for wanted in on_path(scenario, path).expect.findings
        if not tells_which(wanted)
    ]
    assert wide == []


RAISED = ("run/tool-error", "Card", "children")
LIST = ("widgets/not-allowed-here", "ListView", "children")


@pytest.mark.parametrize("name", ["news-as-documented", "calendar-as-documented"])
@pytest.mark.parametrize(
    ("shown", "enough"),
    [
        ([RAISED], False),
        ([RAISED, LIST, ("widgets/unknown-icon", "Card", "status.icon")], True),
        ([LIST, ("widgets/dropped-prop", "Card", "status.icon")], True),
        ([LIST, ("widgets/unknown-icon", "Card", "status.icon")], True),
        ([LIST], False),
        ([RAISED, LIST], False),
    ],
)
def test_the_documented_shapes_show_differently(name: str, shown: list[Any], enough: bool) -> None:
    found = [
        Finding(rule=rule, severity="error", key="x", message="", evidence={"component": part, "prop": prop})
        for rule, part, prop in shown
    ]
    wanted = [each for each in SHIPPED[name].expect.findings if not each.optional]
    assert all(any(matches(each, finding) for finding in found) for each in wanted) is enough


@pytest.mark.parametrize("name", ["news-as-documented", "calendar-as-documented"])
def test_a_release_that_refuses_the_documented_shapes_may(name: str) -> None:
    rule, component, prop = RAISED
    refused = Finding(
        rule=rule, severity="error", key="x", message="", evidence={"component": component, "prop": prop}
    )
    assert any(matches(each, refused) and each.optional for each in SHIPPED[name].expect.findings)
