"""Every scenario of the catalogue passes on a real cell, and has a liar that makes it fail."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.catalogue import liars_mixed, liars_model
from tests.catalogue.breaking import Break, Liar, coming_last, forgetting, in_turns, storing, without
from tests.catalogue.impossible import impossibles
from tests.catalogue.liars_leaving import begins_for_nobody, goes_on_for_nobody
from tests.catalogue.taken_away import CHATKIT, NOTICED_BY_PASSES_ON_ALONE
from tests.cli.command import call

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.checks.reading import error_events
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Event, Transcript, Turn
from chatkit_harness.results import Results, read_results
from chatkit_harness.scenarios.catalogue import load_folder

PAIR = "1.6.5:0.24.0"
FOLDERS = ("catalogue",)
TABLES = sorted(each.stem for each in Path(__file__).parent.glob("liars_*.py"))
SCENARIOS = {
    name: scenario
    for folder in FOLDERS
    for name, scenario in load_folder(data_folder("scenarios") / folder).items()
}
ELSEWHERE = [
    name
    for table in (liars_model.PASS_ELSEWHERE, liars_mixed.PASS_ELSEWHERE)
    for names in table.values()
    for name in names
]
"""Scenarios that other releases pass; `test_model_elsewhere` drives them there."""
HERE = [name for name in SCENARIOS if name not in ELSEWHERE]

pytestmark = pytest.mark.cells


@cache
def tables() -> Mapping[str, Mapping[str, Liar]]:
    """The liars by theme."""
    return {name: importlib.import_module(f"tests.catalogue.{name}").LIARS for name in TABLES}


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All scenarios of the catalogue, driven once on the newest pair of today's fixture."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    cached = Path(named) if named else tmp_path_factory.mktemp("cache")
    out = tmp_path_factory.mktemp("runs") / "catalogue"
    words = [word for name in SCENARIOS for word in ("--scenario", name)]
    call("run", "--pair", PAIR, "--resolution", "contemporary", *words, "--path", "native", "--cache", cached,
         "--confirm", "none", "-j", 2, "--out", out)  # fmt: skip
    return read_results(out)


def case_of(driven: Results, name: str) -> CaseResult:
    (case,) = [each for each in driven.cases if each.scenario == name]
    return case


def told(driven: Results, name: str) -> Transcript:
    digest = case_of(driven, name).transcript
    assert digest is not None
    return driven.transcript(digest)


def judged(transcript: Transcript, scenario: Scenario) -> Judgement:
    return judge(transcript, scenario, run_checks(transcript, scenario))


def errors(verdict: Judgement) -> list[str]:
    return [each.rule for each in verdict.findings if each.severity == "error"]


def places(held: Transcript, kind: str) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Where events of a type stand in turns that came to their end."""
    for turn in held.turns:
        for place, event in enumerate(turn.events if turn.end == "done" else ()):
            data = event.data or {}
            if data.get("type") == kind:
                yield turn.index, place, data


def pieces(held: Transcript) -> Iterator[tuple[int, int]]:
    """The pieces in which the words of widgets came."""
    for turn, place, data in places(held, "thread.item.updated"):
        if data["update"]["type"] == "widget.streaming_text.value_delta":
            yield turn, place


def ends(held: Transcript) -> Iterator[tuple[int, int]]:
    """The ends of workflows that had been begun, and were ended once."""
    begun = {data["item"]["id"] for _, _, data in places(held, "thread.item.added")}
    ended = [
        (data["item"]["id"], turn, place)
        for turn, place, data in places(held, "thread.item.done")
        if data["item"]["type"] == "workflow" and data["item"]["id"] in begun
    ]
    for identity, turn, place in ended:
        if [each for each, _, _ in ended].count(identity) == 1:
            yield turn, place


def of_events(held: Transcript, number: int, place: int, *, times: int) -> Transcript:
    """One event of a turn comes so many times."""

    def changed(turn: Turn) -> Turn:
        more = turn.events[place : place + 1] * times
        return replace(turn, events=(*turn.events[:place], *more, *turn.events[place + 1 :]))

    return in_turns(changed, turn=number)(held)


