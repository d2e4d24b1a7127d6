"""Collects what the cells of a run find and writes it down at once; knows the whole for the footer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from chatkit_harness.causes import Roots
from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import OUTCOMES, CaseResult, Cause, Cell, Outcome
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import ResultsWriter, RunFooter


class Recorder:
    """Safe to call from every cell's thread. It keeps what causes need, and not every case."""

    def __init__(
        self,
        writer: ResultsWriter,
        listener: events.Listener,
        complaints: Iterable[Mapping[str, str]] = (),
        *,
        started: str | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self._writer = writer
        self.tell = listener
        self._complaints = list(complaints)
        self._cells: dict[str, Cell] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._confirmed: set[str] = set()
        self._roots = Roots(started=started, options=options)
        self._lock = threading.Lock()

    def know(self, cells: Iterable[Cell], cases: Iterable[CaseResult]) -> None:
        """What the run's file holds already and still believes."""
        with self._lock:
            self._cells.update((cell.id, cell) for cell in cells)
            for case in cases:
                self._keep(case)

    def cell(self, cell: Cell) -> None:
        """A cell has its environment, or its reason for having none."""
        with self._lock:
            self._cells[cell.id] = cell
        self._writer.cell(cell)

    def transcript(self, transcript: Transcript) -> str:
        """Store a transcript; its digest."""
        return self._writer.transcript(transcript)

    def case(self, case: CaseResult) -> None:
        """A case has its outcome."""
        self._writer.case(case)
        with self._lock:
            self._keep(case)
        self.tell(events.CaseFinished(case=case))

    def kept(self, cell: str, cases: Collection[str]) -> None:
        """Cases of a cell, by their ids, have an outcome from before that still holds."""
        if cases:
            with self._lock:
                outcomes = {case: self._outcomes[case] for case in cases}
            self.tell(events.CasesKept(cell_id=cell, outcomes=outcomes))

    def _keep(self, case: CaseResult) -> None:
        self._outcomes[case.id] = case.outcome
        (self._confirmed.add if case.confirmed else self._confirmed.discard)(case.id)
        self._roots.add(case, self._cells.get(case.cell))

    def ids(self) -> frozenset[str]:
        """The cases that have their outcome."""
        with self._lock:
            return frozenset(self._outcomes)

    def confirmed(self) -> frozenset[str]:
        """The cases whose outcome a fresh virtual environment showed."""
        with self._lock:
            return frozenset(self._confirmed)

    def outcome(self, case: str) -> Outcome | None:
        """What a case came to so far."""
        with self._lock:
            return self._outcomes.get(case)

    def cells(self) -> tuple[Cell, ...]:
        """The cells so far."""
        with self._lock:
            return tuple(self._cells.values())

    def causes(self) -> tuple[Cause, ...]:
        """The causes of all that went wrong so far."""
        with self._lock:
            return self._roots.causes(self._cells.values())

    def complain(self, error: HarnessError) -> None:
        """Something was out of reach; the same trouble is told once."""
        with self._lock:
            if error.as_document() in self._complaints:
                return
            self._complaints.append(error.as_document())
        self.tell(events.Note(text=str(error)))

    def footer(self, *, interrupted: bool) -> RunFooter:
        """The run's last record, with the causes of all that was found."""
        causes = self.causes()
        with self._lock:
            outcomes = list(self._outcomes.values())
        return RunFooter(
            finished=now(),
            interrupted=interrupted,
            summary={outcome: outcomes.count(outcome) for outcome in OUTCOMES},
            causes=causes,
            complaints=tuple(self._complaints),
        )


def now() -> str:
    """This moment in UTC, to the second, as ISO 8601."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
