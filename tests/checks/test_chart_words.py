"""What the words promise of the chart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import effect, rules, said, transcript, workflow

from chatkit_harness.checks import commands
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import CommandsExpectation, Expectation

DRAW = "draw support and resistance for TSLA"


def found(text: str, *given: str, user: str = "TSLA, please", **expected: Any) -> list[Finding]:
    """What is said of words and commands on the Agent Builder path."""
    wanted = CommandsExpectation(**expected) if expected else None
    held = workflow(said(json.dumps({"text": text, "chart_commands": list(given)}), user))
    return list(commands.check(held, build.scenario(expect=Expectation(commands=wanted))))


def natively(text: str, *given: str, user: str) -> list[Finding]:
    held = transcript(build.turn(effect(*given), build.message(text), user=user))
    return list(commands.check(held, build.scenario()))


def test_words_that_name_what_is_drawn_are_no_finding() -> None:
    words = "Support at $440.20 and $435, resistance at $460."
    assert not found(words, "SUPPORT:440", "SUPPORT:435", "RESISTANCE:460")


def test_words_that_name_other_prices_than_the_commands() -> None:
    words = 'Levels:\n- **SUPPORT: 443.84** "recent low"\n- **RESISTANCE: 462.29** "high"\n'
    (told,) = found(words, "SUPPORT:319.69", "SUPPORT:443.0", "RESISTANCE:470.75")
    assert (told.rule, told.severity) == ("commands/prose-disagrees", "error")
    assert told.evidence["words"] == {"support": [443.84], "resistance": [462.29]}
    assert told.evidence["commands"] == {"support": [319.69, 443.0], "resistance": [470.75]}
    assert told.evidence["differing"] == {"resistance": [462.29]}


def test_words_that_leave_something_out_are_a_note() -> None:
    (told,) = found("Support at $440.", "SUPPORT:440", "SUPPORT:435")
    assert (told.rule, told.severity) == ("commands/prose-disagrees", "note")


def test_a_level_that_nobody_asked_to_draw_is_a_note() -> None:
    (told,) = found("Support at $440, and resistance at $460.", "SUPPORT:440", user="draw support")
    assert (told.severity, told.evidence["differing"]) == ("note", {"resistance": [460]})


def test_words_alone_disagree_with_nothing() -> None:
    assert not found("Support at $440.")
    assert not natively("Support at $440.", user="Where is support?")


@pytest.mark.parametrize("user", [DRAW, "Please add support to my chart", "show the levels on the chart"])
def test_levels_that_are_asked_for_and_not_drawn(user: str) -> None:
    assert rules(found("Loaded.", "LOAD:TSLA", "ANALYZE:TECHNICAL", user=user)) == ["commands/levels-missing"]
    assert rules(natively("Loaded.", "LOAD:TSLA", user=user)) == ["commands/levels-missing"]


@pytest.mark.parametrize(
    "user",
    [
        "What is support?",
        "how do I draw support and resistance?",
        "don't draw support",
        "remove the support levels from the chart",
        "load TSLA",
        "what chart is loaded?",
        "Where are the support levels for SPY?",
        "Show support tickets on the chart",
        "show a chart of sales by level",
    ],
)
def test_a_question_that_asks_for_no_level_misses_none(user: str) -> None:
    assert not found("Fine.", "LOAD:TSLA", user=user)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        (("SUPPORT:440", "RESISTANCE:460"), None),
        (("DRAW:LEVEL:a:SUPPORT:440", "DRAW:LEVEL:b:RESISTANCE:460"), None),
        (("SUPPORT:440",), ["resistance"]),
        ((), ["support", "resistance"]),
    ],
)
def test_each_kind_that_was_asked_for_counts(given: tuple[str, ...], lacking: list[str] | None) -> None:
    assert [each.evidence["asked"] for each in found("Fine.", *given, user=DRAW)] == [lacking] * bool(lacking)


def test_a_drawing_may_be_expected_not_to_come() -> None:
    assert not found("No data today.", user=DRAW, none_of=("support", "resistance"))
    assert not found("No data today.", user=DRAW, exactly=())
    loaded = found("Loaded.", "LOAD:TSLA", user=DRAW, exactly=("LOAD:TSLA",))
    assert rules(loaded) == ["commands/levels-missing"]


def test_a_lack_is_told_once() -> None:
    assert rules(found("Fine.", user=DRAW, at_least={"support": 1, "load": 1})) == [
        "commands/levels-missing",
        "commands/missing",
    ]


def test_an_expected_silence_is_no_lost_command() -> None:
    message = '{"intent": "chart_command"}\n\nTSLA is loaded.'
    held = workflow(said(message, "what chart is loaded?"))
    wanted = Expectation(commands=CommandsExpectation(exactly=()))
    assert not list(commands.check(held, build.scenario(expect=wanted)))


def test_words_that_name_one_more_than_is_drawn_are_a_note() -> None:
    (told,) = found("Support at $440 and $430.", "SUPPORT:440", user="draw support")
    assert (told.severity, told.evidence["differing"]) == ("note", {"support": [430]})


@pytest.mark.parametrize(
    "words",
    [
        "Support at $440. For comparison, NVDA has support at $170.",
        "It broke support at $450 and lost its former support at $445. Support is now at $440.",
        "Support at $440. Shall I draw support at $430, too?",
        "Support at $440. Goldman raised its target to $600.",
    ],
)
def test_words_of_something_else_disagree_with_nothing(words: str) -> None:
    assert not found(words, "LOAD:TSLA", "SUPPORT:440", "TARGET:465", user="draw support")[1:]
    assert "error" not in {each.severity for each in found(words, "LOAD:TSLA", "SUPPORT:440", "TARGET:465")}


@pytest.mark.parametrize(
    ("question", "severity"), [("What chart is loaded?", "warning"), ("Which chart? Load it", "error")]
)
def test_a_question_that_asks_for_words_only(question: str, severity: str) -> None:
    held = workflow(said('{"intent": "chart_command"}\n\nIt is TSLA.', question))
    (told,) = commands.check(held, build.scenario())
    assert (told.rule, told.severity) == ("commands/intent-without-command", severity)
