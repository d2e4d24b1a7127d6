"""The everyday questions: each passes on a real cell, and nothing that it states is met by what cannot be."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.catalogue.breaking import coming_last, liar, silent, unlogged
from tests.catalogue.impossible import impossibles
from tests.cli.command import call

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.checks.shapes import mapping
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import Results, read_results
from chatkit_harness.scenarios.catalogue import load_folder

pytestmark = pytest.mark.cells
SCENARIOS = load_folder(data_folder("scenarios"))
CASES = [(name, path) for name, each in SCENARIOS.items() for path in each.paths]
LIES = liar("run/silent-end", silent(), unlogged)


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All of them, driven once on each of their paths, on the newest pair of today's fixture."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    cached = Path(named) if named else tmp_path_factory.mktemp("cache")
    out = tmp_path_factory.mktemp("runs") / "everyday"
    words = [word for name in SCENARIOS for word in ("--scenario", name)]
    call("run", "--pair", "1.6.5:0.24.0", "--resolution", "contemporary", *words,
         "--cache", cached, "--confirm", "none", "--out", out)  # fmt: skip
    return read_results(out)


def told(driven: Results, name: str, path: str) -> Transcript:
    (case,) = [each for each in driven.cases if (each.scenario, each.path) == (name, path)]
    assert (case.outcome, case.reason) == ("pass", None)
    assert case.transcript is not None
    return driven.transcript(case.transcript)


def outcome(transcript: Transcript, scenario: Scenario) -> str:
    return judge(transcript, scenario, run_checks(transcript, scenario)).outcome


def nothing_said(transcript: Transcript) -> Transcript:
    """Turns without a word, and requests to which the answer is no more than a status that nobody knows."""
    quiet = LIES.breaks(transcript)
    turns = [
        replace(
            turn,
            response={"status": 299} if turn.response else None,
            message=None if turn.message is None else "",
        )
        for turn in quiet.turns
    ]
    return replace(quiet, turns=tuple(turns))


@pytest.mark.parametrize(("name", "path"), CASES)
def test_it_passes_and_a_server_that_says_nothing_does_not(driven: Results, name: str, path: str) -> None:
    assert outcome(nothing_said(told(driven, name, path)), SCENARIOS[name]) == "fail"


@pytest.mark.parametrize(("name", "path"), CASES)
def test_nothing_that_it_states_is_met_by_what_cannot_be(driven: Results, name: str, path: str) -> None:
    held = told(driven, name, path)
    variants = dict(impossibles(SCENARIOS[name]))
    assert variants
    assert [what for what, scenario in variants.items() if outcome(held, scenario) != "fail"] == []


@pytest.mark.parametrize("name", [name for name, each in SCENARIOS.items() if each.expect.order])
def test_what_comes_too_late_makes_it_fail(driven: Results, name: str) -> None:
    for kind in (SCENARIOS[name].expect.order or ())[:-1]:
        assert outcome(coming_last(kind)(told(driven, name, "native")), SCENARIOS[name]) == "fail"


def test_the_words_that_come_back_through_the_proxy_are_missed(driven: Results) -> None:
    held = told(driven, "proxy-turn", "native")
    *before, asked = held.turns
    body = {**mapping(mapping(asked.response)["body"]), "messages": [{"role": "assistant", "content": "Hm"}]}
    other = replace(held, turns=(*before, replace(asked, response={"status": 200, "body": body})))
    verdict = judge(other, SCENARIOS["proxy-turn"], run_checks(other, SCENARIOS["proxy-turn"]))
    assert [each.rule for each in verdict.findings if each.severity == "error"] == ["expect/response-content"]
