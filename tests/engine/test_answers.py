"""Answers saved from a hosted workflow: which file answers what, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import read_results

RELEASES = [
    MadeRelease(project="openai-agents", version="0.9.3"),
    MadeRelease(project="openai-chatkit", version="1.6.5"),
]
SCENARIO = """\
id: opening-hours
title: What our users ask
paths: [agent_builder]
turns:
  - user: When are you open on Sunday?
  - user: And on Monday?
agent_builder:
  script: [{say: From nine.}, {turn: 2, say: From ten.}]
  budgets: {total_ms: 1}
expect:
  tools: [look_up]
  text: {contains: [nine, ten]}
  passes_on: [agents.event/tool_called]
  told_model: {contains: Monday}
"""
PARTED = """\
id: charts/draw
title: A name with a slash
paths: [native, agent_builder]
turns: [{user: Draw support for TSLA}]
script: [{say: Drawn.}]
agent_builder: {script: [{say: Drawn.}]}
expect:
  commands: {symbol: TSLA}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with two scenarios and no answers yet, and an index that has next to nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "opening-hours.yaml").write_text(SCENARIO)
    (tmp_path / "scenarios" / "draw.yaml").write_text(PARTED)
    (tmp_path / "answers").mkdir()
    with made_index(RELEASES) as index:
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        yield tmp_path


def save(place: Path, **answers: str) -> None:
    """Each answer in a file of its own; `__` stands for a full stop, `_` for a dash."""
    for name, text in answers.items():
        stem = name.replace("__", ".").replace("_", "-")
        (place / "answers" / stem).write_text(text, encoding="utf-8")


def run(*more: object) -> Said:
    asked = ("--scenario", "opening-hours,charts/draw", "--path", "agent_builder")
    cell = ("--pair", "none:0.9.3", "--resolution", "today")
    return call("run", "--answers", "answers", *asked, *cell, "--out", "out", *more)


def cases(folder: Path) -> dict[str, CaseResult]:
    return {case.scenario: case for case in read_results(folder).cases}


def transcript(folder: Path, scenario: str) -> Transcript:
    return read_results(folder).transcript(str(cases(folder)[scenario].transcript))


def test_saved_answers_are_judged_without_times_and_labelled(place: Path) -> None:
    save(place, opening_hours__txt="From nine.\n", opening_hours__2__md="From ten.")
    said = run()
    case = cases(place / "out")["opening-hours"]
    assert (case.outcome, case.reason, case.server, case.path) == ("pass", None, "answers", "agent_builder")
    assert {name: value for name, value in case.timing.items() if value is not None} == {}
    assert "saved from a hosted workflow" in " ".join(said.out.split())
    assert "saved from a hosted workflow" in " ".join((place / "out" / "summary.md").read_text().split())


def test_the_transcript_holds_the_answers_and_nothing_that_nobody_knows(place: Path) -> None:
    save(place, opening_hours__txt="\ufeffFrom nine.\n", opening_hours__2__txt="From ten.\n\n")
    run()
    held = transcript(place / "out", "opening-hours")
    assert [turn.message for turn in held.turns] == ["From nine.", "From ten.\n"]
    assert (held.saved, held.server, held.exchanges) == (True, "answers", ())
    assert [turn.stages for turn in held.turns] == [(), ()]
    assert held.turns[1].request == {"type": "saved.answer", "params": {"file": "opening-hours.2.txt"}}


def test_expectations_still_judge_what_was_saved(place: Path) -> None:
    save(place, opening_hours__txt="We are closed.", opening_hours__2__txt="From ten.")
    assert run().status == 1
    case = cases(place / "out")["opening-hours"]
    assert case.outcome == "fail"
    # That no tool is known to have run, no request and no time, is no fault of an answer.
    assert {finding.rule for finding in case.findings if finding.severity == "error"} == {
        "expect/text-content"
    }


