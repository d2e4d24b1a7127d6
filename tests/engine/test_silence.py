"""Silence is a finding of anybody's server: a card that never came out, a tool that begins for nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import call

QUOTES = Path(__file__).parent / "projects/quotes"


def rules(out: Path, scenario: str, pair: str, python: str, server: str = "kiosk") -> set[str]:
    said = call("run", "--server", f"quotes.{server}:create_server", "--pair", pair, "--python", python,
                "--path", "native",
                "--resolution", "contemporary", "--scenarios", "silence", "--scenario", scenario,
                "--confirm", "none", "--out", out, "--format", "json")  # fmt: skip
    (case,) = json.loads(said.out)["cases"]
    return {each["rule"] for each in case["findings"]}


OLDEST = pytest.param("1.0.2:0.3.3", "3.11", marks=pytest.mark.slow)


# From 3.12 on a class of Python itself is made otherwise.
@pytest.mark.parametrize(("pair", "python"), [("1.6.5:0.24.0", "3.12"), OLDEST])
def test_what_a_server_says_nothing_of_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: str, python: str
) -> None:
    monkeypatch.chdir(QUOTES)
    assert "run/widget-lost" in rules(tmp_path / "late", "too-late", pair, python)
    assert "run/widget-lost" in rules(tmp_path / "later", "much-too-late", pair, python)
    assert {"run/asked-after-leaving", "run/tool-after-leaving"} <= rules(
        tmp_path / "gone", "gone", pair, python
    )


@pytest.mark.slow
@pytest.mark.parametrize(("pair", "python"), [("1.6.5:0.24.0", "3.12"), OLDEST])
def test_a_widget_that_a_tool_streams_in_pieces_is_missed_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: str, python: str
) -> None:
    monkeypatch.chdir(QUOTES)
    assert "run/widget-lost" in rules(tmp_path / "late", "described-too-late", pair, python)
    shown = rules(tmp_path / "shown", "described", pair, python)
    shown.discard("run/not-read-back")  # chatkit 1.0.2 cannot read this server's thread back, card or not
    assert shown == set()


@pytest.mark.slow
def test_what_comes_through_agents_is_heard_of_anybody_s_server_that_is_asked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(QUOTES)
    assert rules(tmp_path / "heard", "heard", "1.6.5:0.24.0", "3.12") == set()
    assert rules(tmp_path / "unheard", "unheard", "1.6.5:0.24.0", "3.12") == {"expect/not-passed-on"}


@pytest.mark.parametrize(("pair", "python"), [("1.6.5:0.24.0", "3.12"), OLDEST])
def test_half_an_answer_that_passes_for_a_whole_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: str, python: str
) -> None:
    monkeypatch.chdir(QUOTES)
    assert "run/torn-answer" in rules(tmp_path, "torn", pair, python, server="hush")


def test_a_run_that_stands_for_somebody_who_has_gone_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(QUOTES)
    assert rules(tmp_path, "kept", "1.6.5:0.24.0", "3.12", server="hush") == {"run/task-left"}
