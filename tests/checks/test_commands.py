"""What the chart is told: as it is written, and where it ends up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import effect, rules, said, transcript, workflow

from chatkit_harness.checks import CHECKS, commands
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import CommandsExpectation, Expectation
from chatkit_harness.core.transcript import Transcript, Turn

CHART = '{"intent": "chart_command", "symbol": "NVDA", "confidence": "high"}'


def found(*turns: Turn, **scenario: Any) -> list[Finding]:
    """What is said of turns, of which the first decides the path."""
    held: Transcript = workflow(*turns) if turns[0].message is not None else transcript(*turns)
    return list(commands.check(held, build.scenario(len(turns), **scenario)))


def answer(*given: Any, text: str = "Done.", user: str = "load it", classifier: str = "") -> Turn:
    return said(f"{classifier}\n\n{json.dumps({'text': text, 'chart_commands': list(given)})}", user)


def test_the_check_is_registered() -> None:
    assert CHECKS["commands"] is commands.check


def test_good_commands_are_no_finding_on_either_path() -> None:
    given = ("LOAD:TSLA", "TIMEFRAME:1D", "SUPPORT:440", "RESISTANCE:460", "INDICATOR:RSI")
    text = "TSLA trades at 450. Support at 440, resistance at 460."
    assert not found(answer(*given, text=text, user="draw support and resistance for TSLA"))
    assert not found(build.turn(effect(*given), build.message(text)))


def test_a_conversation_without_a_chart_is_no_finding() -> None:
    assert not list(commands.check(build.clean(), build.scenario()))


def test_a_command_that_cannot_be_read_is_a_finding_and_its_neighbours_count() -> None:
    for turn in (answer("LOAD", "TIMEFRAME:1D"), build.turn(effect("LOAD", "TIMEFRAME:1D"))):
        (rejected,) = found(turn)
        assert (rejected.rule, rejected.severity) == ("commands/rejected", "error")
        assert rejected.evidence["verb"] == "LOAD"
        assert rejected.evidence["reason"]
        assert isinstance(rejected.evidence["position"], int)


def test_the_key_of_a_rejected_command_is_the_same_for_other_figures() -> None:
    keys = {found(answer(f"SUPPORT:-{price}"))[0].key for price in (440, "12.5")}
    assert len(keys) == 1
    assert not any(letter.isdigit() for letter in keys.pop())


@pytest.mark.parametrize(
    "message",
    [
        '{"text": "Drawn.", "chart_commands": ["LOAD:TSLA", "SUPPORT:44',
        '{"text": "Drawn.", "chart_commands": ["LOAD:TSLA",',
        "Drawn.\n\nLOAD:TSLA\nSUPPORT:440\nRESIST",
        "Drawn.\n\nLOAD:TSLA\nSUPPORT:",
    ],
)
def test_an_answer_that_ends_inside_of_its_commands_is_cut_short(message: str) -> None:
    assert rules(found(said(message, "load it"))) == ["commands/cut-short"]


@pytest.mark.parametrize(
    "message",
    [
        '{"text": "Drawn.", "chart_commands": ["LOAD:TSLA", "SUPPORT:440"]}',
        "Drawn.\n\nLOAD:TSLA\nSUPPORT:440",
        "LOAD:TSLA\nThat is all for NVDA",
        '{"text": "Drawn.", "chart_commands": []} and the rest',
    ],
)
def test_an_answer_that_ends_after_its_commands_is_whole(message: str) -> None:
    assert not found(said(message, "load it"))


def test_commands_in_a_message_that_chatkit_shows_are_told() -> None:
    (told,) = found(build.turn(build.message("Done.\n\nLOAD:TSLA\nSUPPORT:440")))
    assert (told.rule, told.severity) == ("commands/shown-as-text", "warning")
    assert told.evidence["commands"] == ["LOAD:TSLA", "SUPPORT:440"]
    assert not found(build.turn(effect("LOAD:TSLA"), build.message("TSLA is loaded.")))
    assert not found(said("Done.\n\nLOAD:TSLA\nSUPPORT:440", "load it"))


def test_levels_in_words_for_people_are_no_commands() -> None:
    words = 'TSLA has:\n- **SUPPORT: 440.00** "the low"\n- **RESISTANCE: 460.00** "the high"'
    assert not found(build.turn(build.message(words)))


def test_the_page_tells_its_chart_over_http() -> None:
    given = {"symbol": "TSLA", "timeframe": "1D"}
    answer = {"success": True, "chart_commands": ["SUPPORT:440"]}
    for sent in (given, {"chart_context": given}, {"metadata": {"chart_context": given}}):
        wanted = Expectation(commands=CommandsExpectation(symbol="TSLA", timeframe="1D"))
        assert not found(build.called(200, answer, sent=sent), expect=wanted)


@pytest.mark.parametrize("symbol", ["N/A", "none", "", "the market"])
def test_a_classifier_that_names_no_symbol_contradicts_none(symbol: str) -> None:
    assert not found(answer("LOAD:TSLA", classifier=CHART.replace("NVDA", symbol)))


def test_a_chart_of_another_symbol_than_the_classifier_s() -> None:
    assert rules(found(answer("LOAD:TSLA", classifier=CHART))) == ["commands/wrong-symbol"]
    assert not found(answer("LOAD:NVDA", classifier=CHART))


def test_levels_on_the_chart_of_another_symbol() -> None:
    turn = answer("SUPPORT:170", classifier=CHART)
    assert rules(found(turn, context={"symbol": "TSLA"})) == ["commands/wrong-symbol"]
    assert not found(turn, context={"symbol": "NVDA"})
    assert not found(turn)


def test_the_page_s_context_may_change_between_turns() -> None:
    scenario = build.scenario(2, context={"symbol": "TSLA"})
    moved = replace(scenario.turns[1], context={"symbol": "NVDA"})
    held = workflow(said("Hello.", "Hi"), said(f'{CHART}\n\n{{"chart_commands": ["SUPPORT:170"]}}', "x", 1))
    scenario = replace(scenario, turns=(scenario.turns[0], moved))
    assert not list(commands.check(held, scenario))


def test_what_a_chart_command_without_a_command_is() -> None:
    (told,) = found(said(f"{CHART}\n\nHere is the latest snapshot of NVDA.", "load NVDA"))
    assert (told.rule, told.severity) == ("commands/intent-without-command", "error")
    assert not found(said(f"{CHART}\n\nLoaded.\n\nLOAD:NVDA", "load NVDA"))
    other = CHART.replace("chart_command", "market_data")
    assert not found(said(f"{other}\n\nHere is the latest snapshot of NVDA.", "NVDA?"))


@pytest.mark.parametrize(
    ("meant", "loaded"), [("BTC", "BTC-USD"), ("BRK-B", "BRK.B"), ("GOOG", "GOOGL"), ("NVDA", "NVDA")]
)
def test_another_spelling_of_the_symbol_is_the_same_one(meant: str, loaded: str) -> None:
    assert not found(answer(f"LOAD:{loaded}", classifier=CHART.replace("NVDA", meant)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ADD:FLOUR", "ADD:SUGAR"),
        ("SUPPORT:abc", "SUPPORT:xyz"),
        ("SUPPORT:443,84", "SUPPORT:12,5"),
        ("SUPPORT:5%", "SUPPORT:7.5%"),
        ("TIMEFRAME:45m", "TIMEFRAME:7H"),
        ("INDICATOR:MACD:1:2:3:4", "INDICATOR:MACD:1:2:3:4:5"),
        ("SUPPORT:440-445", "SUPPORT:430-435"),
    ],
)
def test_the_key_of_what_is_rejected_holds_nothing_of_the_case(first: str, second: str) -> None:
    one, other = (found(answer("LOAD:NVDA", each, classifier=CHART)) for each in (first, second))
    assert [each.key for each in one] == [each.key for each in other]
    assert "  " not in one[0].key
