"""Slower answers: told only when they are so more than once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call
from tests.engine.made_matrix import SCENARIO, SERVER, UNHARMED, agents, chatkit, third
from tests.made_index import MadeRelease, made_index

WORKS = SERVER.replace('if scope["type"] == "http":', 'if scope["type"] == "http":\n        common.work()')
ONCE = """\
def work():
    import os
    with open({mark!r}, "a+") as file:
        file.write("x")
        file.seek(0)
        first = len(file.read()) == 1
    sum(range(4_000_000 if first else 200_000))
"""
"""Slow the first time that anybody asks, and never again."""


def common(version: str, source: str) -> MadeRelease:
    return MadeRelease(project="common", version=version, files={"common/__init__.py": source})


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    work = "def work():\n    sum(range({}))\n"
    server = chatkit("1.0.0")
    server = replace(server, files={**server.files, "chatkit/agents.py": WORKS})
    releases = [server, agents(UNHARMED, "good"), third("good")]
    releases += [common("1.0", work.format(200_000)), common("2.0", work.format(4_000_000))]
    releases += [common("3.0", ONCE.format(mark=str(tmp_path / "mark")))]
    with made_index(releases) as index:
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        for major in (1, 2, 3):
            pins = f"openai-agents=={UNHARMED}\nopenai-chatkit==1.0.0\ncommon=={major}.0\n"
            (tmp_path / f"{major}.txt").write_text(pins)
        yield


def gate(candidate: str) -> dict[str, Any]:
    words = ("--base", "1.txt", "--candidate", candidate, "--scenario", "hello", "--format", "json")
    document: dict[str, Any] = json.loads(call("gate", *words).out)
    return document


def test_an_upgrade_that_is_slower_each_time_breaks_even_with_one_turn() -> None:
    told = gate("2.txt")
    assert (told["verdict"], told["problems"][0]["rule"]) == ("breaks", "gate/latency")
    assert told["latency"]["turns"] >= 6
    assert told["problems"][0]["culprit"]["verdict"] == "unknown"


def test_one_that_was_slow_once_is_safe() -> None:
    assert gate("3.txt")["verdict"] == "safe"
