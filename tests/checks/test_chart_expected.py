"""What a scenario expects of the chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import effect, rules, transcript

from chatkit_harness.checks import commands, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import CommandsExpectation, Expectation
from chatkit_harness.core.transcript import Turn

GIVEN = ("LOAD:TSLA", "TIMEFRAME:1D", 'SUPPORT:440 "key level"', "SUPPORT:435", "INDICATOR:RSI")


def turn(*given: str, index: int = 0) -> Turn:
    return build.turn(effect(*given), index=index)


def found(*given: str, **expected: Any) -> list[Finding]:
    scenario = build.scenario(expect=Expectation(commands=CommandsExpectation(**expected)))
    return list(commands.check(transcript(turn(*given)), scenario))


@pytest.mark.parametrize(
    "expected",
    [
        {"symbol": "TSLA"},
        {"timeframe": "1D"},
        {"at_least": {"support": 2, "level": 2, "load": 1, "indicator": 1}},
        {"none_of": ("resistance", "trendline", "clear")},
        {"indicators": ("RSI",)},
        {"exactly": ("INDICATOR:RSI", "SUPPORT:435", "SUPPORT:440.00", "TIMEFRAME:1D", "LOAD:TSLA")},
    ],
)
def test_what_was_expected_is_no_finding(expected: dict[str, Any]) -> None:
    assert not found(*GIVEN, **expected)


@pytest.mark.parametrize(
    ("expected", "key"),
    [
        ({"symbol": "NVDA"}, "commands/wrong-symbol"),
        ({"timeframe": "1H"}, "commands/wrong-timeframe"),
        ({"at_least": {"resistance": 1}}, "commands/missing resistance"),
        ({"none_of": ("support",)}, "commands/unexpected support"),
        ({"indicators": ()}, "commands/wrong-indicators"),
        ({"indicators": ("MACD", "RSI")}, "commands/wrong-indicators"),
    ],
)
def test_what_was_expected_otherwise_is_a_finding(expected: dict[str, Any], key: str) -> None:
    (told,) = found(*GIVEN, **expected)
    assert (told.key, told.severity) == (key, "error")


def test_exactly_misses_and_wonders() -> None:
    told = found("LOAD:TSLA", "SUPPORT:435", exactly=("LOAD:TSLA", "SUPPORT:440"))
    assert [each.key for each in told] == ["commands/missing SUPPORT", "commands/unexpected SUPPORT"]


def test_a_label_counts_only_where_one_is_written() -> None:
    labelled = 'SUPPORT:440 "key level"'
    assert not found(labelled, exactly=("SUPPORT:440",))
    assert not found(labelled, exactly=(labelled,))
    assert len(found("SUPPORT:440", exactly=(labelled,))) == 2


def test_a_chart_without_a_symbol_shows_not_the_expected_one() -> None:
    (told,) = found("SUPPORT:440", symbol="TSLA")
    assert "shows the symbol (none) in the end instead of TSLA" in told.message


def test_the_page_s_context_is_the_chart_s_symbol() -> None:
    wanted = Expectation(commands=CommandsExpectation(symbol="TSLA", timeframe="1D"))
    scenario = build.scenario(expect=wanted, context={"symbol": "tsla", "timeframe": "1D"})
    assert not list(commands.check(transcript(turn("SUPPORT:440")), scenario))


def test_each_turn_is_judged_by_its_own_and_the_conversation_by_all() -> None:
    scenario = build.scenario(2, expect=Expectation(commands=CommandsExpectation(symbol="NVDA")))
    own = Expectation(commands=CommandsExpectation(symbol="TSLA", at_least={"load": 2}))
    scenario = replace(scenario, turns=(replace(scenario.turns[0], expect=own), scenario.turns[1]))
    held = transcript(turn("LOAD:TSLA"), turn("LOAD:NVDA", index=1))
    (told,) = commands.check(held, scenario)
    assert (told.rule, told.evidence["turn"]) == ("commands/missing", 0)


def test_a_new_symbol_clears_what_was_on_the_chart() -> None:
    wanted = Expectation(commands=CommandsExpectation(symbol="NVDA", indicators=()))
    held = transcript(turn(*GIVEN), turn("LOAD:NVDA", "INDICATOR:RSI:OFF", index=1))
    assert not list(commands.check(held, build.scenario(2, expect=wanted)))


def test_what_follows_from_an_exception_is_a_note() -> None:
    wanted = Expectation(commands=CommandsExpectation(symbol="TSLA", at_least={"support": 1}))
    scenario = build.scenario(expect=wanted)
    error = build.raised("builtins.ValueError", "bad")
    held = transcript(build.turn(build.user(), build.error()), log=(build.logged(error),))
    verdict = judge(held, scenario, run_checks(held, scenario))
    assert rules(verdict.findings) == ["run/error-event"]
