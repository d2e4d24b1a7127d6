"""Recording a user's own export once, against an API on loopback that looks live, and replaying it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import Said, call

from chatkit_harness.core.scenario import Scenario, on_path
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.upstream import ReplayServer, read_cassette

EXPORTS = Path(__file__).parent / "exports"
KEY = "sk-live-0123456789abcdefghijklmnop"
SCENARIO = """\
id: explain
title: A question that our users ask
paths: [agent_builder]
turns:
  - user: What is the RSI?
  - user: And the MACD?
agent_builder:
  model: cassettes/explain.agent-builder.yaml
expect:
  text: {excludes: intent}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team's own folder: its export, and one scenario that has no cassette yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    if "CHATKIT_HARNESS_CACHE" not in os.environ:
        monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path.with_name("cache")))
    shutil.copy(EXPORTS / "branches.py", tmp_path / "export.py")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "explain.yaml").write_text(SCENARIO)
    return tmp_path


def as_a_model_answers(scenario: Scenario) -> Iterator[str]:
    """An API on loopback that says what the scenario's script says."""
    there = on_path(scenario, "agent_builder")
    with ReplayServer() as server:
        session = server.open_session()
        words = [turn.words for turn in there.turns]
        session.begin(cassette_for(there), words, pacing=0, clock_start=0)
        yield session.base_url


@pytest.fixture
def live_api() -> Iterator[str]:
    yield from as_a_model_answers(load_all([EXPORTS / "scenarios"])["branches-explain"])


def record(base_url: str, *more: object) -> Said:
    return call("record", "--workflow", "export.py", "--path", "agent_builder", "--scenario", "explain",
                "--live", "--base-url", base_url, *more)  # fmt: skip


def files_holding(folder: Path, text: str) -> list[str]:
    files = [each for each in folder.rglob("*") if each.is_file()]
    return [each.name for each in files if text.encode() in each.read_bytes()]


@pytest.mark.cells
def test_an_export_is_recorded_once_and_replayed_from_then_on(project: Path, live_api: str) -> None:
    said = record(live_api, "--pair", "none:newest")
    assert (said.status, said.err) == (0, "")
    cassette = read_cassette(project / "cassettes" / "explain.agent-builder.yaml")
    assert (cassette.provenance.origin, len(cassette.interactions)) == ("recording", 4)
    assert {each.headers["content-type"] for each in cassette.interactions} == {"application/json"}
    assert "openai-chatkit" not in cassette.provenance.versions

    again = call("run", "--workflow", "export.py", "--path", "agent_builder", "--scenario", "explain",
                 "--pair", "none:newest", "--resolution", "today", "--out", "out")  # fmt: skip
    results = read_results(project / "out")
    (case,) = results.cases
    assert (case.outcome, case.reason, case.server) == ("pass", None, "workflow:export.py")
    assert again.status == 0
    played = results.transcript(str(case.transcript))
    assert played.cassette is not None
    assert (played.cassette.origin, played.cassette.unused) == ("recording", ())
    assert all(each.critical_ms is not None for each in played.exchanges)  # how long the model took is known
    assert files_holding(project, KEY) == []


@pytest.mark.cells
@pytest.mark.slow
def test_what_went_wrong_while_recording_is_kept_aside(project: Path, live_api: str) -> None:
    (project / "scenarios" / "explain.yaml").write_text(SCENARIO.replace("And the MACD?", "And the ADX?"))
    said = record(live_api, "--pair", "none:newest")
    assert said.status == 1
    assert "went wrong: " in said.err
    assert (project / "cassettes" / "explain.agent-builder.failed.yaml").is_file()
    assert not (project / "cassettes" / "explain.agent-builder.yaml").exists()
    assert files_holding(project, KEY) == []


def test_a_script_for_the_workflow_is_rendered_without_a_cell(project: Path) -> None:
    shutil.copy(EXPORTS / "scenarios" / "branches-explain.yaml", project / "scenarios" / "explain.yaml")
    said = call(
        "record", "--workflow", "export.py", "--path", "agent_builder", "--scenario", "branches-explain"
    )
    assert said.status == 0
    cassette = read_cassette(project / "cassettes" / "branches-explain.agent-builder.yaml")
    asked = [[item["content"] for item in each.request["input"]] for each in cassette.interactions]
    assert cassette.provenance.origin == "script"
    # A workflow is asked one question at a time, and remembers none.
    assert [each[0] for each in asked] == ["What is the RSI?"] * 2 + ["And the MACD?"] * 2


def test_what_is_not_recorded_yet_is_asked_for(project: Path) -> None:
    said = call("run", "--workflow", "export.py", "--path", "agent_builder", "--scenario", "explain",
                "--pair", "none:newest")  # fmt: skip
    assert said.status == 2
    assert "explain.agent-builder.yaml" in said.err
    assert "record" in said.err


def test_no_key_no_recording(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    said = record("http://127.0.0.1:9/v1")
    assert said.status == 2
    assert "OPENAI_API_KEY" in said.err
