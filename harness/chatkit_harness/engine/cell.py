"""One cell from its pair to its cases: resolve, build, drive, check, each step told as it happens."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core import events
from chatkit_harness.core.errors import (
    BuildError,
    HarnessError,
    IndexUnreachableError,
    OutputError,
    UnresolvableError,
)
from chatkit_harness.core.nouns import CaseResult, Cell, Outcome
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.machine.cache import PAUSE_S, TRIES, DisturbedError
from chatkit_harness.pins.resolve import Lock

from . import disturbance, outcomes
from .answers import saved_transcript
from .cases import PlannedCase
from .clients import select_clients, select_schemas
from .diagnosis import Doctor
from .extras import Extras
from .fingerprint import fingerprint
from .grounds import Place
from .lanes import Later, Room, Seated, Work, drive_in_lanes
from .outcomes import case_id, describe, kept_cases, refuse, result, stale, undriven, unmet_requirement
from .parse import parsed
from .plan_cell import PlannedCell
from .rollback import Readers
from .seat import Driven, Seat
from .sink import Sink
from .workshop import Workshop

logger = logging.getLogger("chatkit_harness.cell")


class CellRun:
    """One cell's way; `run` belongs in a thread of its own, `interrupt` may come from another.

    `lock` are its pins where they are known already. `kept` are fingerprints of cases (by id) that need no
    second run; `only` the keys of the cases to drive, where not all are; `attempt` counts from 1.
    """

    def __init__(
        self,
        workshop: Workshop,
        planned: PlannedCell,
        sink: Sink,
        *,
        lock: Lock | None = None,
        kept: Mapping[str, str] | None = None,
        only: Collection[str] | None = None,
        attempt: int = 1,
    ) -> None:
        self._shop = workshop
        self._planned = planned
        self._sink = sink
        self._lock = lock
        self._kept = kept or {}
        self._cases = [case for case in workshop.cases if only is None or case.key in only]
        self._attempt = attempt
        self._stop = workshop.ending
        self._ground = workshop.ground_of(planned)
        self._seats: dict[str, Seated] = {}
        self._room = Room(lanes=workshop.lanes, spare=workshop.spare)
        self._finishing = threading.Lock()
        self._left: list[PlannedCase] = []
        self._held: dict[str, None] = {}
        self._extras = Extras(workshop, planned.interpreter)
        self._doctor = Doctor()

    def interrupt(self) -> None:
        """End the cell's process now; the workshop's `ending` has to be set before."""
        for seated in list(self._seats.values()):
            seated.interrupt()

    def run(self) -> None:
        """Resolve, build and drive; whatever stops the cell early gives each of its cases an outcome."""
        if self._stop.is_set():
            return
        self._began = began = time.monotonic()
        self._sink.tell(events.CellStarted(cell_id=self._planned.id))
        self._steps()
        seconds = time.monotonic() - began
        logger.info("%s finished in %.2f s", self._planned.id, seconds)
        self._sink.tell(events.CellFinished(cell_id=self._planned.id, seconds=seconds))

    def _steps(self) -> None:
        try:
            lock = self._lock or self._resolve()
        except HarnessError as error:
            self._refused(error, self._cases)
        else:
            self._with_lock(lock)

    def _resolve(self) -> Lock:
        planned = self._planned
        logger.info("%s: asks for %s as of %s", planned.id, planned.requirements, planned.as_of or "today")
        lock = self._shop.locks.lock(planned)
        logger.info("%s: %d pins, lock %s", planned.id, len(lock.pins), lock.digest[:12])
        if lock.stale:
            self._sink.complain(stale(planned, lock))
        return lock

    def _with_lock(self, lock: Lock) -> None:
        cell = self._cell(lock=lock.digest, pins=lock.pins)
        if self._stop.is_set():
            return
        self._sink.tell(events.CellResolved(cell=cell))
        kept = kept_cases(cell, self._cases, self._kept)
        self._sink.kept(cell.id, kept)
        self._left = [case for case in self._cases if case_id(cell.id, case) not in kept]
        self._tried(cell, lock)

    def _tried(self, cell: Cell, lock: Lock) -> None:
        """Drive what is left, again where somebody disturbed it."""
        for more in reversed(range(TRIES)):
            if not self._left or self._stop.is_set():
                return
            try:
                self._in_place(cell, lock, last=not more)
            except DisturbedError as error:
                logger.info("%s is tried again: %s", cell.id, error)
                self._ground.forget()
                self._stop.wait(PAUSE_S)

    def _in_place(self, cell: Cell, lock: Lock, *, last: bool) -> None:
        """Build and drive what is left. Raises DisturbedError, unless it is the `last` try."""
        built = self._built(cell, lock, last=last)
        if built is None:
            return
        cell, place = built
        self._drive_all(cell, place, last=last)
        # Told once more, with what it cost: a run that is killed before has the cell all the same.
        seconds = round(time.monotonic() - self._began, 3)
        self._sink.cell(dataclasses.replace(cell, seconds=seconds, held="; ".join(self._held)))

    def _built(self, cell: Cell, lock: Lock, *, last: bool) -> tuple[Cell, Place] | None:
        """The cell's place; None where it cannot be had, which is told, or where the run ends."""
        began = time.monotonic()
        try:
            place = disturbance.place(self._shop, self._ground, lock.pins, self._planned.interpreter)
            lacks = self._shop.lacks(place, lock.pins)
        except (
            BuildError,
            IndexUnreachableError,
            OutputError,
            OSError,
        ) as raised:  # also a cache that is full
            error = disturbance.told(self._shop, raised)
            if isinstance(error, DisturbedError) and not last:
                raise error from None
            self._refused(error, self._left, lock.pins)
            self._left = []
            return None
        if self._stop.is_set():
            return None
        cell = dataclasses.replace(cell, isolation=place.isolation, lacks=lacks)
        self._sink.cell(cell)
        seconds = time.monotonic() - began
        logger.info("%s %s reused=%s", cell.id, place, place.reused)
        self._sink.tell(events.CellBuilt(cell_id=cell.id, seconds=seconds, reused=place.reused))
        return cell, place

    def _drive_all(self, cell: Cell, place: Place, *, last: bool) -> None:
        while self._left and not self._stop.is_set():
            seated = [case for case in self._left if case.seat == self._left[0].seat]
            try:
                self._drive(cell, place, seated)
            except (BuildError, OSError) as raised:  # the environment is not what its lock says
                error = disturbance.told(self._shop, raised)
                if isinstance(error, DisturbedError) and not last:
                    raise error from None
                if self._room.lanes > 1:  # the machine may have enough for one process
                    logger.info("%s goes on with one process: %s", cell.id, error)
                    self._room = Room()
                    continue
                self._sink.complain(error)
                for case in list(self._left):
                    self._finished(case, self._result(cell, case, "error", reason=str(error)))

    def _finished(self, case: PlannedCase, found: CaseResult) -> None:
        with self._finishing:  # another lane's case goes, and the list moves, while this one is looked for
            self._left.remove(case)
        self._sink.case(found)

    def _drive(self, cell: Cell, place: Place, cases: Sequence[PlannedCase]) -> None:
        """Cases that could share a process."""
        drive_in_lanes(cases, self._room, partial(self._lane, cell, place, cases))

    def _lane(  # noqa: PLR0917 - all of it is what a lane is
        self,
        cell: Cell,
        place: Place,
        all_: Sequence[PlannedCase],
        taken: Iterator[PlannedCase],
        name: str,
        later: Later,
    ) -> None:
        """The cases that one process takes of `all_` that it might; `later` has each judged."""
        with (
            self._seated(cell, place, all_, name) as seat,
            Readers(self._shop, self._planned, seat.folder, all_) as readers,
        ):
            seated = self._seats[name] = Seated(seat, readers)
            for case in taken:
                if self._stop.is_set():
                    return
                later(self._case(cell, place, case, seated))
                if seat.held:
                    self._held[seat.held] = None

    def _seated(self, cell: Cell, place: Place, cases: Sequence[PlannedCase], lane: str = "") -> Seat:
        """A seat for cases that share a process."""
        settings = self._shop.settings
        targets = [case.target for case in cases if undriven(case, cell) is None]
        return Seat(
            place.environment,
            self._shop.payload,
            self._shop.upstream,
            log=self._shop.logs / f"{cell.id}{lane}.log",
            time_limit_s=settings.time_limit_s,
            memory_limit_mb=settings.memory_limit_mb,
            pacing=settings.pacing,
            # Beside a server that runs elsewhere there is nothing that could be other than it was locked.
            pins=None if self._planned.running else cell.pins,
            targets=targets,
            environ=settings.env,
            layers=place.layers,
            hidden=place.hidden,
            # What is the user's own goes first on the path, before anything of the pair is imported.
            launch=None if any(target.is_own for target in targets) else place.launch,
            own_store=any(case.store is not None and case.store.path for case in cases),
        )

    def _case(self, cell: Cell, place: Place, case: PlannedCase, seated: Seated) -> Work:
        """Drive a case; what is left of it is to judge what it did, and to keep that."""
        driven = self._not_driven(cell, case) or self._driven(cell, case, seated)
        return partial(self._ended, cell, place, case, driven)

    def _ended(self, cell: Cell, place: Place, case: PlannedCase, driven: Driven | CaseResult) -> None:
        if self._stop.is_set():  # what an interrupted case said is no verdict on anything
            return
        if isinstance(driven, Driven):
            driven = self._judged(cell, place, case, driven)
        self._finished(case, driven)

    def _not_driven(self, cell: Cell, case: PlannedCase) -> CaseResult | None:
        """What a case comes to that cannot be driven; None where it can."""
        scenario = case.scenario
        untold = scenario.unreadable or (str(case.unrecorded) if case.unrecorded else None)
        if untold is not None:
            return self._result(cell, case, "error", reason=untold)
        unmet = case.skipped or scenario.unplayable or undriven(case, cell)
        unmet = unmet or unmet_requirement(scenario, cell.pins)
        return None if unmet is None else self._result(cell, case, "skipped", reason=unmet)

    def _driven(self, cell: Cell, case: PlannedCase, seated: Seated) -> Driven | CaseResult:
        """What a case did, or its result where what it needs cannot be had."""
        if case.answers:
            return Driven(transcript=saved_transcript(case.scenario, cell, case.answers))
        try:
            extras = self._extras.folders(case)
        except HarnessError as error:
            if not self._stop.is_set():
                self._sink.complain(error)
            return self._result(cell, case, "error", reason=str(error))
        driven = seated.seat.drive(
            case.scenario, case.cassette, case.target, case.path, store=case.kept_in, extras=extras
        )
        if seated.readers is not None and not self._stop.is_set():
            read = seated.readers.read(case, driven.transcript, extras)
            driven = dataclasses.replace(driven, transcript=read)
        return driven

    def _diagnosed(self, place: Place, transcript: Transcript) -> Transcript:
        """With the doctor's word on an environment of the user's own in which an import failed."""
        if place.environment.ours or self._planned.running:
            return transcript
        return dataclasses.replace(
            transcript, diagnosis=self._doctor.said(place.environment.python, transcript)
        )

    def _judged(self, cell: Cell, place: Place, case: PlannedCase, driven: Driven) -> CaseResult:
        scenario = case.scenario
        began = time.monotonic()
        transcript = self._diagnosed(place, parsed(driven.transcript))
        names = self._shop.settings.checks
        found = run_checks(
            transcript,
            scenario,
            names,
            clients=select_clients(self._shop.settings.clients),
            widgets_by=select_schemas(self._shop.settings.widgets_by),
        )
        judgement = judge(transcript, scenario, found, names=names)
        disturbance.require_undisturbed(
            self._shop,
            self._ground,
            place,
            pins=cell.pins,
            interpreter=self._planned.interpreter,
            judgement=judgement,
        )
        if case.cassette is not None and scenario.exam is None:
            judgement = outcomes.where_nobody_asked(judgement, transcript, self._shop.settings.upstream)
        digest = self._sink.transcript(transcript)
        judging_ms = (time.monotonic() - began) * 1000
        timing = {
            **judgement.timing,
            "driver_ms": driven.cell_ms,
            "harness_ms": None if driven.host_ms is None else round(driven.host_ms + judging_ms, 3),
        }
        return self._result(
            cell,
            case,
            judgement.outcome,
            reason=judgement.reason,
            findings=judgement.findings,
            timing=timing,
            transcript=digest,
        )

    def _refused(
        self, error: HarnessError, cases: Iterable[PlannedCase], pins: Mapping[str, str] | None = None
    ) -> None:
        """The cell cannot be had, unless that comes from ending what was under way."""
        if not self._stop.is_set() or isinstance(error, UnresolvableError):
            refuse(self._sink, self._planned, cases, error, pins=pins, attempt=self._attempt)

    def _result(self, cell: Cell, case: PlannedCase, outcome: Outcome, **known: Any) -> CaseResult:
        return result(
            cell,
            case,
            outcome,
            attempt=self._attempt,
            fingerprint=fingerprint(cell, case) if cell.pins else "",
            confirmed=cell.isolation == "venv" and outcome in ("pass", "fail"),
            **known,
        )

    def _cell(self, **known: Any) -> Cell:
        return describe(self._planned, **known)
