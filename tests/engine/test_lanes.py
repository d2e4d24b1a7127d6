"""Cases of one cell side by side: how many processes, and what they take; real ones are in test_catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatkit_harness.core.data import data_folder
from chatkit_harness.engine.cases import PlannedCase
from chatkit_harness.engine.lanes import CASES_A_LANE, drive_in_lanes
from chatkit_harness.engine.targets import CATALOGUE, REFERENCE, Target, own_store
from chatkit_harness.scenarios.load import load_scenario

HELLO = load_scenario(data_folder("scenarios") / "catalogue" / "text-plain.yaml")
MANY = 2 * CASES_A_LANE


def cases(count: int, target: Target = CATALOGUE) -> list[PlannedCase]:
    return [
        PlannedCase(scenario=replace(HELLO, id=f"case-{number}"), path="native", target=target)
        for number in range(count)
    ]


def lanes_of(planned: list[PlannedCase], room: int) -> dict[str, list[str]]:
    """Which lane took what; no lane takes anything before all that there are have begun."""
    found: dict[str, list[str]] = {}
    begun = threading.Event()

    def lane(taken: Iterator[PlannedCase], name: str) -> None:
        found[name] = []
        begun.wait(0.05)
        found[name] += [case.scenario.id for case in taken]

    drive_in_lanes(planned, room, lane)
    return found


def test_many_cases_are_shared_and_each_is_taken_once() -> None:
    found = lanes_of(cases(MANY), 2)
    assert set(found) == {"", ".2"}
    assert sorted(found[""] + found[".2"]) == sorted(case.scenario.id for case in cases(MANY))


@pytest.mark.parametrize(("count", "room"), [(MANY - 1, 2), (MANY, 1), (1, 8)])
def test_few_cases_or_no_room_are_one_process(count: int, room: int) -> None:
    assert set(lanes_of(cases(count), room)) == {""}


def test_what_is_the_users_own_has_its_process_to_itself() -> None:
    assert set(lanes_of(cases(MANY, Target(name="mine", kind="server", module="mine")), 2)) == {""}


def test_what_is_stored_outside_the_process_is_driven_by_one() -> None:
    stored = [replace(case, store=own_store("sqlite")) for case in cases(MANY, REFERENCE)]
    assert set(lanes_of(stored, 2)) == {""}


def test_a_lane_that_raises_ends_the_others() -> None:
    taken_on: list[str] = []
    failed = threading.Event()

    def lane(taken: Iterator[PlannedCase], name: str) -> None:
        if name:
            failed.set()
            raise OSError("no space left")
        failed.wait(5)
        for case in taken:
            threading.Event().wait(0.02)
            taken_on.append(case.scenario.id)

    with pytest.raises(OSError, match="no space left"):
        drive_in_lanes(cases(MANY), 2, lane)
    assert len(taken_on) < MANY
