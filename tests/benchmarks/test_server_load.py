"""The load benchmark holds real conversations, and would see what is wrong with them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from benchmarks.server_client import Conversation, Watch, events
from benchmarks.server_model import answer

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.cells
@pytest.mark.index
def test_a_small_load_is_measured_and_nothing_is_lost_doubled_or_mixed_up() -> None:
    words = ["--conversations", "3", "--turns", "6", "--stores", "sqlite", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.server", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loads = {each["name"]: each for each in json.loads(done.stdout)["loads"]}
    assert loads.keys() == {"echo", "sqlite"}
    assert [(each["turns"], each["wrong"]) for each in loads.values()] == [(6, []), (6, [])]
    assert all(each["widget_ms"]["p50"] > 0 and each["memory_mb"] for each in loads.values())


def test_the_model_asks_for_the_symbol_that_it_is_asked_about_and_never_repeats_an_id() -> None:
    asked = {"input": [{"role": "user", "content": "What's TSLA trading at? (7)"}]}
    one, two = answer(asked), answer(asked)
    assert b"TSLA" in one
    assert b"AAPL" not in one
    assert one != two


async def test_events_are_read_however_they_are_cut() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'data: {"type"', b': "a"}\n\ndata: {"ty', b'pe": "b"}\n\n'):
            yield piece

    assert [event["type"] async for event in events(pieces())] == ["a", "b"]


def test_each_user_asks_for_one_symbol_in_words_of_their_own() -> None:
    first, other = Conversation(number=0, turns=1), Conversation(number=1, turns=1)
    assert (first.symbol, other.symbol) == ("AAPL", "MSFT")
    assert first.request() != other.request()


def test_where_a_process_is_gone_no_memory_is_told() -> None:
    watch = Watch(None)
    watch.look()
    assert watch.seen == []
