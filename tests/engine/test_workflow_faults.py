"""Workflows and answers that are wrong in one way each: a clear reason, and the rest of the case is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.exports.driven import asked, drive, ends, judged, make_seat, rules

from chatkit_harness.engine.seat import Seat
from chatkit_harness.upstream import ReplayServer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workflows")


@pytest.fixture(scope="module")
def seat(home: Path) -> Iterator[Seat]:
    with ReplayServer() as upstream, make_seat(home, upstream) as made:
        yield made


# What is wrong with a file: nothing can be driven, and the reason says what to do.


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("bad/needs_package.py", ["tabulate_nowhere", "not in the cell", "--with tabulate-nowhere"]),
        ("bad/needs_guardrails.py", ["needs the module guardrails", "not in the cell", "--with"]),
        ("bad/ends_at_import.py", ["ends the process when it is imported", "__main__"]),
        ("bad/faults.py:run_workflow", ["has no run_workflow", "it has sound"]),
        ("bad/faults.py:in_pieces", ["yields its answer in pieces"]),
        ("bad/faults.py:wants_two", ["needs session besides its input"]),
        ("bad/nowhere.py", ["nowhere.py is not there"]),
    ],
)
def test_a_workflow_that_cannot_be_loaded_says_what_it_needs(seat: Seat, file: str, words: list[str]) -> None:
    scenario = asked("one", "two")
    transcript = drive(seat, scenario, file)
    judgement = judged(transcript, scenario)
    assert (transcript.ended, transcript.turns, judgement.outcome) == ("completed", (), "fail")
    assert [word for word in words if word not in (judgement.reason or "")] == []


# What is wrong while it runs: a finding a turn, and the rest of the case is kept.


@pytest.mark.parametrize(
    ("fault", "end", "rule", "words"),
    [
        ("returns_nothing", "done", "run/no-answer", "run_workflow returned nothing"),
        ("returns_no_text", "done", "run/no-answer", "holds no text (output_text, steps)"),
        ("returns_blank", "done", "run/no-answer", "run_workflow returned an empty text"),
        ("raises", "raised", "run/raised", "KeyError over one"),
        ("leaves", "raised", "run/raised", "SystemExit: 7"),
        ("cancels", "raised", "run/raised", "CancelledError"),
        ("cancels_its_task", "raised", "run/raised", "CancelledError"),
        ("interrupts", "raised", "run/raised", "KeyboardInterrupt"),
        ("raises_a_group", "raised", "run/raised", "ValueError: the first of them"),
        ("returns_an_object", "done", "text/raw-json", "not_json"),
    ],
)
def test_a_fault_of_one_turn_leaves_the_next_one_its_chance(
    seat: Seat, fault: str, end: str, rule: str, words: str
) -> None:
    scenario = asked("one", "two")
    transcript = drive(seat, scenario, f"bad/faults.py:{fault}")
    assert (transcript.ended, ends(transcript)) == ("completed", [end, end])
    found = [each for each in judged(transcript, scenario).findings if each.rule == rule]
    assert [each.evidence["turn"] for each in found] == [0, 1]
    assert words in found[0].message


def is_sound(seat: Seat) -> bool:
    transcript = drive(seat, asked("hello"), "bad/faults.py:sound")
    return [turn.message for turn in transcript.turns] == ["You said: hello"]


def test_what_a_workflow_prints_goes_to_the_log_alone(seat: Seat, home: Path) -> None:
    scenario = asked("one", "two")
    transcript = drive(seat, scenario, "bad/prints.py")
    assert [turn.message for turn in transcript.turns] == ["Printed and done."] * 2
    assert judged(transcript, scenario).outcome == "pass"
    assert comes(home / "worker.log", "working on one")


def comes(log: Path, words: str, within_s: float = 10) -> bool:
    """Whether words get into a log, which is written beside the case and may be a little behind it."""
    ends_at = time.monotonic() + within_s
    while words not in log.read_text(errors="replace"):
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.05)
    return True


def test_odd_characters_of_an_answer_survive(seat: Seat) -> None:
    transcript = drive(seat, asked("one"), "bad/faults.py:returns_odd_characters")
    assert transcript.turns[0].message == "nul \0, half a pair \ud800, \u00e9"


def test_a_workflow_that_kills_its_process_is_told_and_the_next_case_is_unharmed(seat: Seat) -> None:
    scenario = asked("one", "two")
    transcript = drive(seat, scenario, "bad/faults.py:leaves_hard")
    assert (transcript.ended, transcript.exit_code, ends(transcript)) == ("exited", 9, ["cut"])
    assert rules(transcript, scenario) == {"run/died"}
    assert is_sound(seat)


@pytest.mark.parametrize(
    ("fault", "ended"),
    [
        ("waits", "completed"),
        # Killed as any other target is, by which test_seat shows it.
        pytest.param("spins", "timeout", marks=pytest.mark.slow),
    ],
)
def test_a_workflow_that_never_ends_is_told_as_hung(home: Path, fault: str, ended: str) -> None:
    scenario = asked("one", "two")
    with ReplayServer() as upstream, make_seat(home, upstream, limit_s=1) as seat:
        transcript = drive(seat, scenario, f"bad/faults.py:{fault}")
        assert (transcript.ended, ends(transcript)) == (ended, ["hung"])
        assert rules(transcript, scenario) == {"run/hang"}
        assert is_sound(seat)


# What is wrong with the model's words: a finding, and the rest of the answer and of the case is kept.


def document(*commands: str) -> str:
    told = {"response_text": "Here it is.", "widgets": [], "chart_commands": ["LOAD:TSLA", *commands]}
    return json.dumps(told)


@pytest.mark.parametrize(
    ("says", "rule", "words"),
    [
        ("[" * 10_000, "text/broken-json", "nested more than"),
        ("[" * 10_000 + "]" * 10_000, "text/broken-json", "nested more than"),
        ('{"response_text": "Support is at 24', "text/broken-json", "the text ends in the middle"),
        ('{"response_text": "x",, "widgets": []} The rest.', "text/broken-json", "line 1, column 23"),
        ("", "run/no-answer", "an empty text"),
        (document("SUPPORT:" + "9" * 400), "commands/rejected", "digits"),
        (document("SUPPORT:NaN"), "commands/rejected", "'NaN'"),
        (document("SUPPORT:1e999"), "commands/rejected", "SUPPORT:1e999"),
        (document("SUPPORT:-5"), "commands/rejected", "above zero"),
        (document("EXPLODE:NOW"), "commands/rejected", "no such verb"),
        ("Done.\nSUPPORT:NaN\nSUPPORT:240", "commands/rejected", "'NaN'"),
    ],
)
def test_words_of_the_model_that_cannot_be_read_are_a_finding_of_their_turn(
    seat: Seat, says: str, rule: str, words: str
) -> None:
    scenario = asked("one", "two", says=[says, "Fine."])
    transcript = drive(seat, scenario, "bad/echo.py")
    found = [each for each in judged(transcript, scenario).findings if each.rule == rule]
    assert [turn.message for turn in transcript.turns] == [says, "Fine."]
    assert [each.evidence["turn"] for each in found] == [0]
    assert words in found[0].message


@pytest.mark.parametrize("says", ["Price\0 of TSLA", "half a pair: \ud800", "\u202e, \ufeff and \u2028"])
def test_odd_characters_of_the_model_break_nothing(seat: Seat, says: str) -> None:
    scenario = asked("one", "two", says=[says, "Fine."])
    transcript = drive(seat, scenario, "bad/echo.py")
    assert judged(transcript, scenario).outcome == "pass"
    assert ends(transcript) == ["done", "done"]


@pytest.mark.parametrize(
    "says", ["no JSON at all", '{"intent": "chart_command", "symb', '{"intent": 5}', "null"]
)
def test_a_classifier_that_keeps_to_no_form_is_told_as_what_it_raised(seat: Seat, says: str) -> None:
    scenario = asked("one", "two", says=[says, says])
    transcript = drive(seat, scenario, "branches.py")
    assert ends(transcript) == ["raised", "raised"]
    assert "ModelBehaviorError" in (judged(transcript, scenario).reason or "")
