"""What is found of a turn that the client leaves, and of widgets that nobody saw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import leaving
from chatkit_harness.checks.kinds import kinds_of_event
from chatkit_harness.core.scenario import LeavePlan, Scenario, TurnPlan
from chatkit_harness.core.transcript import Authored, Frame, Ran, Standing, Streamed, Transcript, Turn
from chatkit_harness.incell import leaving as incell

LEAVES = TurnPlan(user="What's AAPL trading at?", leaves=LeavePlan(after="chatkit.event/progress_update"))
SCENARIO = replace(build.scenario(), turns=(LEAVES,))


def left(**fields: Any) -> Turn:
    return build.turn(build.user(), end="left", left_at_ms=50.0, ended_at_ms=350.0, **fields)


def found(transcript: Transcript, scenario: Scenario = SCENARIO) -> list[str]:
    return [each.key for each in leaving.check(transcript, scenario)]


def test_a_server_that_lets_its_user_go_has_no_finding() -> None:
    before = (build.exchange(at_ms=20.0),)
    ran = (Ran(at_ms=30.0, turn=0, tool="look_up"),)
    assert found(build.transcript(left(), exchanges=before, ran=ran)) == []


def test_a_model_that_is_asked_for_nobody_is_told() -> None:
    later = (build.exchange(at_ms=20.0), build.exchange(at_ms=160.0))
    assert found(build.transcript(left(), exchanges=later)) == ["run/asked-after-leaving"]
    of_next_turn = (build.exchange(at_ms=20.0), build.exchange(at_ms=400.0))
    assert found(build.transcript(left(), exchanges=of_next_turn)) == []


def test_what_had_begun_to_begin_is_excused() -> None:
    soon = build.exchange(at_ms=50.0 + leaving.GRACE_MS)
    assert found(build.transcript(left(), exchanges=(soon,))) == []


def test_a_model_that_is_waited_for_by_nobody_is_told() -> None:
    open_still = build.exchange(at_ms=20.0, ended_at_ms=None)
    assert found(build.transcript(left(), exchanges=(open_still,))) == ["run/model-left-open"]
    closed_late = build.exchange(at_ms=20.0, ended_at_ms=400.0)
    assert found(build.transcript(left(), exchanges=(closed_late,))) == ["run/model-left-open"]
    closed = build.exchange(at_ms=20.0, ended_at_ms=60.0)
    assert found(build.transcript(left(), exchanges=(closed,))) == []


def test_a_tool_that_begins_for_nobody_is_told_by_name() -> None:
    ran = (Ran(at_ms=170.0, turn=0, tool="reckon"),)
    assert found(build.transcript(left(), ran=ran)) == ["run/tool-after-leaving reckon"]


def test_a_tool_that_begins_twice_for_nobody_is_one_finding() -> None:
    ran = tuple(Ran(at_ms=at, turn=0, tool="reckon") for at in (170.0, 190.0))
    (finding,) = leaving.check(build.transcript(left(), ran=ran), SCENARIO)
    assert finding.message == "turn 1: the tool reckon began 120 ms after the client had gone away"


def ended(at_ms: float, tool: str = "look_up") -> Ran:
    return Ran(at_ms=at_ms, turn=0, tool=tool, ended=True)


def test_a_tool_that_goes_on_to_its_end_for_nobody_is_told_by_name() -> None:
    ran = (Ran(at_ms=30.0, turn=0, tool="look_up"), ended(150.0))
    (finding,) = leaving.check(build.transcript(left(), ran=ran), SCENARIO)
    assert finding.key == "run/tool-after-leaving look_up"
    assert finding.message == (
        "turn 1: the tool look_up went on to its end, 100 ms after the client had gone away"
    )


@pytest.mark.parametrize("at_ms", [40.0, 50.0 + leaving.GRACE_MS, 360.0])
def test_a_tool_that_ends_in_time_or_after_the_watch_is_excused(at_ms: float) -> None:
    ran = (Ran(at_ms=30.0, turn=0, tool="look_up"), ended(at_ms))
    assert found(build.transcript(left(), ran=ran)) == []


def test_of_a_tool_that_begins_and_ends_for_nobody_it_is_told_that_it_began() -> None:
    ran = (ended(160.0, "reckon"), Ran(at_ms=170.0, turn=0, tool="reckon"), ended(190.0, "reckon"))
    (finding,) = leaving.check(build.transcript(left(), ran=ran), SCENARIO)
    assert finding.message == "turn 1: the tool reckon began 120 ms after the client had gone away"


def test_a_tool_that_ends_for_nobody_is_no_excuse_for_another() -> None:
    ran = (ended(160.0), Ran(at_ms=170.0, turn=0, tool="reckon"))
    keys = found(build.transcript(left(), ran=ran))
    assert sorted(keys) == ["run/tool-after-leaving look_up", "run/tool-after-leaving reckon"]


def test_a_client_that_could_not_leave_is_told() -> None:
    stayed = build.transcript(build.turn(build.user(), build.message("Done.")))
    assert found(stayed) == ["run/stayed chatkit.event/progress_update"]


def drawn(*events: Any, widgets: int = 1, refused: bool = False, **fields: Any) -> list[str]:
    authored = tuple(Authored(at_ms=12.0, turn=0, widget=build.CARD, refused=refused) for _ in range(widgets))
    turn = build.turn(build.user(), *events, build.message("Here it is."))
    return found(build.transcript(turn, authored=authored, **fields), build.scenario())


def test_a_widget_that_never_came_out_is_told() -> None:
    assert drawn(build.widget(build.CARD)) == []
    assert drawn() == ["run/widget-lost"]
    assert drawn(build.widget(build.CARD), widgets=2) == ["run/widget-lost"]


def test_a_widget_that_a_tool_handed_over_is_missed_without_its_authors_help() -> None:
    streamed = (Streamed(at_ms=12.0, turn=0), Streamed(at_ms=13.0, turn=0), Streamed(at_ms=14.0, turn=1))
    assert drawn(build.widget(build.CARD), widgets=0, streamed=streamed) == ["run/widget-lost"]
    assert drawn(build.widget(build.CARD), widgets=0, streamed=streamed[1:]) == []
    assert drawn(build.widget(build.CARD), widgets=1, streamed=streamed[1:]) == [], "one widget, told twice"


def test_a_widget_that_the_release_refused_to_build_is_not_lost() -> None:
    assert drawn(refused=True) == []


def test_another_tool_that_fails_is_no_excuse() -> None:
    said = "An error occurred while running the tool. Please try again. Error: no"
    asked = build.exchange(build.asked("show_market_news", "{}", said))
    assert drawn(exchanges=(asked,)) == ["run/widget-lost"]


def test_cell_and_host_read_the_same_kinds_of_an_event() -> None:
    for event in (build.message("x"), build.error("x"), *build.streamed("ab", "a", "b")):
        assert set(incell.kinds_of_event(event)) <= set(kinds_of_event(event))


def test_a_widget_that_was_taken_away_again_came_out() -> None:
    removed = {"type": "thread.item.removed", "item_id": "w"}
    assert drawn(build.widget(build.CARD, identity="w"), removed) == []


WAITS = (
    Frame(file="agents/run.py", function="run_loop", line=2902),
    Frame(file="agents/result.py", function="_wait_for_events", line=998),
    Frame(file="asyncio/tasks.py", function="wait", line=428),
)


def standing(*, collected: bool = False, turn: int = 0) -> Standing:
    return Standing(at_ms=900.0, turn=turn, task="guarded", collected=collected, frames=WAITS)


def test_a_run_that_stands_for_somebody_who_has_gone_is_told_with_its_place() -> None:
    (finding,) = leaving.check(build.transcript(left(), standing=(standing(),)), SCENARIO)
    assert (finding.severity, finding.key) == ("error", "run/task-left guarded")
    assert "for a user who has gone, in _wait_for_events (agents/result.py, line 998)" in finding.message
    assert finding.evidence["tasks"]["guarded"][0] == "agents/run.py:2902 run_loop"


def test_a_run_that_only_the_garbage_collector_ends_is_a_warning() -> None:
    (finding,) = leaving.check(build.transcript(left(), standing=(standing(collected=True),)), SCENARIO)
    assert finding.severity == "warning"
    assert finding.message.endswith("only the garbage collector ends it")


def test_a_run_that_stands_though_nobody_left_is_a_warning() -> None:
    held = build.transcript(build.turn(build.user(), build.message("Up")), standing=(standing(),))
    (finding,) = leaving.check(held, build.scenario())
    assert (finding.severity, finding.rule) == ("warning", "run/task-left")


def test_the_tasks_of_a_run_are_one_finding_which_says_where_the_last_of_them_waits() -> None:
    tool = replace(standing(), task="invoke", frames=(replace(WAITS[1], function="on_invoke_tool"),))
    (finding,) = leaving.check(build.transcript(left(), standing=(standing(), tool)), SCENARIO)
    assert finding.key == "run/task-left guarded"
    assert "in on_invoke_tool (" in finding.message
    assert [*finding.evidence["tasks"]] == ["guarded", "invoke"]


def test_of_tasks_that_stand_and_such_as_are_garbage_the_former_count() -> None:
    both = (replace(standing(collected=True), task="garbage"), standing())
    (finding,) = leaving.check(build.transcript(left(), standing=both), SCENARIO)
    assert (finding.severity, list(finding.evidence["tasks"])) == ("error", ["guarded"])


def test_a_run_that_stands_since_the_model_is_waited_for_is_told_once() -> None:
    open_still = build.exchange(at_ms=20.0, ended_at_ms=None)
    held = build.transcript(left(), exchanges=(open_still,), standing=(standing(),))
    assert found(held) == ["run/model-left-open"]


def test_a_task_of_another_turn_is_not_told_of_this_one() -> None:
    assert found(build.transcript(left(), standing=(standing(turn=3),))) == []