def test_an_answer_may_be_a_json_document_and_a_slash_is_a_dash(place: Path) -> None:
    document = {"response_text": "Drawn.", "widgets": [], "chart_commands": ["LOAD:TSLA", "SUPPORT:240"]}
    save(place, charts_draw__json=json.dumps(document))
    run()
    case = cases(place / "out")["charts/draw"]
    assert (case.outcome, case.reason) == ("pass", None)
    assert transcript(place / "out", "charts/draw").turns[0].message == json.dumps(document)


def test_what_was_not_saved_is_skipped_with_the_name_that_it_needs(place: Path) -> None:
    save(place, opening_hours__txt="From nine.", opening_hours__2__txt="From ten.", README__md="Notes.")
    run()
    case = cases(place / "out")["charts/draw"]
    assert (case.outcome, case.transcript) == ("skipped", None)
    assert "charts-draw.txt" in (case.reason or "")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"opening_hour__txt": "x"}, ["No scenario has the name", "opening-hours"]),
        ({"opening_hours__txt": "x", "opening_hours__1__txt": "y"}, ["already has opening-hours.1.txt"]),
        ({"opening_hours__txt": "x", "opening_hours__md": "y"}, ["Turn 1", "already has", "Keep one"]),
        ({"opening_hours__txt": "x"}, ["Turn 2 has none", "opening-hours.2.txt"]),
        ({"opening_hours__2__txt": "x"}, ["Turn 1 has none"]),
        ({"notes__pdf": "x"}, ["holds no answer", "SCENARIO.txt"]),
    ],
)
def test_a_folder_that_leaves_doubts_is_refused(
    place: Path, answers: dict[str, str], words: list[str]
) -> None:
    save(place, **answers)
    said = run()
    assert said.status == 2
    told = " ".join(said.err.split())
    assert [word for word in words if word not in told] == []
    assert not (place / "out" / "results.jsonl").exists()


def test_an_answer_to_a_turn_that_there_is_not_is_refused(place: Path) -> None:
    save(place, opening_hours__txt="x", opening_hours__2__txt="y", opening_hours__3__txt="z")
    said = run()
    assert said.status == 2
    assert "opening-hours.3.txt" in said.err


def test_folders_and_hidden_files_are_no_answers(place: Path) -> None:
    save(place, opening_hours__txt="From nine.", opening_hours__2__txt="From ten.")
    (place / "answers" / "older.txt").mkdir()
    (place / "answers" / ".draft.txt").write_text("x")
    assert run().status == 0


def test_an_answer_that_cannot_be_read_is_told_before_anything_is_built(place: Path) -> None:
    (place / "answers" / "opening-hours.txt").symlink_to("gone.txt")
    said = run()
    assert (said.status, (place / "out").exists()) == (2, False)
    assert "It cannot be read" in said.err


def test_no_such_folder_and_two_sources_are_refused(place: Path) -> None:
    missing = call("run", "--answers", "nowhere", "--scenario", "opening-hours")
    both = run("--workflow", "export.py")
    assert (missing.status, both.status) == (2, 2)
    assert "no such folder of answers" in missing.err
    assert "Name one of the two" in both.err


def test_odd_bytes_and_secrets_of_an_answer_are_no_obstacle(place: Path) -> None:
    key = "sk-proj-0123456789abcdefghijklmnop"
    save(place, opening_hours__2__txt=f"From ten, with {key}.")
    (place / "answers" / "opening-hours.txt").write_bytes(b"From \xff\xfe nine\0")
    run()
    first, second = (turn.message for turn in transcript(place / "out", "opening-hours").turns)
    assert first == "From \ufffd\ufffd nine\0"
    assert second == "From ten, with REDACTED."


def test_a_recheck_judges_saved_answers_again(place: Path) -> None:
    save(place, opening_hours__txt="From nine.", opening_hours__2__txt="Closed.")
    run()
    (place / "answers" / "opening-hours.2.txt").unlink()
    said = call("recheck", "out", "--out", "again")
    then, now = cases(place / "out")["opening-hours"], cases(place / "again")["opening-hours"]
    assert said.status == 1
    assert (now.outcome, now.reason, now.server) == (then.outcome, then.reason, "answers")
    assert (now.findings, now.timing) == (then.findings, then.timing)
    assert transcript(place / "again", "opening-hours").saved
