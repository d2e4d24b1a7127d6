"""Saved answers of a hosted workflow: what each scenario says of one holds, and not of another's silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.catalogue.impossible import impossibles
from tests.catalogue.saved_answers import written
from tests.catalogue.test_everyday import nothing_said, outcome, told
from tests.cli.command import call

from chatkit_harness.core.data import data_folder
from chatkit_harness.results import Results, read_results
from chatkit_harness.scenarios.catalogue import load_folder

pytestmark = pytest.mark.cells
SCENARIOS = load_folder(data_folder("scenarios") / "answers")


@pytest.fixture(scope="module", params=["ours", "saved"])
def driven(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All of them, driven once with look-alikes, and once with the saved answers where those are."""
    saved = os.environ.get("CHATKIT_HARNESS_DATA")
    if request.param == "saved" and not saved:
        pytest.skip("CHATKIT_HARNESS_DATA names no folder with saved answers")
    made = tmp_path_factory.mktemp("answers")
    data = Path(saved) if saved and request.param == "saved" else written(made / "data")
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    cached = Path(named) if named else made / "cache"
    words = [word for name in SCENARIOS for word in ("--scenario", name)]
    call("run", "--pair", "1.6.5:0.24.0", "--resolution", "contemporary", *words, "--data", data,
         "--cache", cached, "--confirm", "none", "--out", made / "run")  # fmt: skip
    return read_results(made / "run")


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_passes_and_an_answer_of_nothing_does_not(driven: Results, name: str) -> None:
    assert outcome(nothing_said(told(driven, name, "agent_builder")), SCENARIOS[name]) == "fail"


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_that_it_states_is_met_by_what_cannot_be(driven: Results, name: str) -> None:
    held = told(driven, name, "agent_builder")
    variants = dict(impossibles(SCENARIOS[name]))
    assert variants
    assert [what for what, scenario in variants.items() if outcome(held, scenario) != "fail"] == []
