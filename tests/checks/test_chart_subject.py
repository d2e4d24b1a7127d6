"""What has nothing to do with a chart gets no finding about one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import called, effect, message, rules, said, transcript, turn, workflow

from chatkit_harness.checks import commands
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import CommandsExpectation, Expectation
from chatkit_harness.core.transcript import Transcript

OTHERS = [
    ("why did it fail?", "```\nINFO LOAD:config.yaml\nERROR ENTRY:main not found\nSTOP:SIGTERM\n```"),
    ("what's our goal?", "SLO\nTARGET:99.9%\nACTUAL:99.95%"),
    ("how do I reach you?", "SUPPORT:1-800-555-0199\nHOURS:9-5"),
    ("where do I go in?", "ENTRY:lobby\nFLOOR:3"),
    ("savings?", "TARGET:5000\nSAVED:3200"),
    ("my workout", "LOAD:80kg x 5\nTARGET:12\nSTOP: 30 s"),
    ("bus stops?", "STOP:435\nSTOP:436\nSTOP:435"),
    ("ohms", "R1:470\nR2:1000\nRESISTANCE:470 ohms"),
    ("recipe", "ADD:FLOUR\nADD:SUGAR\nREMOVE:LID"),
    ("game", "LOAD:SAVE1 to continue. ENTRY:LOBBY. TARGET:BOSS. RESET:LEVEL"),
    ("camera", "ZOOM:IN\nPAN:LEFT\nRESET:VIEW\nRESET:ALL"),
    ("patterns", "PATTERN:FACTORY\nPATTERN:SINGLETON\nSTYLE:GOTHIC"),
    ("helm chart values?", "The chart has SUPPORT:enabled, TARGET:production."),
    ("draw a support ticket workflow", "Ticket, then level 1 support, then level 2 support."),
    ("add another level to my support plan", "You have Gold-level support at $99 now."),
    ("show me levels of support on the chart", "Basic support: $29, Premium support: $99."),
    ("mark the ticket as level 2", "Done, it is at support level 2."),
    ("lumbar support?", "The Lumbar Support at $35, the Neck Support at $29.95."),
]


def native(question: str, text: str) -> Transcript:
    return transcript(turn(build.user(question), message(text), user=question), server="shop:make")


def of_workflow(question: str, text: str) -> Transcript:
    return workflow(said(text, question), server="workflow:shop")


def with_empty_arrays(question: str, text: str) -> Transcript:
    answer = {"response_text": text, "query_intent": "general_chat", "widgets": [], "chart_commands": []}
    return workflow(said(json.dumps(answer), question), server="workflow:shop")


def over_http(question: str, text: str) -> Transcript:
    return transcript(called(200, {"text": text}, "/api/ask", sent={"query": question}), server="shop:make")


def found(held: Transcript, **scenario: Any) -> list[Finding]:
    return list(commands.check(held, build.scenario(**scenario)))


@pytest.mark.parametrize("path", [native, of_workflow, with_empty_arrays, over_http])
@pytest.mark.parametrize(("question", "text"), OTHERS)
def test_other_products_get_no_finding(
    path: Callable[[str, str], Transcript], question: str, text: str
) -> None:
    assert not found(path(question, text))


BAD = "SUPPORT:abc"


@pytest.mark.parametrize(
    "held",
    [
        of_workflow("go", f'{{"intent": "chart_command"}}\n\n{BAD}'),
        of_workflow("go", json.dumps({"text": "Done.", "chart_commands": [BAD]})),
        of_workflow("draw support for TSLA", f"Done.\n{BAD}\nRESISTANCE:460"),
        of_workflow("go", f"LOAD:TSLA\n{BAD}"),
        of_workflow("go", f"SUPPORT:440\nRESISTANCE:460\n{BAD}"),
        of_workflow("go", f"INDICATOR:RSI\n{BAD}"),
        of_workflow("go", f"SUPPORT:440\n{BAD}"),
        of_workflow("is it bullish?", f"Yes.\n{BAD}"),
        transcript(turn(effect(BAD)), server="shop:make"),
        transcript(turn(message(f"It trades at $450.\n{BAD}")), server="shop:make"),
        transcript(called(200, {"chart_commands": [BAD]}, "/api/x"), server="shop:make"),
        transcript(turn(message(BAD))),
    ],
)
def test_a_chart_shows_itself_in_many_ways(held: Transcript) -> None:
    assert "commands/rejected" in rules(found(held))


def test_a_scenario_can_say_that_there_is_a_chart() -> None:
    held = native("go", BAD)
    assert not found(held)
    assert rules(found(held, context={"symbol": "TSLA"})) == ["commands/rejected"]
    expected = Expectation(commands=CommandsExpectation(symbol="TSLA"))
    assert rules(found(held, expect=expected)) == ["commands/rejected", "commands/wrong-symbol"]
