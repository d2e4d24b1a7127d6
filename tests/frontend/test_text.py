from __future__ import annotations

import json

import pytest

from chatkit_harness import frontend


def text(message: str) -> str:
    return frontend.read(message).text


def answer(words: str) -> str:
    return json.dumps({"response_text": words, "widgets": []})


def test_words_come_in_the_order_of_the_message() -> None:
    message = f"Hello.\n\n{answer('First.')}\n\nThen.\n{answer('Second.')}"
    assert text(message) == "Hello.\n\nFirst.\n\nThen.\n\nSecond."


def test_two_documents_that_say_the_same_say_it_once() -> None:
    assert text(f"{answer('Up.')}\n{answer('Up.')}") == "Up."


def test_prose_that_repeats_a_document_is_shown_as_a_browser_shows_it() -> None:
    assert text(f"{answer('Up.')}\n\nUp.") == "Up.\n\nUp."


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ('It is {"price": 3} now.', "It is now."),
        ('One.\n{"price": 3}\nTwo.', "One.\n\nTwo."),
        ('One.\n\n```json\n{"price": 3}\n```\n\nTwo.', "One.\n\nTwo."),
        ('```\n{"a": 1}\n\n{"b": 2}\n```\nDone.', "Done."),
        ('```\nNote\n{"a": 1}\n```', "```\nNote\n\n```"),
        ('List:\n{"a": 1}\n  - one\n  - two', "List:\n\n  - one\n  - two"),
        ("\ufeff Hi. \n", "Hi."),
        ("", ""),
    ],
)
def test_what_is_left_reads_well(message: str, left: str) -> None:
    assert text(message) == left


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("Done.\nLOAD:AAPL\nTIMEFRAME:1D\n\nMore?", "Done.\n\nMore?"),
        ("Done.\n\nLOAD:AAPL\n\nMore?", "Done.\n\nMore?"),
        ("ENTRY:445 STOP:435 TARGET:465", ""),
        ("- LOAD:AAPL\n- SUPPORT:440\n\nThere.", "There."),
        ("`LOAD:AAPL`\nThere.", "There."),
        ("Here:\n```\nLOAD:AAPL\n```\nThere.", "Here:\nThere."),
        ("```\nx = 1\n```\nLOAD:AAPL\n```\ny = 2\n```", "```\nx = 1\n```\n```\ny = 2\n```"),
        ("I sent LOAD:AAPL to the chart.", "I sent LOAD:AAPL to the chart."),
        ('- **SUPPORT: 443.84** "Recent low"', '- **SUPPORT: 443.84** "Recent low"'),
        ('SUPPORT:440 "where it turned"\nThere.', "There."),
    ],
)
def test_command_lines_are_not_shown(message: str, left: str) -> None:
    assert text(message) == left


def test_an_answer_without_words_leaves_none() -> None:
    assert text('{"response_text": null, "widgets": [{}]}') == ""
    assert text('{"intent": "chart_command"}\n["LOAD:AAPL"]') == ""


def test_json_without_an_answer_is_what_the_user_sees() -> None:
    message = '```json\n{"price": 3}\n```'
    assert text(message) == message
