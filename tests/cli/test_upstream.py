"""`upstream` with all that it plays by default: the built-in scenarios."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

UNKNOWN = ("xyzzy foo bar", "What is the price of appels?", "Compare ")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = [sys.executable, "-m", "chatkit_harness", "upstream", "--port", "0", "--format", "json"]
    folder: Path = tmp_path_factory.mktemp("upstream")
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["base_url"]
        finally:
            process.terminate()


def ask(url: str, *words: str, **more: Any) -> httpx.Response:
    said = [{"role": "user", "content": each} for each in words]
    body = {"model": "gpt-other", "messages" if url.endswith("completions") else "input": said, **more}
    with httpx.Client(trust_env=False) as client:
        return client.post(url, json=body, timeout=60)


@pytest.mark.parametrize("api", ["responses", "chat/completions"])
@pytest.mark.parametrize("memory", [{}, {"previous_response_id": "resp_1"}], ids=["whole", "remembered"])
@pytest.mark.parametrize("words", UNKNOWN)
def test_a_question_of_no_scenario_is_refused_with_the_nearest_ones(
    address: str, api: str, memory: dict[str, str], words: str
) -> None:
    said = ask(f"{address}/{api}", words, **memory)
    assert (said.status_code, "questions known, the nearest: '" in said.text) == (400, True), said.text


@pytest.mark.parametrize("words", ["Compare @Apple", "Compare @Apple@Watchlist"])
def test_a_question_with_tags_is_known_as_the_model_hears_it(address: str, words: str) -> None:
    described = "Apple (exchange: NASDAQ, symbol: AAPL)"
    for said in (ask(f"{address}/responses", words), ask(f"{address}/responses", words, described)):
        assert (said.status_code, "Apple leads the list." in said.text) == (200, True), said.text


def test_a_question_without_its_tags_has_those_with_them_for_the_nearest(address: str) -> None:
    assert "the nearest: 'Compare @Apple'" in ask(f"{address}/responses", "Compare ").text
