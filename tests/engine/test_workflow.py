"""Exported workflows of four shapes, driven as they stand, in a seat and by the command line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call
from tests.engine.exports.driven import (
    EXPORTS,
    SHIPPED,
    asked,
    drive,
    drive_shipped,
    ends,
    judged,
    make_seat,
    stages,
)

from chatkit_harness.checks import run_checks
from chatkit_harness.core.scenario import PathPlan, Scenario, TurnPlan
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.targets import AGENT_BUILDER
from chatkit_harness.upstream import ReplayServer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workflows")


@pytest.fixture(scope="module")
def seat(home: Path) -> Iterator[Seat]:
    with ReplayServer() as upstream, make_seat(home, upstream) as made:
        yield made


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_each_export_runs_unchanged(seat: Seat, name: str) -> None:
    transcript = drive_shipped(seat, name)
    judgement = judged(transcript, SHIPPED[name])
    assert (judgement.outcome, judgement.reason) == ("pass", None)
    assert transcript.leaks == ()


PARSE = ("parse", None)
STAGES = {
    "branches-draw": [[("classify", "Intent Classifier"), ("answer", "Chart Agent"), PARSE]],
    "branches-explain": [[("classify", "Intent Classifier"), ("answer", "Teacher"), PARSE]] * 2,
    # Its own words are the answer: nobody follows that it could have chosen.
    "branches-neither": [[("answer", "Intent Classifier"), PARSE]],
    "stateful-briefing": [
        [("classify", "Symbol Finder"), ("answer", "Briefing Writer"), ("answer", "Editor"), PARSE]
    ],
    "hosted-research": [[("answer", "Researcher"), PARSE]],
    "guarded-support": [[("classify", "Triage"), ("answer", "Support Agent"), PARSE]],
    "guarded-nobody": [[("answer", "Triage")]],
}


@pytest.mark.parametrize("name", sorted(STAGES))
def test_the_stages_of_a_turn_are_seen_without_touching_the_export(seat: Seat, name: str) -> None:
    transcript = drive_shipped(seat, name)
    assert [stages(turn) for turn in transcript.turns] == STAGES[name]
    for turn in transcript.turns:
        times = [time for stage in turn.stages for time in (stage.at_ms, stage.ended_at_ms)]
        assert times == sorted(times)
        assert turn.sent_at_ms <= times[0]
        assert times[-1] <= turn.ended_at_ms


def test_the_answer_is_kept_raw_and_as_it_was_returned(seat: Seat) -> None:
    turn = drive_shipped(seat, "branches-neither").turns[0]
    assert turn.message is not None
    assert json.loads(turn.message) == {"intent": "general_chat", "symbol": "", "confidence": 0.5}
    assert turn.response["output_parsed"] == json.loads(turn.message)
    assert turn.request["params"] == {"input_as_text": "Hello there", "context": {}}
    assert turn.events == ()


def test_exports_ask_without_streaming_and_typed_agents_in_a_form(seat: Seat) -> None:
    transcript = drive_shipped(seat, "branches-draw")
    assert [(each.outcome, each.path, each.streamed) for each in transcript.exchanges] == [
        ("matched", "/v1/responses", False)
    ] * 2
    classifier, specialist = (each.request for each in transcript.exchanges)
    assert classifier["text"]["format"]["type"] == "json_schema"
    assert "text" not in specialist
    assert [item["role"] for item in specialist["input"]] == ["user", "assistant"]


def test_a_state_a_context_and_reasoning_reach_the_model(seat: Seat) -> None:
    transcript = drive_shipped(seat, "stateful-briefing")
    writer = transcript.exchanges[1].request
    assert writer["instructions"] == "Write a short briefing about TSLA. It is question 1 of this user."
    assert writer["reasoning"] == {"effort": "low", "summary": "auto"}
    assert {each.path for each in transcript.exchanges} == {"/v1/responses"}  # no trace was sent anywhere


def test_tools_that_the_api_runs_are_offered_and_their_results_replayed(seat: Seat) -> None:
    transcript = drive_shipped(seat, "hosted-research")
    offered = [tool["type"] for tool in transcript.exchanges[0].request["tools"]]
    assert offered[1:] == ["file_search", "code_interpreter", "mcp"]
    assert offered[0].startswith("web_search")
    assert transcript.turns[0].message == "Deliveries beat what was expected (example.com)."


def test_a_hosted_tool_that_nobody_recorded_is_named(seat: Seat) -> None:
    transcript = drive_shipped(seat, "hosted-unrecorded")
    found = [each for each in run_checks(transcript, SHIPPED["hosted-unrecorded"])
             if each.rule == "upstream/unmatched"]  # fmt: skip
    assert [each.evidence["turn"] for each in found] == [0]
    assert found[0].evidence["hosted_tools"][1:] == ["file_search", "code_interpreter", "mcp"]
    assert "chatkit-harness record" in found[0].message
    assert transcript.turns[1].message == "Chips did."


def test_further_inputs_come_from_the_context_or_the_command_line(seat: Seat) -> None:
    by_context = drive_shipped(seat, "guarded-support")
    scenario = asked("My password is lost", says=['{"department": "billing"}'])
    by_option = drive(seat, scenario, "guarded.py", inputs={"customer_id": "c-17", "seats": "3"})
    assert by_context.exchanges[1].request["input"][1]["content"] == "I am c-17, with 3 seats."
    assert by_option.turns[0].end == "done"


def test_inputs_that_are_missing_or_wrong_are_named(seat: Seat) -> None:
    scenario = asked("one", "two")
    missing = drive(seat, scenario, "guarded.py")
    assert ends(missing) == ["raised", "raised"]
    reason = judged(missing, scenario).reason or ""
    assert "needs customer_id and seats" in reason
    assert "--input customer_id=..." in reason
    wrong = drive(seat, scenario, "guarded.py", inputs={"customer_id": "c", "seats": "many"})
    assert "refuses its input: seats" in (judged(wrong, scenario).reason or "")
    assert missing.exchanges == wrong.exchanges == ()


def test_what_a_guardrail_stops_is_answered_without_the_model(seat: Seat) -> None:
    scenario = asked("I am 078-05-1120", "Should I buy or sell?", says=["", '{"department": "support"}'],
                     context={"customer_id": "c", "seats": 1})  # fmt: skip
    stopped, tripped = drive(seat, scenario, "guarded.py").turns
    assert stopped.stages[0].name == "parse"
    assert stopped.response == {"pii": {"failed": True}, "jailbreak": {"failed": False}}
    assert tripped.message == "I cannot advise you on that."


def test_a_workflow_need_not_be_async(seat: Seat) -> None:
    scenario = asked("one", "two")
    transcript = drive(seat, scenario, "bad/faults.py:not_async")
    assert [turn.message for turn in transcript.turns] == ["You said: one", "You said: two"]
    assert judged(transcript, scenario).outcome == "pass"


def test_agents_that_are_run_synchronously_are_stages_too(tmp_path: Path) -> None:
    script = ({"say": '{"topic": "weather"}'}, {"say": "It rains."})
    scenario = Scenario(id="sync", title="", turns=(TurnPlan(user="hi"),), paths=(AGENT_BUILDER,),
                        agent_builder=PathPlan(script=script))  # fmt: skip
    # A process of its own, as a run gives to each workflow: agents keeps one HTTP client, for one event loop.
    with ReplayServer() as upstream, make_seat(tmp_path, upstream) as seat:
        turn = drive(seat, scenario, "bad/synchronous.py").turns[0]
    assert (turn.message, stages(turn)[:2]) == ("It rains.", [("classify", "Sorter"), ("answer", "Writer")])


def test_an_agent_that_streams_is_one_stage_with_all_that_its_tools_ask(seat: Seat) -> None:
    script = ({"call": "ask_helper"}, {"say": "helped"}, {"say": "Done."})
    scenario = Scenario(id="streams", title="", turns=(TurnPlan(user="hi"),), paths=(AGENT_BUILDER,),
                        agent_builder=PathPlan(script=script))  # fmt: skip
    turn = drive(seat, scenario, "bad/streams.py").turns[0]
    assert stages(turn) == [("answer", "Speaker"), PARSE]
    answer, parse = turn.stages
    assert turn.sent_at_ms <= answer.at_ms <= answer.ended_at_ms <= parse.at_ms <= turn.ended_at_ms


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        ("branches.py:run_workflov", ["branches.py has no run_workflov", "run_workflow"]),
        ("bad/faults.py", ["faults.py has no run_workflow", "Name the function: faults.py:cancels"]),
        ("brunches.py", ["There is no file", "branches.py"]),
        ("scenarios", ["This is a folder"]),
    ],
)
def test_a_workflow_that_is_not_there_is_told_before_anything_is_built(
    workflow: str, words: list[str], tmp_path: Path
) -> None:
    said = call("run", "--workflow", EXPORTS / workflow, "--path", "agent_builder", "--out", tmp_path / "out")
    told = " ".join(said.err.split())
    assert said.status == 2
    assert [word for word in words if word not in told] == []
    assert not (tmp_path / "out" / "results.jsonl").exists()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of nobody's project, so that a cell gets what the export needs and no more."""
    if "CHATKIT_HARNESS_CACHE" not in os.environ:
        monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXPORTS / "scenarios", tmp_path / "scenarios")
    for name in ("branches.py", "bad/needs_package.py"):
        shutil.copy(EXPORTS / name, tmp_path)
    return tmp_path


