from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from tests.reports import sample

from chatkit_harness.core import events
from chatkit_harness.core.nouns import Cell, Outcome
from chatkit_harness.reports import listener
from chatkit_harness.reports.estimate import Estimate, clock_words


class Clock:
    """A clock that only goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def drive(console: Console) -> None:
    cells, cases = sample.matrix()
    with listener(console) as tell:
        tell(events.RunPlanned(cells=len(cells), cases=len(cases)))
        for cell in cells:
            tell(events.CellStarted(cell_id=cell.id))
            tell(events.CellResolved(cell=cell))
            tell(events.CellBuilt(cell_id=cell.id, seconds=0.5, reused=False))
            for case in cases:
                if case.cell == cell.id:
                    tell(events.CaseFinished(case=case))
            tell(events.CellFinished(cell_id=cell.id, seconds=4.12))
        tell(events.Note(text="a [note]\x1b"))
        tell(events.RunFinished(seconds=33.0))


def test_without_a_terminal_progress_is_one_line_a_cell() -> None:
    stream = StringIO()
    drive(Console(file=stream, width=40))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "8 cells, 64 cases"
    assert lines[2] == "[2/8] chatkit 1.2.0 agents 0.5.1 py3.12 today: 8 fail (4.1 s)"
    assert lines[-2:] == ["a [note]\N{REPLACEMENT CHARACTER}", "done in 33.0 s: 64 cases, 16 failing"]


def test_progress_says_why_a_cell_has_no_pins() -> None:
    stream = StringIO()
    with listener(Console(file=stream)) as tell:
        cell = sample.cell(unresolvable="nothing fits")
        tell(events.CellResolved(cell=cell))
        tell(events.CaseFinished(case=sample.case(cell, outcome="unresolvable")))
        tell(events.CellFinished(cell_id=cell.id, seconds=0.1))
    assert stream.getvalue().strip().endswith("1 unresolvable (nothing fits) (0.1 s)")


def test_on_a_terminal_progress_is_a_live_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = StringIO()
    drive(Console(file=stream, width=140, force_terminal=True, color_system=None))
    assert "8/8 cells, 64/64 cases, 16 failing" in stream.getvalue()
    assert "left" in stream.getvalue()


def test_progress_tells_two_pythons_of_one_minor_apart() -> None:
    stream = StringIO()
    cells, _ = sample.two_pythons()
    with listener(Console(file=stream, width=120)) as tell:
        for cell in cells:
            tell(events.CellResolved(cell=cell))
            tell(events.CellFinished(cell_id=cell.id, seconds=1.0))
    told = [line.partition(": ")[0].split()[-2] for line in stream.getvalue().splitlines()]
    assert told == ["py3.12.1", "py3.12.9"]


def matrix_of(cells: int, clock: Clock, *, seconds: float, kept: int = 0) -> list[str]:
    """The plain lines of a run of so many cells with two cases each, one of three failing."""
    stream = StringIO()
    with listener(Console(file=stream, width=120), clock=clock) as tell:
        tell(events.RunPlanned(cells=cells, cases=cells * 2))
        for n in range(cells):
            cell = sample.cell(agents=f"0.{n}.0")
            clock.now += seconds if n >= kept else 0
            if n < kept:
                keep(tell, cell, "pass", "pass")
            else:
                finish(tell, cell, "fail" if n % 3 == 0 else "pass")
            tell(events.CellFinished(cell_id=cell.id, seconds=seconds if n >= kept else 0.0))
        tell(events.RunFinished(seconds=1.0))
    return stream.getvalue().splitlines()


def finish(tell: events.Listener, cell: Cell, outcome: Outcome) -> None:
    tell(events.CellResolved(cell=cell))
    for name in ("quote-aapl", "two-turns"):
        tell(events.CaseFinished(case=sample.case(cell, name, outcome)))


def keep(tell: events.Listener, cell: Cell, *outcomes: Outcome) -> None:
    tell(events.CellResolved(cell=cell))
    kept = {
        f"{cell.id}/{name}": each for name, each in zip(("quote-aapl", "two-turns"), outcomes, strict=False)
    }
    tell(events.CasesKept(cell_id=cell.id, outcomes=kept))


def test_of_very_many_cells_plain_lines_sum_up() -> None:
    lines = matrix_of(2070, Clock(), seconds=0.3)
    assert 50 < len(lines) < 110
    assert lines[0] == "2,070 cells, 4,140 cases"
    assert lines[50].startswith("[10")
    assert " pass " in lines[50]
    assert lines[-1].endswith("4,140 cases, 1380 failing")
    assert not [line for line in lines if "agents" in line]


def test_a_slow_run_is_heard_of_every_few_cells_and_a_fast_one_hardly_at_all() -> None:
    assert len(matrix_of(100, Clock(), seconds=60)) == 102
    assert len(matrix_of(100, Clock(), seconds=0.01)) == 2


def test_the_time_left_is_right_for_two_thousand_cells() -> None:
    lines = matrix_of(2000, Clock(), seconds=0.3)
    half = next(line for line in lines if " 50%: " in line)
    assert half.startswith("[1000/2000]")
    assert half.endswith("; 5:00 left")


def test_cells_that_a_resumed_run_had_already_say_nothing_of_its_speed() -> None:
    lines = matrix_of(2000, Clock(), seconds=0.3, kept=1500)
    line = next(line for line in lines if " 95%: " in line)
    assert line.endswith("; 0:30 left")


def test_what_a_resumed_run_keeps_counts_as_done_and_is_told() -> None:
    stream = StringIO()
    with listener(Console(file=stream, width=120)) as tell:
        one, other = sample.cell(), sample.cell(agents="0.6.0")
        tell(events.RunPlanned(cells=2, cases=4))
        keep(tell, one, "pass", "fail")
        tell(events.CellFinished(cell_id=one.id, seconds=0.0))
        keep(tell, other, "pass")
        tell(events.CaseFinished(case=sample.case(other, "two-turns", "fail")))
        tell(events.CellFinished(cell_id=other.id, seconds=2.0))
        tell(events.RunFinished(seconds=2.5))
    lines = stream.getvalue().splitlines()
    assert [line.partition(": ")[2] for line in lines[1:3]] == ["2 kept (0.0 s)", "1 fail, 1 kept (2.0 s)"]
    assert lines[-1] == "done in 2.5 s: 4 cases (3 kept), 2 failing"


def test_the_bar_of_a_resumed_run_begins_at_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = StringIO()
    with listener(Console(file=stream, width=140, force_terminal=True, color_system=None)) as tell:
        tell(events.RunPlanned(cells=4, cases=8))
        for n in range(3):
            keep(tell, sample.cell(agents=f"0.{n}.0"), "pass", "fail")
            tell(events.CellFinished(cell_id=sample.cell(agents=f"0.{n}.0").id, seconds=0.0))
    last = [line for line in stream.getvalue().splitlines() if "cells, " in line][-1]
    assert "3/4 cells, 6/8 cases (6 kept), 3 failing" in last
    assert last.count("\N{BOX DRAWINGS HEAVY HORIZONTAL}") == 12  # of 16


def test_what_is_confirmed_afterwards_is_not_counted_twice() -> None:
    stream = StringIO()
    with listener(Console(file=stream, width=120)) as tell:
        cell = sample.cell()
        tell(events.RunPlanned(cells=1, cases=2))
        for _ in range(2):
            finish(tell, cell, "fail")
            tell(events.CellFinished(cell_id=cell.id, seconds=0.5))
        tell(events.RunFinished(seconds=1.0))
    assert stream.getvalue().splitlines()[-1] == "done in 1.0 s: 2 cases, 2 failing"
    assert "[1/1]" in stream.getvalue()
    assert "[2/" not in stream.getvalue()


def test_what_is_driven_again_after_the_end_is_told_as_that() -> None:
    stream, clock = StringIO(), Clock()
    with listener(Console(file=stream, width=120), clock=clock) as tell:
        tell(events.RunPlanned(cells=30, cases=60))
        for round_ in range(2):
            for n in range(30 if round_ == 0 else 2):
                clock.now += 20
                finish(tell, sample.cell(agents=f"0.{n}.0"), "fail")
                tell(events.CellFinished(cell_id=sample.cell(agents=f"0.{n}.0").id, seconds=1.0))
    assert stream.getvalue().splitlines()[-3:] == [
        "[30/30] 100%: 60 fail",
        "[30/30] driven again: 2 cases",
        "[30/30] driven again: 4 cases",
    ]


def test_an_estimate_looks_at_how_fast_it_went_of_late() -> None:
    clock = Clock()
    estimate = Estimate(clock)
    estimate.heard(0)
    assert estimate.seconds(10) is None
    for n in range(1, 101):  # slow at first: one in ten seconds
        clock.now += 10
        estimate.heard(n)
    assert estimate.seconds(10) == pytest.approx(100)
    for n in range(101, 11101):  # then ten a second, in bursts of a hundred
        clock.now += 10 * (n % 100 == 0)
        estimate.heard(n)
    assert estimate.seconds(600) == pytest.approx(60, rel=0.2)


def test_an_estimate_goes_on_while_nothing_is_heard() -> None:
    clock = Clock()
    estimate = Estimate(clock)
    for n in range(11):
        estimate.heard(n)
        clock.now += 1
    before = estimate.seconds(10)
    clock.now += 10
    assert before == pytest.approx(11)
    assert estimate.seconds(10) == pytest.approx(21)
    clock.now += 3600
    assert estimate.seconds(10) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "-:--"), (0.4, "0:00"), (65, "1:05"), (3723, "1:02:03")]
)
def test_times_are_told_as_a_clock_does(seconds: float | None, words: str) -> None:
    assert clock_words(seconds) == words
