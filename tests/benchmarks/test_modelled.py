"""The scenario in which the model is asked twice at once still is what it is measured for."""

from __future__ import annotations

from pathlib import Path

from benchmarks.modelled import SIDE_BY_SIDE
from tests.own_seat import own_seat

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.engine.targets import CATALOGUE
from chatkit_harness.scenarios.load import load_scenario
from chatkit_harness.upstream import render_script


def test_two_tools_of_one_turn_each_ask_the_model(tmp_path: Path) -> None:
    scenario = load_scenario(SIDE_BY_SIDE)
    with own_seat(tmp_path, [CATALOGUE], limit_s=30) as seat:
        held = seat.drive(scenario, render_script(scenario), CATALOGUE).transcript
    assert judge(held, scenario, run_checks(held, scenario)).outcome == "pass"
    assert [each.outcome for each in held.exchanges] == ["matched"] * 4
