"""Writes each result the moment it is known, tells whoever listens, and remembers it for the footer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping

from chatkit_harness.causes import group
from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import ResultsWriter, RunFooter, summary


class Recorder:
    """Safe to call from every cell's thread."""

    def __init__(
        self,
        writer: ResultsWriter,
        listener: events.Listener,
        complaints: Iterable[Mapping[str, str]] = (),
    ) -> None:
        self._writer = writer
        self.tell = listener
        self._complaints = list(complaints)
        self._cells: list[Cell] = []
        self._cases: list[CaseResult] = []
        self._lock = threading.Lock()

    def cell(self, cell: Cell) -> None:
        """A cell has its environment, or its reason for having none."""
        with self._lock:
            self._cells.append(cell)
        self._writer.cell(cell)

    def transcript(self, transcript: Transcript) -> str:
        """Store a transcript; its digest."""
        return self._writer.transcript(transcript)

    def case(self, case: CaseResult) -> None:
        """A case has its outcome."""
        with self._lock:
            self._cases.append(case)
        self._writer.case(case)
        self.tell(events.CaseFinished(case=case))

    def ids(self) -> frozenset[str]:
        """The cases that have their outcome."""
        with self._lock:
            return frozenset(case.id for case in self._cases)

    def complain(self, error: HarnessError) -> None:
        """Something was out of reach; the same trouble is told once."""
        with self._lock:
            if error.as_document() in self._complaints:
                return
            self._complaints.append(error.as_document())
        self.tell(events.Note(text=str(error)))

    def footer(self, *, interrupted: bool) -> RunFooter:
        """The run's last record, with the causes of all that was found."""
        with self._lock:
            cases, cells = list(self._cases), list(self._cells)
        return RunFooter(
            finished=now(),
            interrupted=interrupted,
            summary=summary(cases),
            causes=group(cases, cells),
            complaints=tuple(self._complaints),
        )


def now() -> str:
    """This moment in UTC, to the second, as ISO 8601."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
