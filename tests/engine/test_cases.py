"""The cases of a run: what is planned for scenarios that lack something."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.core.errors import MissingCassetteError
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.engine.cases import plan_cases
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import Targets

SETTINGS = RunSettings(out=Path())


def scenario(name: str, tmp_path: Path, *, recorded: bool) -> Scenario:
    return Scenario(
        id=name,
        title=name,
        turns=(TurnPlan(user="hi"),),
        model=None if recorded else "cassettes/none.yaml",
        script=({"say": "hello"},) if recorded else (),
        source=str(tmp_path / "scenarios" / f"{name}.yaml"),
    )


def test_one_scenario_without_its_recording_does_not_stop_the_others(tmp_path: Path) -> None:
    asked = [scenario("told", tmp_path, recorded=True), scenario("untold", tmp_path, recorded=False)]
    told, untold = plan_cases(SETTINGS, asked, Targets())
    assert told.cassette is not None
    assert "record --live --scenario untold" in str(untold.unrecorded)


def test_where_nothing_was_recorded_that_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingCassetteError, match="untold"):
        plan_cases(SETTINGS, [scenario("untold", tmp_path, recorded=False)], Targets())


def test_answers_of_scenarios_that_were_not_asked_for_are_no_mistake(tmp_path: Path) -> None:
    for name in ("told", "other"):
        (tmp_path / f"{name}.txt").write_text("Hello.")
    settings = RunSettings(out=Path(), answers=tmp_path)
    asked = [scenario("told", tmp_path, recorded=True)]
    planned = plan_cases(settings, asked, Targets(), known=["told", "other"])
    assert [(case.path, case.server) for case in planned] == [
        ("native", "reference"),
        ("agent_builder", "answers"),
    ]