def test_every_scenario_has_one_liar() -> None:
    named = [name for liars in tables().values() for name in liars]
    assert sorted(named) == sorted(SCENARIOS)


def test_every_liar_takes_something_from_the_user() -> None:
    unseen = {"expect/not-passed-on", "run/logged-exception"}
    named = {name: each.rule for liars in tables().values() for name, each in liars.items()}
    assert [name for name, rule in named.items() if rule in unseen] == []


@pytest.mark.parametrize("name", HERE)
def test_a_scenario_passes(driven: Results, name: str) -> None:
    case = case_of(driven, name)
    assert (case.outcome, case.reason) == ("pass", None)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_the_newest_releases_get_wrong_is_found(driven: Results, name: str) -> None:
    assert case_of(driven, name).outcome == "fail"


@pytest.mark.parametrize("name", HERE)
def test_its_liar_makes_it_fail(driven: Results, name: str) -> None:
    (liar,) = [liars[name] for liars in tables().values() if name in liars]
    verdict = judged(liar.breaks(told(driven, name)), SCENARIOS[name])
    assert verdict.outcome == "fail"
    assert liar.rule in [each.rule for each in verdict.findings if each.severity == "error"]


@pytest.mark.parametrize("name", HERE)
def test_nothing_that_it_states_is_met_by_what_cannot_be(driven: Results, name: str) -> None:
    held = told(driven, name)
    variants = dict(impossibles(SCENARIOS[name]))
    assert variants
    assert [what for what, scenario in variants.items() if judged(held, scenario).outcome != "fail"] == []


@pytest.mark.parametrize("name", HERE)
def test_each_kind_that_it_exercises_is_missed_when_it_does_not_come(driven: Results, name: str) -> None:
    held = told(driven, name)
    for kind in named_kinds(SCENARIOS[name]):
        if not kind.startswith("chatkit.request/"):  # without its request a turn would be another
            verdict = judged(without(kind)(held), SCENARIOS[name])
            missed = [each.key for each in verdict.findings if each.severity == "error"]
            assert (verdict.outcome, f"expect/not-passed-on {kind}" in missed) == ("fail", True), kind


@pytest.mark.parametrize("name", [name for name in HERE if SCENARIOS[name].expect.order])
def test_what_comes_too_late_makes_it_fail(driven: Results, name: str) -> None:
    for kind in (SCENARIOS[name].expect.order or ())[:-1]:
        verdict = judged(coming_last(kind)(told(driven, name)), SCENARIOS[name])
        assert verdict.outcome == "fail"
        assert "expect/order" in [each.rule for each in verdict.findings if each.severity == "error"]


def test_only_these_kinds_of_chatkit_are_noticed_by_passes_on_alone(driven: Results) -> None:
    found: dict[str, bool] = {}
    for name in HERE:
        for kind in named_kinds(SCENARIOS[name]):
            if kind.startswith(CHATKIT) and not found.get(kind):
                verdict = judged(without(kind)(told(driven, name)), SCENARIOS[name])
                others = [each for each in verdict.findings if each.rule != "expect/not-passed-on"]
                found[kind] = any(each.severity == "error" for each in others)
    alone = {kind for kind, elsewhere in found.items() if not elsewhere}
    assert alone == {kind for kind in NOTICED_BY_PASSES_ON_ALONE if kind.startswith(CHATKIT)}


def test_no_widget_of_a_tool_goes_missing_in_silence(driven: Results) -> None:
    streaming = {name: told(driven, name) for name in HERE if told(driven, name).streamed}
    told_of = [name for name, held in streaming.items() if any(map(error_events, held.turns))]
    taken_back = [name for name, held in streaming.items() if any(each.dropped for each in held.streamed)]
    quiet = {name: held for name, held in streaming.items() if name not in (*told_of, *taken_back)}
    assert len(quiet) > 10
    for name, held in quiet.items():
        verdict = judged(without("chatkit.item/widget")(held), SCENARIOS[name])
        assert "run/widget-lost" in [each.rule for each in verdict.findings], name


