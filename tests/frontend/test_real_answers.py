from __future__ import annotations

import json
from typing import Any

import pytest
from tests.frontend.answers import OUR_OWN, answers

from chatkit_harness import frontend
from chatkit_harness.chart.commands import Analyze, Level, Load, Timeframe
from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.validate import violations
from chatkit_harness.frontend import Reading


def read(name: str) -> list[tuple[str, Reading]]:
    return [(message, frontend.read(message)) for message in answers(name)]


def roles(reading: Reading) -> list[str]:
    return [each.role for each in reading.documents]


def test_classifier_then_widgets() -> None:
    for message, reading in read("01_classifier_then_widgets.txt"):
        assert roles(reading) == ["classifier", "answer"]
        answer = json.loads(message.split("\n\n")[1])
        assert [each.widget for each in reading.widgets] == answer["widgets"]
        assert violations(reading.widgets[0].widget, catalogue.releases()[-1])
        assert reading.text == answer["response_text"]
        assert (reading.intent, reading.query_intent, reading.confidence) == ("news", "news", "high")
        assert not reading.commands
        assert not reading.stray


def test_classifier_only_is_shown_raw() -> None:
    for message, reading in read("02_classifier_only.txt"):
        assert roles(reading) == ["classifier"]
        assert not reading.widgets
        assert reading.text == message.strip()
        assert reading.stray == ((0, len(message.rstrip())),)


def test_classifier_then_prose() -> None:
    for message, reading in read("03_classifier_then_prose.txt"):
        assert reading.intent == "chart_command"
        assert reading.text == message[message.index("}") + 1 :].strip()
        assert not reading.commands
        assert not reading.rejected


def test_empty_widgets_are_taken_as_they_are() -> None:
    for _, reading in read("04_empty_widgets.txt"):
        assert [each.widget for each in reading.widgets] == [{}, {}]
        assert [each.where for each in reading.widgets] == ["$.widgets[0]", "$.widgets[1]"]
        assert reading.text.endswith(":")


def test_a_command_cut_short_is_rejected_and_the_prose_survives() -> None:
    for message, reading in read("05_truncated_command.txt"):
        (rejected,) = reading.rejected
        assert rejected.verb == "LOAD"
        assert rejected.reason
        assert rejected.source == "array"
        assert message[rejected.start : rejected.end] == '"LOAD"'
        assert not reading.commands
        _, document, prose = message.split("\n\n")
        assert reading.text == f"{json.loads(document)['text']}\n\n{prose.strip()}"


def test_levels_in_markdown_stay_with_the_user_and_commands_do_not() -> None:
    for message, reading in read("06_chart_action_markdown_levels.json"):
        answer = json.loads(message)
        assert len(reading.commands) == len(answer["chart_commands"])
        assert {each.source for each in reading.commands} == {"array"}
        first, second, third = (each.command for each in reading.commands[:3])
        assert isinstance(first, Load)
        assert isinstance(second, Timeframe)
        assert isinstance(third, Level)
        assert reading.text == answer["text"].split("\n\nLOAD:")[0]
        assert "**SUPPORT: " in reading.text


def test_commands_without_levels() -> None:
    for _, reading in read("07_chart_action_load_only.json"):
        first, second, third = (each.command for each in reading.commands)
        assert isinstance(first, Load)
        assert isinstance(second, Timeframe)
        assert isinstance(third, Analyze)
        assert reading.text == ""
        assert not reading.stray


def test_a_double_comma_is_told_with_its_place() -> None:
    for message, reading in read("08_double_comma.txt"):
        (broken,) = reading.broken
        assert broken.position == message.index(",,") + 1
        assert (broken.line, broken.column) == (1, broken.position + 1)
        assert broken.reason == "a value is missing before the comma"
        assert ",," in broken.excerpt
        assert not reading.documents
        assert not reading.widgets


def test_what_stands_around_a_double_comma_survives() -> None:
    for message in answers("08_double_comma.txt"):
        reading = frontend.read(f'Here it is:\n\n{message}\n{{"type": "Divider"}}\n\nAnything else?')
        assert roles(reading) == ["widget"]
        assert len(reading.broken) == 1
        assert reading.text == f"Here it is:\n\n{message.strip()}\n\nAnything else?"
        assert [reading.message[start:end] for start, end in reading.stray] == [message.strip()]


@pytest.mark.parametrize("name", sorted(OUR_OWN))
def test_nothing_is_taken_from_outside_the_message(name: str) -> None:
    for message, reading in read(name):
        found: list[Any] = [*reading.documents, *reading.broken, *reading.widgets]
        found += [*reading.commands, *reading.rejected]
        assert all(0 <= each.start < each.end <= len(message) for each in found)
