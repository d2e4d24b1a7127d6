from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit_harness import frontend
from chatkit_harness.chart.commands import Level, Load
from chatkit_harness.frontend import FoundCommand


def levels(message: str) -> list[tuple[str, float, str]]:
    given = frontend.read(message).commands
    return [
        (each.command.role, each.command.price, each.source)
        for each in given
        if isinstance(each.command, Level)
    ]


def loads(given: tuple[FoundCommand, ...]) -> list[str]:
    return [each.command.symbol for each in given if isinstance(each.command, Load)]


@pytest.mark.parametrize("key", ["chart_commands", "chartCommands", "commands", "chart_objects"])
@pytest.mark.parametrize(
    "value",
    [
        ["LOAD:AMD"],
        "LOAD:AMD",
        [{"type": "load", "payload": {"symbol": "AMD"}}],
        {"type": "load", "payload": {"symbol": "AMD"}},
    ],
)
def test_every_spelling_of_the_array(key: str, value: Any) -> None:
    message = json.dumps({"text": "Done.", key: value})
    reading = frontend.read(message)
    assert loads(reading.commands) == ["AMD"]
    assert reading.commands[0].source == "array"
    assert "AMD" in message[reading.commands[0].start : reading.commands[0].end]


@pytest.mark.parametrize(
    "message",
    [
        '["LOAD:AMD"]',
        '{"type": "load", "payload": {"symbol": "AMD"}}',
        '[{"type":"load","payload":{"symbol":"AMD"}}]',
    ],
)
def test_a_document_of_commands(message: str) -> None:
    reading = frontend.read(f"Here.\n\n{message}")
    assert (loads(reading.commands), reading.text) == (["AMD"], "Here.")


def test_arrays_come_first_and_each_command_once() -> None:
    message = (
        'SUPPORT:150\nRESISTANCE:170\n{"chart_commands": ["RESISTANCE:170", "SUPPORT:140"]}\nSUPPORT:150'
    )
    assert levels(message) == [
        ("resistance", 170, "array"),
        ("support", 140, "array"),
        ("support", 150, "text"),
    ]


def test_a_command_in_the_text_is_placed_in_the_message() -> None:
    message = (
        'Word "a"\n'
        + json.dumps({"text": 'Said "so":\nSUPPORT:150\nBye \u00e9.'})
        + " then RESISTANCE:170 at last"
    )
    placed = [message[each.start : each.end] for each in frontend.read(message).commands]
    assert placed == ["SUPPORT:150", "RESISTANCE:170"]


def test_a_bad_command_takes_no_neighbour_along() -> None:
    reading = frontend.read(
        '{"chart_commands": ["SUPPORT:-5", "LOAD:AMD", 7, null, "SUPPORT:' + "9" * 400 + '"]}'
    )
    assert loads(reading.commands) == ["AMD"]
    assert len(reading.rejected) >= 3
    assert all(each.reason for each in reading.rejected)


def test_prose_is_asked_where_nothing_was_written() -> None:
    message = '{"intent": "chart_command"}\n\nThere is support at $440 and resistance at $460.'
    assert levels(message) == [("support", 440, "prose"), ("resistance", 460, "prose")]
    start, end = (frontend.read(message).commands[0].start, frontend.read(message).commands[0].end)
    assert "440" in message[start:end]


@pytest.mark.parametrize(
    "message",
    [
        '{"intent": "chart_command"}\n{"text": "Support at $440.", "chart_commands": ["LOAD:AMD"]}',
        '{"intent": "chart_command"}\n{"text": "Support at $440.", "chart_commands": ["LOAD"]}',
        '{"intent": "news"}\n\nAnalysts see support at $440, says the paper.',
        '{"response_text": "The bank sees support at $440.", "query_intent": "news"}',
    ],
)
def test_prose_is_not_asked(message: str) -> None:
    assert levels(message) == []


def test_prose_on_another_question_counts_where_it_speaks_of_the_chart() -> None:
    assert levels(
        '{"intent": "news"}\n\nI have drawn support at $440 on your chart. Resistance at $460, they say.'
    ) == [("support", 440, "prose")]


@pytest.mark.parametrize(
    "message", ["SUPPORT:1 " * 10_001, json.dumps({"chart_commands": ["SUPPORT:1"] * 10_001})]
)
def test_no_more_than_enough_is_read(message: str) -> None:
    reading = frontend.read(message)
    (rejected,) = reading.rejected
    assert rejected.reason == "there are more than 10000 commands: from here on none is read"
    assert message[rejected.start : rejected.end].strip(' "') == "SUPPORT:1"
    assert len(reading.commands) == 1


