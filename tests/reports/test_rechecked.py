"""What a recheck found otherwise, in lines that fit a screen."""

from __future__ import annotations

from dataclasses import replace

from tests.reports import sample

from chatkit_harness.reports.rechecked import rechecked_lines
from chatkit_harness.results import Rechecked, Results, RunFooter


def rechecked(scenarios: int, cells: int) -> Results:
    """A run that was judged again, after which every case of these fails newly."""
    where = [sample.cell(agents=f"0.{number}.0") for number in range(cells)]
    cases = [
        sample.case(cell, f"s{number}", "fail", findings=(sample.finding(),))
        for number in range(scenarios)
        for cell in where
    ]
    changed = Rechecked(failed_before=0, failed_now=len(cases), new_failures=tuple(case.id for case in cases))
    footer = RunFooter(finished=sample.HEADER.started, rechecked=changed)
    return replace(sample.results(), cells=tuple(where), cases=tuple(cases), footer=footer)


def test_many_cells_of_a_scenario_are_one_line() -> None:
    sums, line = rechecked_lines(rechecked(1, 450))
    assert sums == "Judged again: 0 cases failed before, 450 now: 450 newly."
    assert line.startswith("  new: s0 (run/error) in 450 cells: chatkit 1.2.0 agents 0.0.0")
    assert line.endswith(" and 447 more")


def test_of_many_scenarios_the_rest_is_counted() -> None:
    told = list(rechecked_lines(rechecked(14, 3)))
    assert len(told) == 12
    assert told[-1] == "  new: 12 cases more of 4 scenarios"


def test_a_run_that_was_driven_has_no_such_lines() -> None:
    assert not list(rechecked_lines(sample.results()))
