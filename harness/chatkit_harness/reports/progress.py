"""Listens to a run: a live bar on a terminal, one plain line a cell everywhere else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from chatkit_harness.core.events import (
    CaseFinished,
    CellBuilt,
    CellFinished,
    CellResolved,
    CellStarted,
    Event,
    Listener,
    Note,
    RunFinished,
    RunPlanned,
)
from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.text import cell_words, clean, clip, count
from chatkit_harness.reports.view import outcome_counts
from chatkit_harness.results import summary


@contextmanager
def listener(console: Console) -> Iterator[Listener]:
    """The listener that suits a console, shown for as long as the block lasts."""
    if not console.is_terminal or os.environ.get("CI"):
        yield _Lines(console)
        return
    with _bar(console) as progress:
        yield _Live(progress)


class _Tally:
    """What has been heard so far; both listeners keep one. Its methods expect the lock to be held."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.planned = RunPlanned(cells=0, cases=0)
        self.cells: dict[str, Cell] = {}
        self.cases: dict[str, list[CaseFinished]] = {}
        self.finished = 0
        self.failing = 0
        self.done = 0

    def hear(self, event: Event) -> None:
        if isinstance(event, RunPlanned):
            self.planned = event
        elif isinstance(event, CellResolved):
            self.cells[event.cell.id] = event.cell
        elif isinstance(event, CaseFinished):
            self.cases.setdefault(event.case.cell, []).append(event)
            self.done += 1
            self.failing += event.case.outcome == "fail"
        elif isinstance(event, CellFinished):
            self.finished += 1

    def words(self, cell_id: str) -> str:
        cell = self.cells.get(cell_id)
        return cell_words(cell) if cell else clean(cell_id)

    def outcome(self, cell_id: str) -> str:
        """A finished cell in few words: its counts, or why it has no cases worth counting."""
        told = outcome_counts(summary(event.case for event in self.cases.pop(cell_id, [])))
        cell = self.cells.get(cell_id)
        reason = cell and (cell.unresolvable or cell.unavailable)
        return f"{told} ({clip(reason, 160)})" if reason else told


class _Lines:
    """One plain line a cell, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tally = _Tally()

    def __call__(self, event: Event) -> None:
        tally = self._tally
        with tally.lock:
            tally.hear(event)
            line = self._line(event)
            if line:
                self._console.print(Text(line), soft_wrap=True, highlight=False)

    def _line(self, event: Event) -> str | None:
        tally = self._tally
        if isinstance(event, RunPlanned):
            return f"{count(event.cells, 'cell')}, {count(event.cases, 'case')}"
        if isinstance(event, CellFinished):
            where = f"[{tally.finished}/{max(tally.planned.cells, tally.finished)}]"
            cell_id = event.cell_id
            return f"{where} {tally.words(cell_id)}: {tally.outcome(cell_id)} ({event.seconds:.1f} s)"
        if isinstance(event, Note):
            return clean(event.text)
        if isinstance(event, RunFinished):
            how = "interrupted after" if event.interrupted else "done in"
            return f"{how} {event.seconds:.1f} s: {count(tally.done, 'case')}, {tally.failing} failing"
        return None


class _Live:
    """A bar over all cases, with what is going on, the failures so far and the time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tally = _Tally()
        self._task: TaskID = progress.add_task("planning", total=None, told="")

    def __call__(self, event: Event) -> None:
        tally = self._tally
        with tally.lock:
            tally.hear(event)
            if isinstance(event, Note):
                self._progress.console.print(Text(clean(event.text)))
            cells = f"{tally.finished}/{tally.planned.cells} cells, {tally.done}/{tally.planned.cases} cases"
            self._progress.update(
                self._task,
                total=tally.planned.cases or None,
                completed=tally.done,
                told=f"{cells}, {tally.failing} failing",
            )
            doing = self._doing(event)
            if doing:
                self._progress.update(self._task, description=doing)
            if isinstance(event, CellFinished):
                tally.cases.pop(event.cell_id, None)

    def _doing(self, event: Event) -> str | None:
        tally = self._tally
        if isinstance(event, CellStarted):
            return f"resolving {tally.words(event.cell_id)}"
        if isinstance(event, CellResolved):
            return f"building {tally.words(event.cell.id)}"
        if isinstance(event, CellBuilt):
            return f"driving {tally.words(event.cell_id)}"
        if isinstance(event, CaseFinished):
            return f"driving {tally.words(event.case.cell)}"
        return None


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
        # Cases come in bursts, cell by cell: the estimate looks back over the whole run.
        TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True, min_width=5)),
        TextColumn("left", markup=False),
        # What is going on gives way first where the terminal is narrow.
        TextColumn(
            "{task.description}",
            markup=False,
            style="dim",
            table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
        ),
        console=console,
        transient=True,
        expand=True,
        speed_estimate_period=3600,
    )
