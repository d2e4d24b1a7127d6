"""What a scenario may ask of the reference server is what that server knows, and nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.reference.context import create_context
from chatkit_harness.reference.market.faults import Fault
from chatkit_harness.scenarios.load import load_scenario, scenario_schema

with warnings.catch_warnings():
    # chatkit 1.4.0 and later warn of their own widget classes, already while they are imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    from chatkit_harness.reference.server import WidgetShapes, create_server

GOOD = "id: a\ntitle: A\nscript: [{say: hello}]\nturns:\n  - user: hello\n"
DEFS = scenario_schema()["$defs"]
OPTIONS: Mapping[str, Any] = DEFS["reference_options"]["properties"]
FAULTS: Mapping[str, Any] = DEFS["reference_context"]["properties"]["faults"]["properties"]

OF_PROGRAMS = {"market", "store"}
"""Objects, which a program gives and no scenario can; the store of a run is what `--store` says."""


def load(folder: Path, more: str) -> Scenario:
    path = folder / "a.yaml"
    path.write_text(GOOD + more, encoding="utf-8")
    return load_scenario(path)


class Noted(dict[str, Any]):
    """A mapping that keeps which keys it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return default


def test_the_faults_are_those_of_the_reference_server() -> None:
    assert set(FAULTS) == {"market_data"}
    assert FAULTS["market_data"]["enum"] == list(get_args(Fault))


@pytest.mark.parametrize("part", FAULTS)
def test_the_reference_server_knows_each_fault_that_may_be_asked_for(part: str) -> None:
    for kind in FAULTS[part]["enum"]:
        assert create_context({"faults": {part: kind}}).faults == {part: kind}
    with pytest.raises(ValueError, match="nonsense"):
        create_context({"faults": {part: "nonsense"}})


def test_the_options_are_those_of_the_reference_server() -> None:
    options = Noted()
    create_server(options)
    assert options.asked - OF_PROGRAMS == set(OPTIONS)
    assert OPTIONS["widgets"]["enum"] == list(get_args(WidgetShapes))


@pytest.mark.parametrize("shape", OPTIONS["widgets"]["enum"])
def test_each_option_may_be_given(tmp_path: Path, shape: str) -> None:
    assert load(tmp_path, f"options: {{widgets: {shape}}}\n").options == {"widgets": shape}
    assert create_server({"widgets": shape}) is not None


@pytest.mark.parametrize("kind", FAULTS["market_data"]["enum"])
def test_each_fault_may_be_given_to_a_scenario_and_to_a_turn(tmp_path: Path, kind: str) -> None:
    faults = {"faults": {"market_data": kind}, "symbol": "TSLA", "anything": 1}
    scenario = load(tmp_path, f"    context: {faults}\ncontext: {faults}\nserver: reference\n")
    assert scenario.context == scenario.turns[0].context == faults


@pytest.mark.parametrize(
    ("more", "line", "cause", "near"),
    [
        (
            "context:\n  faults: {market_daata: timeout}",
            7,
            "context.faults.market_daata: unkn",
            "market_data",
        ),
        (
            "context:\n  faults:\n    market_data: unkown_symbol",
            8,
            "'unkown_symbol' is not v",
            "unknown_symbol",
        ),
        ("    context: {faults: {market_dta: slow}}", 6, "turns[0].context.faults.mark", "market_data"),
        ("    context:\n      faults: {market_data: slw}", 7, "'slw' is not valid", "slow"),
        ("options: {widget: valid}", 6, "options.widget: unknown key", "widgets"),
        ("options: {widgets: as-docmented}", 6, "'as-docmented' is not valid", "as-documented"),
        ("server: reference\noptions: {widget: valid}", 7, "options.widget: unknown key", "widgets"),
    ],
)
def test_what_is_mistyped_is_refused(tmp_path: Path, more: str, line: int, cause: str, near: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, f"{more}\n")
    assert caught.value.culprit.endswith(f"a.yaml:{line}")
    assert cause in caught.value.cause
    assert caught.value.next_step == f"Did you mean {near!r}?"


@pytest.mark.parametrize("wrong", ["context: {faults: timeout}", "context: {faults: [market_data]}"])
def test_faults_are_a_mapping(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ScenarioError, match=r"context\.faults: expected a mapping"):
        load(tmp_path, f"{wrong}\n")


def test_the_probe_server_takes_any_option_and_context(tmp_path: Path) -> None:
    more = "server: probe\noptions: {api: responses}\ncontext: {faults: {market_daata: x}}\n"
    assert load(tmp_path, more).options == {"api": "responses"}
