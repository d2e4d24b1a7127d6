"""A cell that stays open: its process waits, and is given one case after the other by whoever decides."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.pins.resolve import Lock

from .cases import PlannedCase
from .cell import CellRun
from .grounds import Place
from .lanes import Seated
from .plan_cell import PlannedCell
from .sink import Sink
from .workshop import Workshop


class HeldCell(CellRun):
    """One cell, opened by its first case; `close` ends its processes. For one thread, but for `interrupt`."""

    def __init__(self, workshop: Workshop, planned: PlannedCell, sink: Sink) -> None:
        self._heard = _Heard(sink)
        super().__init__(workshop, planned, self._heard)
        self._known: tuple[Cell, Lock] | None = None
        self._open: tuple[Cell, Place] | None = None
        self._refusal: tuple[HarnessError, Mapping[str, str] | None] | None = None
        self._to_drive = True
        self._attempts: Counter[str] = Counter()

    def refused(self, case: PlannedCase) -> CaseResult | None:
        """What a case comes to in a cell that cannot be had; None where it can, and now is."""
        return self._do(case, drive=False)

    def drive(self, case: PlannedCase) -> CaseResult | None:
        """What a case comes to; None where the run was ended meanwhile. It may be asked for again."""
        self._attempts[case.key] += 1
        self._attempt = self._attempts[case.key]
        return self._do(case, drive=True)

    def close(self) -> None:
        """End the cell's processes."""
        self._leave()
        if self._open is not None:
            cell = dataclasses.replace(self._open[0], seconds=round(time.monotonic() - self._began, 3))
            self._sink.cell(cell)

    def _do(self, case: PlannedCase, *, drive: bool) -> CaseResult | None:
        self._left, self._to_drive, self._heard.last = [case], drive, None
        if self._refusal is not None:
            super()._refused(self._refusal[0], [case], self._refusal[1])
            return self._heard.last
        if self._known is None:
            self._known = self._begin(case)
        if self._known is not None:
            self._tried(*self._known)
        return self._heard.last

    def _begin(self, case: PlannedCase) -> tuple[Cell, Lock] | None:
        self._began = time.monotonic()
        try:
            lock = self._resolve()
        except HarnessError as error:
            self._refused(error, [case])
            return None
        cell = self._cell(lock=lock.digest, pins=lock.pins)
        self._sink.tell(events.CellResolved(cell=cell))
        return cell, lock

    def _refused(
        self, error: HarnessError, cases: Iterable[PlannedCase], pins: Mapping[str, str] | None = None
    ) -> None:
        """Nobody asks the index, or builds, once a case for what could not be had."""
        self._refusal = (error, pins)
        super()._refused(error, cases, pins)

    def _in_place(self, cell: Cell, lock: Lock, *, last: bool) -> None:
        try:
            if self._open is None:
                self._open = self._built(cell, lock, last=last)
            if self._open is None or not self._to_drive:
                self._left = []
                return
            self._drive_all(*self._open, last=last)
        except BaseException as error:
            if not isinstance(error, Exception):  # whoever presses Ctrl-C waits for no goodbye
                self.interrupt()
            self._leave()
            self._open = None
            raise

    def _drive(self, cell: Cell, place: Place, cases: Sequence[PlannedCase]) -> None:
        """In the process that the cases of their kind share, whichever of them are asked for."""
        name = cases[0].seat
        if name not in self._seats:
            alike = [case for case in self._shop.cases if case.seat == name]
            self._seats[name] = Seated(self._seated(cell, place, alike))
        for case in cases:
            self._case(cell, place, case, self._seats[name])()

    def _leave(self) -> None:
        while self._seats:
            self._seats.popitem()[1].seat.close()


class _Heard:
    """A sink that remembers the last outcome on its way to another one."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.last: CaseResult | None = None

    def tell(self, event: events.Event) -> None:
        """See Sink."""
        self._sink.tell(event)

    def cell(self, cell: Cell) -> None:
        """See Sink."""
        self._sink.cell(cell)

    def transcript(self, transcript: Transcript) -> str:
        """See Sink."""
        return self._sink.transcript(transcript)

    def case(self, case: CaseResult) -> None:
        """See Sink."""
        self._sink.case(case)
        self.last = case

    def kept(self, cell: str, cases: Collection[str]) -> None:
        """See Sink."""
        self._sink.kept(cell, cases)

    def ids(self) -> frozenset[str]:
        """See Sink."""
        return self._sink.ids()

    def complain(self, error: HarnessError) -> None:
        """See Sink."""
        self._sink.complain(error)