def results(project: Path) -> Any:
    return json.loads((project / "out" / "results.json").read_text())


@pytest.mark.cells
def test_an_export_runs_in_cells_without_chatkit(project: Path) -> None:
    asked = ("--workflow", "branches.py", "--path", "agent_builder", "--scenario", "branches-*")
    said = call("run", *asked, "--chatkit", "none", "--agents", "0.3.2,newest", "--out", "out")
    found = results(project)
    outcomes = {(case["scenario"], case["outcome"]) for case in found["cases"]}
    assert outcomes == {(name, "pass") for name in SHIPPED if name.startswith("branches-")}
    assert {case["server"] for case in found["cases"]} == {"workflow:branches.py"}
    assert len(found["cells"]) == 4
    assert [cell["id"] for cell in found["cells"] if "openai-chatkit" in cell["pins"]] == []
    assert said.status == 0


@pytest.mark.cells
def test_a_package_that_the_export_lacks_is_named_before_and_in_the_case(project: Path) -> None:
    asked = ("--workflow", "needs_package.py", "--path", "agent_builder", "--scenario", "branches-draw")
    said = call("run", *asked, "--pair", "none:newest", "--resolution", "today", "--out", "out")
    (case,) = results(project)["cases"]
    assert (said.status, case["outcome"]) == (1, "fail")
    assert "--with tabulate-nowhere" in said.err
    assert "--with tabulate-nowhere" in case["reason"]
