"""Items that a client saw begin, and that never end."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.core.transcript import Stored

PICTURE = build.item("generated_image", "x", image=None)
BEGUN = {"type": "thread.item.added", "item": PICTURE}


def unfinished(*events: dict[str, Any], end: Any = "done") -> bool:
    held = transcript(turn(build.user(), *events, build.message("Here."), end=end))
    return "run/unfinished" in build.rules(run.check(held, build.scenario()))


def test_an_item_that_begins_and_never_ends_is_found() -> None:
    assert unfinished(BEGUN)


@pytest.mark.parametrize(
    ("stored", "server", "severity", "gone"),
    [
        (Stored(items=(PICTURE,)), "shop", "warning", False),
        (Stored(items=(PICTURE,)), "catalogue", "error", False),
        (Stored(), "shop", "error", True),
        (None, "shop", "warning", False),
        (None, "catalogue", "error", True),
    ],
)
def test_what_the_server_has_stored_itself_is_not_gone(
    stored: Any, server: str, severity: str, gone: bool
) -> None:
    held = transcript(turn(build.user(), BEGUN, build.message("Here.")), stored=stored, server=server)
    (found,) = (each for each in run.check(held, build.scenario()) if each.rule == "run/unfinished")
    assert (found.severity, "then it is gone" in found.message) == (severity, gone)


@pytest.mark.parametrize(
    "after",
    [
        build.done(PICTURE),
        {"type": "thread.item.removed", "item_id": "x"},
        {"type": "thread.item.replaced", "item": PICTURE},
        build.error("Sorry"),
    ],
)
def test_whatever_becomes_of_it_is_an_end_and_so_is_an_error(after: dict[str, Any]) -> None:
    assert not unfinished(BEGUN, after)


def test_a_workflow_may_go_on_in_the_next_turn() -> None:
    workflow = build.item("workflow", "w", workflow={"type": "custom", "tasks": [], "expanded": False})
    assert not unfinished({"type": "thread.item.added", "item": workflow})


def test_a_turn_that_was_cut_short_says_nothing_of_its_items() -> None:
    assert not unfinished(BEGUN, end="cut")