def test_bold_levels_are_words_unless_they_are_all_there_is() -> None:
    bold = '- **SUPPORT: 150.5** "Recent low"'
    assert levels(bold) == [("support", 150.5, "prose")]
    assert levels(f"{bold}\n\nRESISTANCE:170") == [("resistance", 170, "text")]
    assert frontend.read(f"{bold}\n\nRESISTANCE:170").text == bold


def test_a_space_behind_the_colon_is_forgiven_in_a_line_of_its_own() -> None:
    reading = frontend.read("There.\n\nLOAD: AMD\nTIMEFRAME:1D")
    assert (loads(reading.commands), reading.text) == (["AMD"], "There.")
    assert reading.commands[0].source == "text"


def test_a_label_of_the_text_is_kept_for_the_command_of_the_array() -> None:
    reading = frontend.read('SUPPORT:150 "the low"\n{"chart_commands": ["SUPPORT:150"]}')
    (only,) = reading.commands
    assert only.command.label == "the low"


def test_an_envelope_of_objects() -> None:
    envelope = {"version": "2.0", "symbol": "AMD", "timeframe": "1D", "commands": ["SUPPORT:150"]}
    for message in (json.dumps(envelope), json.dumps({"text": "Done.", "chart_objects": envelope})):
        reading = frontend.read(message)
        assert loads(reading.commands) == ["AMD"]
        assert levels(message) == [("support", 150, "array")]


def test_long_prose_is_asked_at_its_beginning() -> None:
    message = (
        "\n" * 60_000
        + "There is support at $440. "
        + "The price moved a little. " * 10_000
        + "Resistance at $460."
    )
    assert levels(message) == [("support", 440, "prose")]
    start, end = next((each.start, each.end) for each in frontend.read(message).commands)
    assert "440" in message[start:end]


MANY = "SUPPORT:1 " * 9000


@pytest.mark.parametrize(
    "value",
    [
        [MANY, MANY],
        [{"chart_commands": [MANY]}, {"version": "2.0", "commands": [MANY]}],
        ["LOAD:AMD", {"legacy": MANY * 2}],
    ],
)
def test_no_more_than_enough_is_read_of_what_an_array_holds(value: list[Any]) -> None:
    reading = frontend.read(json.dumps({"chart_commands": value}))
    (rejected,) = reading.rejected
    assert rejected.reason.startswith("there are more than 10000 commands")
    assert len(reading.commands) == 1


LOADED = {"type": "load", "payload": {"symbol": "AMD"}}


@pytest.mark.parametrize(
    "value",
    [
        json.dumps([LOADED]),
        [json.dumps(LOADED)],
        json.dumps(["LOAD:AMD"]),
        json.dumps({"commands": [LOADED]}),
    ],
)
def test_commands_that_are_encoded_twice_are_no_rejected_ones(value: Any) -> None:
    reading = frontend.read(json.dumps({"text": "Done.", "chart_commands": value}))
    assert (loads(reading.commands), reading.rejected, reading.text) == (["AMD"], (), "Done.")


@pytest.mark.parametrize(
    "message", ["SLO\nTARGET:99.9%\nACTUAL:99.95%", "ENTRY:lobby\nFLOOR:3", "TARGET:5000\nSAVED:3200"]
)
def test_lines_of_other_products_stay_for_the_user(message: str) -> None:
    assert frontend.read(message).text == message


@pytest.mark.parametrize(
    "message",
    [
        '{"intent": "chart_command"}\n\nThere.\nTARGET:99.9%',
        '{"intent": "market_data", "symbol": "AMD"}\n\nThere.\nTARGET:99.9%',
        "There.\nTARGET:99.9%\nSUPPORT:150",
        "There.\nTARGET:99.9%\nLOAD:AMD",
        '{"chart_commands": ["INDICATOR:RSI"]}\n\nThere.\nTARGET:99.9%',
    ],
)
def test_a_line_for_the_chart_that_cannot_be_read_is_not_shown(message: str) -> None:
    reading = frontend.read(message)
    assert (reading.text, [each.verb for each in reading.rejected]) == ("There.", ["TARGET"])


def test_of_several_symbols_the_classifiers_is_drawn() -> None:
    words = "AMD: support $150, resistance $170. NVDA: support $180."
    assert levels(f'{{"intent": "technical", "symbol": "NVDA"}}\n\n{words}') == [("support", 180, "prose")]
    assert levels(words) == []
