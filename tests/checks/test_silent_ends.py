"""What a user sees of a turn, and what leaves the turn without an answer."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run

EMPTY = build.message(" \n")
IMAGE = {"id": "i", "url": "data:image/png;base64,AAAA"}


def of(kind: str, **fields: Any) -> dict[str, Any]:
    return build.done(build.item(kind, "x", **fields))


def workflow(kind: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    return of("workflow", workflow={"type": kind, "tasks": list(tasks), "expanded": False})


def silent(*events: dict[str, Any]) -> bool:
    told = run.check(transcript(turn(build.user(), *events)), build.scenario())
    return build.rules(told) == ["run/silent-end"]


@pytest.mark.parametrize(
    "blank",
    [
        of("generated_image", image=None),
        of("task", task={"type": "custom", "status_indicator": "none"}),
        workflow("custom"),
        workflow("custom", {"type": "custom", "status_indicator": "complete"}),
        workflow("reasoning", {"type": "thought", "content": "Let me see.", "status_indicator": "complete"}),
    ],
)
def test_an_empty_message_and_what_shows_nothing_are_a_silent_end(blank: dict[str, Any]) -> None:
    assert silent(EMPTY)
    assert silent(blank, EMPTY)


@pytest.mark.parametrize(
    "shown",
    [
        of("generated_image", image=IMAGE),
        of("task", task={"type": "custom", "title": "Looked it up", "status_indicator": "none"}),
        workflow("custom", {"type": "custom", "title": "Step", "status_indicator": "none"}),
        build.widget(build.CARD),
        build.client_call("get_chart_selection"),
        build.error("Sorry"),
        {"type": "notice", "level": "info", "message": "Try later"},
    ],
)
def test_an_empty_message_beside_something_to_see_is_none(shown: dict[str, Any]) -> None:
    assert not silent(shown, EMPTY)
