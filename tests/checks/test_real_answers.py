"""Eight real answers of a hosted workflow, and look-alikes of them for whoever has not got the real ones.

The real ones are read where CHATKIT_HARNESS_DATA names a folder that holds them. Each shows what its folder's
description says of it, with the same rules.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.checks import build
from tests.checks.build import rules, said, workflow

from chatkit_harness.chart import read_array, to_text
from chatkit_harness.checks import reading, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript

QUESTIONS = {
    "01": "Latest news on TSLA?",
    "02": "Latest news on AAPL?",
    "03": "load NVDA",
    "04": "Latest news on TSLA?",
    "05": "load NVDA",
    "06": "draw support and resistance for TSLA",
    "07": "draw support and resistance for TSLA",
    "08": "What's TSLA trading at?",
}
LEVELS = """Here is where the chart turns.

**Support Levels:**
- **SUPPORT: 61.20** "last week's low"
- **SUPPORT: 58.75** "gap of May"

**Resistance Levels:**
- **RESISTANCE: 64.40** "two failed attempts"

KO is trading at **$62.90**, between support at **$61.20** and resistance at **$64.40**.

LOAD:KO
SUPPORT:41.5
SUPPORT:61.0
RESISTANCE:71.3"""
LOOK_ALIKES = {
    "01": '{"intent":"news","symbol":"KO","confidence":"high"}\n\n'
    + json.dumps(
        {
            "response_text": "The newest on Coca-Cola:",
            "query_intent": "news",
            "symbol": "KO",
            "widgets": [
                {
                    "type": "Card",
                    "status": {"text": "Now", "icon": "newspaper"},
                    "children": [
                        {"type": "Title", "value": "Coca-Cola (KO)"},
                        {
                            "type": "ListView",
                            "children": [
                                {
                                    "type": "ListViewItem",
                                    "children": [{"type": "Text", "value": "A new drink"}],
                                }
                            ],
                        },
                    ],
                }
            ],
        }
    ),
    "02": '{"intent":"news","symbol":"KO","confidence":"low"}',
    "03": '{\n  "intent": "chart_command",\n  "symbol": "KO",\n  "confidence": "high"\n}\n\n'
    "Coca-Cola at a glance:\n- Last Price: $62.90 (up $0.40, +0.64%)\n- Day Range: $62.10 – $63.05\n\n"  # noqa: RUF001 - as models write ranges
    "Shall I go on?",
    "04": '{"intent":"news","symbol":"KO","confidence":"high"}\n\n'
    '{"response_text":"The newest on KO:","query_intent":"news","symbol":"KO","widgets":[{},{}]}',
    "05": '{"intent":"chart_command","symbol":"KO","confidence":"high"}\n\n'
    '{"text":"KO is there.","chart_commands":["LOAD"]}\n\nThe chart of KO is loaded. Anything else?',
    "06": json.dumps(
        {
            "success": True,
            "text": LEVELS,
            "chart_commands": ["LOAD:KO", "SUPPORT:41.5", "SUPPORT:61.0", "RESISTANCE:71.3"],
            "data": {"tools_used": [], "chart_context": {"symbol": "KO", "timeframe": "1D"}},
            "error": None,
        }
    ),
    "07": json.dumps(
        {
            "success": True,
            "text": "LOAD:KO\nTIMEFRAME:1D\nANALYZE:TECHNICAL",
            "chart_commands": ["LOAD:KO", "TIMEFRAME:1D", "ANALYZE:TECHNICAL"],
            "data": {"tools_used": []},
            "error": None,
        }
    ),
    "08": '{"type":"Card","children":[{"type":"Title","value":"KO"},,{"type":"Text","value":"$62.90"}]}',
}


def real(name: str) -> str | None:
    """A real answer, where the folder is at hand."""
    folder = os.environ.get("CHATKIT_HARNESS_DATA")
    found = sorted(Path(folder).rglob(f"agent_builder/{name}_*")) if folder else []
    return found[0].read_text("utf-8").removesuffix("\n") if found else None


def answers(name: str) -> list[str]:
    return [each for each in (LOOK_ALIKES[name], real(name)) if each is not None]


CASES = [(name, text) for name in LOOK_ALIKES for text in answers(name)]
IDS = [f"{name}-{'look-alike' if text == LOOK_ALIKES[name] else 'real'}" for name, text in CASES]


def told(name: str, text: str) -> tuple[Transcript, list[Finding]]:
    """What all checks say of an answer that was saved."""
    held = workflow(said(text, QUESTIONS[name]), server="answers", saved=True)
    return held, list(run_checks(held, build.scenario()))


def of(name: str) -> pytest.MarkDecorator:
    given = [text for number, text in CASES if number == name]
    return pytest.mark.parametrize("text", given, ids=[each[3:] for each in IDS if each[:2] == name])


@pytest.mark.parametrize(("name", "text"), CASES, ids=IDS)
def test_each_of_them_fails_its_case(name: str, text: str) -> None:
    held, found = told(name, text)
    assert judge(held, build.scenario(), found).outcome == "fail"


@of("01")
def test_a_news_widget_with_its_violations(text: str) -> None:
    held, found = told("01", text)
    assert len(reading.widgets(held.turns[0])) == 1
    assert {
        "widgets/not-allowed-here:ListView.children",
        "widgets/unknown-icon:Card.status.icon=newspaper",
    } <= {each.key for each in found}
    # The client knows no such shape either; the verdict tells it once.
    assert {each.rule.partition("/")[0] for each in found} == {"client", "widgets"}


@of("02")
def test_a_classifier_alone(text: str) -> None:
    held, found = told("02", text)
    assert not reading.widgets(held.turns[0])
    assert rules(found) == ["text/raw-json"]


@of("03")
def test_prose_after_a_classifier(text: str) -> None:
    held, found = told("03", text)
    words = reading.user_text(held.turns[0])
    assert "{" not in words
    assert "Last Price: $" in words
    assert not reading.commands(held.turns[0])
    assert rules(found) == ["commands/intent-without-command"]


@of("04")
def test_two_empty_widgets(text: str) -> None:
    assert rules(told("04", text)[1]) == ["widgets/empty", "widgets/empty"]


@of("05")
def test_a_command_without_its_argument(text: str) -> None:
    held, found = told("05", text)
    (rejected,) = reading.rejected(held.turns[0])
    assert (rejected.verb, rules(found)) == ("LOAD", ["commands/rejected"])
    assert "loaded" in reading.user_text(held.turns[0])


@of("06")
def test_words_that_the_commands_contradict(text: str) -> None:
    held, found = told("06", text)
    assert rules(found) == ["commands/prose-disagrees"]
    given = [each.command for each in reading.commands(held.turns[0]) if each.source == "array"]
    assert given == list(read_array(json.loads(text)["chart_commands"]).commands)
    (evidence,) = (each.evidence for each in found if each.severity == "error")
    assert set(evidence["words"]) == set(evidence["commands"]) == {"support", "resistance"}


@of("07")
def test_levels_that_never_came(text: str) -> None:
    held, found = told("07", text)
    commands = [to_text(each.command).partition(":")[0] for each in reading.commands(held.turns[0])]
    assert commands == ["LOAD", "TIMEFRAME", "ANALYZE"]
    assert "commands/levels-missing" in rules(found)


@of("08")
def test_json_that_does_not_parse(text: str) -> None:
    found = told("08", text)[1]
    (broken,) = (each for each in found if each.rule == "text/broken-json")
    assert broken.evidence["position"] == text.index(",,") + 1
    assert broken.evidence["line"] == 1
