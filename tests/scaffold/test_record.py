"""A first scenario from servers that make it hard: each quirk of them is found out by driving."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.scaffold.record import FirstScenario, record_first

pytestmark = pytest.mark.cells
OFFICE = Path(__file__).parent / "office"
CALL = {"call": "ticket", "arguments": {"number": 1}}
SENTENCE = "Here is what I found."
SAY = {"say": SENTENCE}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for these tests, unless a cache is named."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


def recorded(name: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> FirstScenario:
    monkeypatch.chdir(OFFICE)
    server = f"quirks.server:{name}"
    settings = RunSettings(
        out=OFFICE, cache=cache, server=server, pairs=("newest:newest",), resolution="today"
    )
    return record_first(settings)


def document(name: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    found = recorded(name, cache, monkeypatch)
    assert found.document is not None, found.findings
    return found.document


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("titled", [CALL, SAY, {"beside": True, "say": SENTENCE}]),
        ("sorted_first", [CALL, {"beside": True, "say": {"topic": "example", "sure": True}}, SAY]),
        ("chats", [CALL, SAY]),
    ],
)
@pytest.mark.slow
def test_a_tool_is_called_whatever_else_is_asked(
    name: str, script: list[Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = document(name, cache, monkeypatch)
    assert found["script"] == script
    assert found.get("options") == ({"api": "chat_completions"} if name == "chats" else None)
    # A date and a number that is drawn anew are no words to know the widget by.
    assert found["expect"]["widgets"] == [{"root": "Card", "contains": ["Ticket 1"]}]


def test_a_tool_of_the_page_is_waited_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = document("asks_the_page", cache, monkeypatch)
    assert [each["call"] for each in found["script"]] == ["choose_seat"]
    assert found["expect"]["client_tool"] == {"name": "choose_seat", "arguments": {"row": "example"}}
    assert found["expect"]["text"] == {"required": False}


def test_a_server_that_asks_no_model_has_an_empty_script(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = document("asks_nobody", cache, monkeypatch)
    assert found["script"] == []
    assert found["expect"]["text"] == {"contains": "The office is closed."}


@pytest.mark.slow
def test_where_no_tool_works_plain_words_are_left_and_it_is_told(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recorded("all_broken", cache, monkeypatch)
    assert found.notes == ("No arguments were found with which broken works.",)
    assert found.document is not None
    assert found.document["script"] == [SAY]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("names_a_bed", {"call": "bed", "arguments": {"bed": "north"}}),
        pytest.param(
            "lists_the_sides", {"call": "side", "arguments": {"side": "north"}}, marks=pytest.mark.slow
        ),
    ],
)
def test_arguments_and_tools_are_tried_until_one_shows_a_widget(
    name: str, call: dict[str, Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = document(name, cache, monkeypatch)
    assert found["script"][0] == call
    assert found["expect"]["widgets"] == [{"root": "Card", "contains": ["Bed north"]}]


@pytest.mark.slow
def test_a_look_up_that_failed_is_told_and_forbids_no_widget(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recorded("tells_no_bed", cache, monkeypatch)
    (note,) = found.notes
    assert note.startswith("No tool showed a widget; unnamed_bed was called with a made-up 'example'")
    assert "first.yaml" in note
    assert found.document is not None
    assert "widgets" not in found.document["expect"]


def test_a_server_that_cannot_begin_is_told_with_what_it_lacks(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recorded("needs_its_region", cache, monkeypatch)
    assert found.document is None
    assert "TICKET_REGION" in found.findings[0].message
