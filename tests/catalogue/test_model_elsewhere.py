"""The scenarios that the newest releases fail: other releases pass them, and there their liars are found."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from tests.catalogue import liars_mixed, liars_model
from tests.catalogue.breaking import coming_last, without
from tests.catalogue.impossible import impossibles
from tests.cli.command import call

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.results import Results, read_results
from chatkit_harness.scenarios.catalogue import load_folder

pytestmark = pytest.mark.cells
LIARS = {**liars_model.LIARS, **liars_mixed.LIARS}
PASS_ELSEWHERE = {**liars_model.PASS_ELSEWHERE, **liars_mixed.PASS_ELSEWHERE}
SCENARIOS = load_folder(data_folder("scenarios") / "catalogue")
PAIRS = [(pair, name) for pair, names in PASS_ELSEWHERE.items() for name in names]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


@cache
def driven(pair: str, out: Path) -> Results:
    """The scenarios of a pair, driven once."""
    cached = os.environ.get("CHATKIT_HARNESS_CACHE") or out / "cache"
    words = [word for name in PASS_ELSEWHERE[pair] for word in ("--scenario", name)]
    told = out / pair.replace(":", "-")
    more = ("--cache", cached, "--confirm", "none", "--out", told)
    call("run", "--pair", pair, "--resolution", "contemporary", *words, *more)
    return read_results(told)


@pytest.mark.slow
@pytest.mark.parametrize(("pair", "name"), PAIRS)
def test_a_scenario_passes_there_and_its_liar_does_not(pair: str, name: str, out: Path) -> None:
    results, scenario = driven(pair, out), SCENARIOS[name]
    (case,) = [each for each in results.cases if each.scenario == name]
    assert (case.outcome, case.reason) == ("pass", None)
    assert case.transcript is not None
    held = results.transcript(case.transcript)
    broken = LIARS[name].breaks(held)
    verdict = judge(broken, scenario, run_checks(broken, scenario))
    assert verdict.outcome == "fail"
    assert LIARS[name].rule in [each.rule for each in verdict.findings if each.severity == "error"]
    for kind in named_kinds(scenario):
        missed = without(kind)(held)
        assert judge(missed, scenario, run_checks(missed, scenario)).outcome == "fail", kind
    for kind in (scenario.expect.order or ())[:-1]:
        late = coming_last(kind)(held)
        assert judge(late, scenario, run_checks(late, scenario)).outcome == "fail", kind
    for what, variant in impossibles(scenario):
        assert judge(held, variant, run_checks(held, variant)).outcome == "fail", what
