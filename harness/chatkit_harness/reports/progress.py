"""Listens to a run: a live bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from chatkit_harness.core.events import (
    CaseFinished,
    CasesKept,
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
from chatkit_harness.core.nouns import Outcome
from chatkit_harness.reports.estimate import Estimate, clock_words
from chatkit_harness.reports.matrix import MANY_CELLS
from chatkit_harness.reports.text import cell_words, clean, clip, count
from chatkit_harness.reports.view import outcome_counts
from chatkit_harness.results import summary

_OFTEN_S = 2.0
_SELDOM_S = 15.0
"""Of many cells a plain line comes at most and at least so often, as long as there is something to tell."""


@contextmanager
def listener(console: Console, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Listener]:
    """The listener that suits a console, shown for as long as the block lasts; `clock` gives seconds."""
    if not console.is_terminal or os.environ.get("CI"):
        yield _Lines(console, clock)
        return
    tally = _Tally(clock)
    with _bar(console, tally) as progress:
        yield _Live(progress, tally)


class _Tally:
    """What has been heard so far; both listeners keep one. Its methods expect the lock to be held.

    A case or a cell that is told of again (confirmed, or begun anew after a loss) is counted once. What a
    resumed run keeps counts as done from the moment that this is known; neither that nor a cell that took no
    time (it has no pins) says anything of how fast it goes.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.lock = threading.RLock()
        self.planned = RunPlanned(cells=0, cases=0)
        self._names: dict[str, str] = {}
        self._reasons: dict[str, str | None] = {}
        self.cases: dict[str, list[CaseFinished]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.counts: Counter[str] = Counter()
        self._finished: set[str] = set()
        self.again = 0
        self.kept = 0
        self._open: Counter[str] = Counter()
        """Cases that are done, of each cell that is not."""
        self._kept_of: dict[str, int] = {}
        self._given = 0.0
        """How much of what is done cost no time."""
        self._estimate = Estimate(clock)

    def hear(self, event: Event) -> None:
        if isinstance(event, RunPlanned):
            self.planned = event
        elif isinstance(event, CellResolved):
            cell = event.cell
            self._names[cell.id] = cell_words(cell)
            self._reasons[cell.id] = cell.unresolvable or cell.unavailable
        elif isinstance(event, CasesKept):
            self._keep(event)
        elif isinstance(event, CellFinished):
            if event.cell_id not in self._finished and not event.seconds:
                self._given += self._per_cell - self._kept_of.get(event.cell_id, 0)
            self._finished.add(event.cell_id)
            self._open.pop(event.cell_id, None)
        elif isinstance(event, CaseFinished):
            self._case(event)
        if isinstance(event, CellStarted | CasesKept | CaseFinished | CellFinished):
            self._estimate.heard(self.units - self._given)

    def _keep(self, event: CasesKept) -> None:
        number = len(event.outcomes)
        self._kept_of[event.cell_id] = number
        self.outcomes.update(event.outcomes)
        self.counts.update(event.outcomes.values())
        self._open[event.cell_id] += number
        self._given += number
        self.kept += number

    def _case(self, event: CaseFinished) -> None:
        case = event.case
        self.cases.setdefault(case.cell, []).append(event)
        before = self.outcomes.get(case.id)
        if before is not None:
            self.counts[before] -= 1
            self.again += 1
        self.outcomes[case.id] = case.outcome
        self.counts[case.outcome] += 1
        if case.cell not in self._finished:
            self._open[case.cell] += 1

    def forget(self, event: Event) -> None:
        """Drop what is known of a cell that is finished and told of."""
        if isinstance(event, CellFinished):
            self.cases.pop(event.cell_id, None)
            self._reasons.pop(event.cell_id, None)
            self._kept_of.pop(event.cell_id, None)

    @property
    def finished(self) -> int:
        """Cells that are done."""
        return len(self._finished)

    @property
    def done(self) -> int:
        """Cases that have their outcome."""
        return len(self.outcomes)

    @property
    def units(self) -> float:
        """How much of the plan is done, in cases: a cell counts whole, whatever it had to be driven for."""
        return min(self.finished * self._per_cell + self._open.total(), self.planned.cases)

    def left(self) -> str:
        """The time left, in words."""
        left = self.planned.cases - self.units
        return clock_words(self._estimate.seconds(left) if self.planned.cases else None)

    @property
    def _per_cell(self) -> float:
        return self.planned.cases / self.planned.cells if self.planned.cells else 0.0

    def words(self, cell_id: str) -> str:
        """A cell as a person would name it."""
        return self._names.get(cell_id) or clean(cell_id)

    def outcome(self, cell_id: str) -> str:
        """A finished cell in few words: its counts, or why it has no cases worth counting."""
        told = outcome_counts(summary(event.case for event in self.cases.get(cell_id, ())))
        kept = self._kept_of.get(cell_id)
        if kept:
            told = f"{told}, {kept} kept" if cell_id in self.cases else f"{kept} kept"
        reason = self._reasons.get(cell_id)
        return f"{told} ({clip(reason, 160)})" if reason else told

    def all_cases(self) -> str:
        """How many cases are done, and how many of them an earlier part of the run did."""
        return count(self.done, "case") + self.of_them_kept()

    def of_them_kept(self) -> str:
        """What follows a number of cases in a run that went on; nothing in any other."""
        return f" ({self.kept:,} kept)" if self.kept else ""


class _Lines:
    """Plain lines, for logs: one a cell, or of many cells one every few seconds that sums up."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._tally = _Tally(clock)
        self._told_at = clock()
        self._told_percent = 0

    def __call__(self, event: Event) -> None:
        tally = self._tally
        with tally.lock:
            tally.hear(event)
            line = self._line(event)
            if line:
                self._console.print(Text(line), soft_wrap=True, highlight=False)
            tally.forget(event)

    def _line(self, event: Event) -> str | None:
        tally = self._tally
        if isinstance(event, RunPlanned):
            return f"{count(event.cells, 'cell')}, {count(event.cases, 'case')}"
        if isinstance(event, CellFinished):
            where = f"[{tally.finished}/{max(tally.planned.cells, tally.finished)}]"
            if tally.planned.cells > MANY_CELLS:
                return self._summed_up(where)
            cell_id = event.cell_id
            return f"{where} {tally.words(cell_id)}: {tally.outcome(cell_id)} ({event.seconds:.1f} s)"
        if isinstance(event, Note):
            return clean(event.text)
        if isinstance(event, RunFinished):
            how = "interrupted after" if event.interrupted else "done in"
            failing = tally.counts["fail"]
            return f"{how} {event.seconds:.1f} s: {tally.all_cases()}, {failing} failing"
        return None

    def _summed_up(self, where: str) -> str | None:
        """All so far in one line, where it is time for one: a further per cent, or long enough silent."""
        tally, now = self._tally, self._clock()
        percent = int(100 * tally.finished / tally.planned.cells)
        silent = now - self._told_at
        if silent < _SELDOM_S and (percent == self._told_percent or silent < _OFTEN_S):
            return None
        done_before, self._told_at, self._told_percent = self._told_percent == 100, now, percent
        if done_before:
            return f"{where} driven again: {count(tally.again, 'case')}"
        left = f"; {tally.left()} left" if percent < 100 else ""
        return f"{where} {percent}%: {outcome_counts(tally.counts)}{tally.of_them_kept()}{left}"


class _Live:
    """A bar over all cases, with what is going on, the failures so far and the time left."""

    def __init__(self, progress: Progress, tally: _Tally) -> None:
        self._progress = progress
        self._tally = tally
        self._task: TaskID = progress.add_task("planning", total=None, told="")

    def __call__(self, event: Event) -> None:
        tally = self._tally
        with tally.lock:
            tally.hear(event)
            if isinstance(event, Note):
                self._progress.console.print(Text(clean(event.text)))
            cells = f"{tally.finished}/{tally.planned.cells} cells, {tally.done}/{tally.planned.cases} cases"
            cells += tally.of_them_kept()
            doing = self._doing(event)
            self._progress.update(
                self._task,
                total=tally.planned.cases or None,
                completed=tally.units,
                description=doing,
                told=f"{cells}, {tally.counts['fail']} failing",
            )
            tally.forget(event)

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


class _Left(ProgressColumn):
    """The time left, which goes on while nothing is heard."""

    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        super().__init__(table_column=Column(no_wrap=True, min_width=9))

    def render(self, task: Task) -> Text:
        """Draw it."""
        del task
        with self._tally.lock:
            return Text(f"{self._tally.left()} left", style="progress.remaining")


def _bar(console: Console, tally: _Tally) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
        _Left(tally),
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
    )
