"""Items that a client saw begin, and that never end."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.core.transcript import Stored, Turn

PICTURE = build.item("generated_image", "x", image=None)
RULE = "run/unfinished"
BEGUN = {"type": "thread.item.added", "item": PICTURE}


def unfinished(*events: dict[str, Any], end: Any = "done") -> bool:
    held = transcript(turn(build.user(), *events, build.message("Here."), end=end))
    return RULE in build.rules(run.check(held, build.scenario()))


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
    (found,) = (each for each in run.check(held, build.scenario()) if each.rule == RULE)
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


WORKFLOW = build.item("workflow", "f", workflow={"type": "custom", "tasks": [], "expanded": False})
OPENED = {"type": "thread.item.added", "item": WORKFLOW}
OUTPUT = {"type": "threads.add_client_tool_output", "params": {"thread_id": "t", "result": {}}}


def open_workflows(*turns: Turn) -> list[str]:
    found = run.check(transcript(*turns, server="catalogue"), build.scenario(len(turns)))
    return [each.message for each in found if each.key == "run/unfinished workflow"]


def test_a_workflow_that_an_answer_leaves_open_is_found() -> None:
    assert unfinished(OPENED)
    assert not unfinished(OPENED, build.done(WORKFLOW))


def test_a_workflow_waits_as_long_as_the_page_is_waited_for() -> None:
    asked = turn(build.user(), OPENED, build.client_call("pick"))
    answer = turn(build.done(WORKFLOW), build.message("Red."), request=OUTPUT, index=1)
    assert open_workflows(asked, answer) == []


def test_a_call_that_is_answered_lets_no_workflow_wait() -> None:
    (told,) = open_workflows(turn(build.user(), OPENED, build.client_call("pick", status="completed")))
    assert told.startswith("turn 1 began a workflow and never finished it")


def test_a_workflow_that_the_page_s_answer_does_not_end_is_found() -> None:
    asked = turn(build.user(), OPENED, build.client_call("pick"))
    again = turn(build.client_call("pick"), request=OUTPUT, index=1)
    answer = turn(build.message("Red."), request=OUTPUT, index=2)
    (told,) = open_workflows(asked, again, answer)
    assert told.startswith("turn 3 went on with a workflow and never finished it")


def test_only_the_page_s_answer_goes_on_with_what_waits() -> None:
    asked = turn(build.user(), OPENED, build.client_call("pick"))
    assert open_workflows(asked, turn(build.user(), build.message("Red."), index=1)) == []


def test_what_waited_before_the_user_went_on_waits_no_more() -> None:
    asked = turn(build.user(), OPENED, build.client_call("pick"))
    other = turn(build.user(), build.client_call("pick"), index=1)
    assert open_workflows(asked, other, turn(build.message("Red."), request=OUTPUT, index=2)) == []


def test_a_workflow_that_nobody_waited_with_is_told_of_once() -> None:
    asked = turn(build.user(), OPENED, build.message("Well."))
    (told,) = open_workflows(asked, turn(build.message("Red."), request=OUTPUT, index=1))
    assert told.startswith("turn 1 began")


def test_what_waits_beside_a_workflow_is_told_of_once() -> None:
    asked = turn(build.user(), BEGUN, build.client_call("pick"))
    held = transcript(asked, turn(build.message("Red."), request=OUTPUT, index=1), server="catalogue")
    told = [each.evidence["turn"] for each in run.check(held, build.scenario(2)) if each.rule == RULE]
    assert told == [0]


def test_a_turn_that_was_cut_short_says_nothing_of_its_items() -> None:
    assert not unfinished(BEGUN, end="cut")
