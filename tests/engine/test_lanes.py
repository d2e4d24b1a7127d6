"""Cases of one cell side by side: how many processes, and what they take; real ones are in test_catalogue."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.core.data import data_folder
from chatkit_harness.engine.cases import PlannedCase
from chatkit_harness.engine.lanes import CASES_A_LANE, CASES_TO_SPARE, Later, Room, drive_in_lanes
from chatkit_harness.engine.targets import CATALOGUE, REFERENCE, Target, own_store
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.load import load_scenario

HELLO = load_scenario(data_folder("scenarios") / "catalogue" / "text-plain.yaml")
MANY = 2 * CASES_A_LANE


def cases(count: int, target: Target = CATALOGUE) -> list[PlannedCase]:
    return [
        PlannedCase(scenario=replace(HELLO, id=f"case-{number}"), path="native", target=target)
        for number in range(count)
    ]


def lanes_of(planned: list[PlannedCase], room: int, spare: int = 0) -> dict[str, list[str]]:
    """Which lane took what; no lane takes anything before all that there are have begun."""
    found: dict[str, list[str]] = {}
    begun = threading.Event()

    def lane(taken: Iterator[PlannedCase], name: str, _later: Later) -> None:
        found[name] = []
        begun.wait(0.05)
        found[name] += [case.scenario.id for case in taken]

    drive_in_lanes(planned, Room(lanes=room, spare=spare), lane)
    return found


def test_many_cases_are_shared_and_each_is_taken_once() -> None:
    found = lanes_of(cases(MANY), 2)
    assert set(found) == {"", ".2"}
    assert sorted(found[""] + found[".2"]) == sorted(case.scenario.id for case in cases(MANY))


@pytest.mark.parametrize(("count", "room"), [(MANY - 1, 2), (MANY, 1), (1, 8)])
def test_few_cases_or_no_room_are_one_process(count: int, room: int) -> None:
    assert set(lanes_of(cases(count), room)) == {""}


@pytest.mark.parametrize(
    ("count", "room", "lanes"),
    [(CASES_TO_SPARE, 2, 3), (CASES_TO_SPARE - 1, 2, 2), (CASES_TO_SPARE, 1, 1)],
)
def test_of_very_many_cases_enough_wait_for_one_process_more(count: int, room: int, lanes: int) -> None:
    assert len(lanes_of(cases(count), room, spare=1)) == lanes


def test_what_is_the_users_own_has_its_process_to_itself() -> None:
    assert set(lanes_of(cases(MANY, Target(name="mine", kind="server", module="mine")), 2)) == {""}


def test_what_is_stored_outside_the_process_is_driven_by_one() -> None:
    stored = [replace(case, store=own_store("sqlite")) for case in cases(MANY, REFERENCE)]
    assert set(lanes_of(stored, 2)) == {""}


def test_a_lane_that_raises_ends_the_others() -> None:
    taken_on: list[str] = []
    failed = threading.Event()

    def lane(taken: Iterator[PlannedCase], name: str, _later: Later) -> None:
        if name:
            failed.set()
            raise OSError("no space left")
        failed.wait(5)
        for case in taken:
            threading.Event().wait(0.02)
            taken_on.append(case.scenario.id)

    with pytest.raises(OSError, match="no space left"):
        drive_in_lanes(cases(MANY), Room(lanes=2), lane)
    assert len(taken_on) < MANY


def test_in_several_lanes_a_case_is_judged_while_the_next_one_runs_and_none_is_left() -> None:
    judged: list[str] = []
    next_one = threading.Event()

    def lane(taken: Iterator[PlannedCase], name: str, later: Later) -> None:
        for number, case in enumerate(taken):
            if number == 1:
                next_one.set()

            def judge(case: PlannedCase = case) -> None:
                assert next_one.wait(5), name
                judged.append(case.scenario.id)

            later(judge)

    drive_in_lanes(cases(MANY), Room(lanes=2), lane)
    assert sorted(judged) == sorted(case.scenario.id for case in cases(MANY))


def test_in_one_lane_nothing_is_done_beside_the_next_case() -> None:
    order: list[str] = []

    def lane(taken: Iterator[PlannedCase], _name: str, later: Later) -> None:
        for _ in taken:
            order.append("driven")
            later(lambda: order.append("judged"))

    drive_in_lanes(cases(2), Room(lanes=1), lane)
    assert order == ["driven", "judged"] * 2


def test_what_a_judge_raises_ends_the_lanes_and_is_raised() -> None:
    driven: list[str] = []

    def full() -> None:
        raise OSError("no space left")

    def lane(taken: Iterator[PlannedCase], _name: str, later: Later) -> None:
        for case in taken:
            driven.append(case.scenario.id)
            later(full)

    with pytest.raises(OSError, match="no space left"):
        drive_in_lanes(cases(MANY), Room(lanes=2), lane)
    assert len(driven) <= 4


def test_what_the_last_judge_of_a_lane_raises_is_raised() -> None:
    def full() -> None:
        raise OSError("no space left")

    def lane(taken: Iterator[PlannedCase], name: str, later: Later) -> None:
        for _ in taken:
            pass
        if name:
            later(full)

    with pytest.raises(OSError, match="no space left"):
        drive_in_lanes(cases(MANY), Room(lanes=2), lane)


def test_where_a_lane_raises_what_is_being_judged_is_judged_to_its_end() -> None:
    judging, judged = threading.Event(), threading.Event()

    def judge() -> None:
        judging.set()
        threading.Event().wait(0.2)
        judged.set()

    def lane(taken: Iterator[PlannedCase], name: str, later: Later) -> None:
        if not name:
            next(taken)
            later(judge)
            assert judging.wait(5)
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        drive_in_lanes(cases(MANY), Room(lanes=2), lane)
    assert judged.is_set()


@pytest.mark.slow
@pytest.mark.cells
def test_where_no_second_process_can_start_one_drives_them_all(tmp_path: Path) -> None:
    cell = "chatkit-1.6.5+agents-0.24.0+py3.11+contemporary"
    (tmp_path / "run" / "workers" / f"{cell}.2.log").mkdir(parents=True)  # where its log is to be
    words = ["--pair", "1.6.5:0.24.0", "--python", "3.11", "--resolution", "contemporary", "--path", "native"]
    many = ("tool*", "mixed-*", "text*", "widget-*")
    words += [word for names in many for word in ("--scenario", names)]
    cache = os.environ.get("CHATKIT_HARNESS_CACHE") or tmp_path / "cache"
    said = call("run", *words, "--cache", cache, "--confirm", "none", "-j", "2", "--out", tmp_path / "run")
    assert said.status in (0, 1), said.err
    cases = read_results(tmp_path / "run").cases
    assert len(cases) >= MANY
    assert {case.outcome for case in cases} <= {"pass", "fail", "skipped"}
    assert "goes on with one process" in (tmp_path / "run" / "run.log").read_text()