def halved(items: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """Of each part of the last item's words the second half is gone."""
    *before, last = items
    kept = [{**part, "text": part["text"][: len(part["text"]) // 2]} for part in last["content"]]
    return (*before, {**last, "content": kept})


def failing(held: Transcript) -> Transcript:
    """The first turn ends with an error that nobody asked for."""
    error = Event(at_ms=held.turns[0].ended_at_ms, data={"type": "error", "code": "stream.error"})
    first = replace(held.turns[0], events=(*held.turns[0].events, error))
    return replace(held, turns=(first, *held.turns[1:]))


def unknown(held: Transcript) -> Transcript:
    """The first request to the model is one to which the script has no answer."""
    first = replace(held.exchanges[0], outcome="unmatched", difference=("the user's words: others",))
    return replace(held, exchanges=(first, *held.exchanges[1:]))


EXCUSED: tuple[tuple[str, Break, str], ...] = (
    ("completions-client-tool", storing(halved), "store/differs"),
    ("mixed-client-program", failing, "run/error-event"),
    ("mixed-client-program", unknown, "upstream/unmatched"),
)
"""Scenarios that expect a finding, and another one of its kind."""


@pytest.mark.parametrize(("name", "breaks", "rule"), EXCUSED)
def test_an_expected_finding_excuses_no_other(driven: Results, name: str, breaks: Break, rule: str) -> None:
    verdict = judged(breaks(told(driven, name)), SCENARIOS[name])
    assert rule in [each.rule for each in verdict.findings if each.severity == "error"]


def test_an_answered_call_of_the_page_may_not_go_missing(driven: Results) -> None:
    answered = [name for name in HERE if any(turn.answers_client_tool for turn in SCENARIOS[name].turns)]
    lost = 0
    for name in answered:
        held, scenario = told(driven, name), SCENARIOS[name]
        gone = forgetting("client_tool_call")(held)
        if gone != held:
            unstated = replace(scenario, expect=replace(scenario.expect, items=None))
            verdict = judged(gone, unstated)
            assert "store/lost" in [each.rule for each in verdict.findings if each.severity == "error"], name
            lost += 1
    assert lost > 10


def test_each_piece_of_a_widget_that_comes_twice_is_found(driven: Results) -> None:
    growing = [name for name in HERE if list(pieces(told(driven, name)))]
    assert len(growing) >= 6
    for name in growing:
        held = told(driven, name)
        for turn, place in pieces(held):
            verdict = judged(of_events(held, turn, place, times=2), SCENARIOS[name])
            assert "widgets/delta-mismatch" in errors(verdict), (name, turn, place)


def test_each_piece_of_a_widget_that_is_lost_before_another_is_found(driven: Results) -> None:
    tried = 0
    for name in HERE:
        held = told(driven, name)
        found = list(pieces(held))
        for (turn, place), (after, _) in pairwise(found):
            if turn == after:
                verdict = judged(of_events(held, turn, place, times=0), SCENARIOS[name])
                assert "widgets/delta-mismatch" in errors(verdict), (name, turn, place)
                tried += 1
    assert tried > 10


def test_each_workflow_that_is_never_ended_is_found(driven: Results) -> None:
    closing = {name: list(ends(told(driven, name))) for name in HERE}
    assert len([name for name in closing if closing[name]]) >= 10
    for name, found in closing.items():
        for turn, place in found:
            verdict = judged(of_events(told(driven, name), turn, place, times=0), SCENARIOS[name])
            assert {"run/unfinished", "run/silent-end"} & {*errors(verdict)}, (name, turn, place)


def test_two_processes_share_the_scenarios(driven: Results) -> None:
    assert driven.folder is not None
    assert len(list((driven.folder / "workers").glob("*.log"))) == 2


def test_no_tool_works_for_somebody_who_has_left(driven: Results) -> None:
    leaving = [name for name in HERE if any(turn.leaves for turn in SCENARIOS[name].turns)]
    assert len(leaving) > 5
    for name in leaving:
        held = told(driven, name)
        for turn in held.turns:
            for works in (begins_for_nobody, goes_on_for_nobody) if turn.left_at_ms is not None else ():
                late = judged(works(turn.index)(held), SCENARIOS[name])
                wrong = [each.rule for each in late.findings if each.severity == "error"]
                assert "run/tool-after-leaving" in wrong, name
