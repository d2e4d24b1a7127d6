"""Recording: from scripts without any cell, and live against an API on loopback with a real one."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import CassetteError
from chatkit_harness.core.scenario import on_path
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.record import without
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.upstream import ReplayServer, read_cassette, write_cassette

SHIPPED = load_all([data_folder("scenarios")])
KEY = "sk-live-0123456789abcdefghijklmnop"


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_each_shipped_cassette_is_what_its_script_says(name: str) -> None:
    for path in SHIPPED[name].paths:
        scenario = on_path(SHIPPED[name], path)
        cassette = cassette_for(scenario)
        asks = any(turn.user is not None for turn in scenario.turns) or bool(scenario.script)
        assert (cassette is not None) == asks
        assert cassette is None or cassette.provenance.origin == "script"


def test_a_scenario_without_a_script_says_how_to_record_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    text = "id: mine\ntitle: Mine\nturns: [{user: hi}]\nmodel: cassettes/mine.yaml\n"
    (tmp_path / "scenarios" / "mine.yaml").write_text(text)
    said = call("record", "--scenario", "mine")
    assert said.status == 2
    assert "--live" in said.err


@pytest.fixture
def live_api() -> Iterator[str]:
    """An API on loopback that answers as a model would in quote-aapl."""
    scenario = SHIPPED["quote-aapl"]
    with ReplayServer() as server:
        session = server.open_session()
        session.begin(cassette_for(scenario), [scenario.turns[0].words], pacing=0, clock_start=0)
        yield session.base_url


@pytest.mark.cells
def test_a_live_recording_replays_and_holds_no_key(
    live_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    said = call("record", "--scenario", "quote-aapl", "--path", "native", "--live", "--base-url", live_api,
                "--cache", cache, "--out", tmp_path)  # fmt: skip
    assert (said.status, said.err) == (0, "")
    cassette = read_cassette(tmp_path / "quote-aapl.yaml")
    assert (cassette.provenance.origin, len(cassette.interactions)) == ("recording", 2)
    assert {"openai", "openai-agents", "openai-chatkit"} <= set(cassette.provenance.versions)
    assert all(chunk.at_ms is not None for each in cassette.interactions for chunk in each.chunks)
    assert KEY not in (tmp_path / "quote-aapl.yaml").read_text()


@pytest.mark.cells
def test_an_api_that_gives_nothing_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    said = call("record", "--scenario", "quote-aapl", "--live", "--base-url", "http://127.0.0.1:9/v1",
                "--cache", cache, "--out", tmp_path / "out")  # fmt: skip
    assert said.status == CassetteError.exit_status
    assert "gave nothing to record" in said.err
    assert not (tmp_path / "out").exists()


def test_a_key_so_short_that_it_would_take_words_along_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "auto")
    said = call("record", "--scenario", "quote-aapl", "--path", "native", "--live")
    assert said.status == 2
    assert "12 letters" in said.err


def test_a_live_recording_is_not_replaced_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cassette = cassette_for(SHIPPED["quote-aapl"])
    assert cassette is not None
    live = dataclasses.replace(cassette.provenance, origin="recording")
    write_cassette(tmp_path / "quote-aapl.yaml", dataclasses.replace(cassette, provenance=live))
    said = call("record", "--scenario", "quote-aapl", "--path", "native", "--live", "--out", tmp_path)
    assert said.status == 2
    assert "--replace" in said.err


def test_what_an_api_repeats_of_the_key_is_struck_out() -> None:
    assert without(f"Incorrect API key provided: {KEY}.", KEY) == "Incorrect API key provided: REDACTED."
