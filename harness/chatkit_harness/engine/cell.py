"""One cell from its pair to its cases: resolve, build, drive, check, each step told as it happens."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from packaging.specifiers import SpecifierSet

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
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.pins.resolve import Lock

from .answers import saved_transcript
from .cases import PlannedCase
from .fingerprint import fingerprint
from .grounds import Place
from .pairs import AGENTS, CHATKIT
from .parse import parsed
from .plan_cell import PlannedCell
from .seat import Driven, Seat
from .sink import Sink
from .targets import NATIVE
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
        self._seat: Seat | None = None

    def interrupt(self) -> None:
        """End the cell's process now; the workshop's `ending` has to be set before."""
        if self._seat is not None:
            self._seat.interrupt()

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
            self._refused(error)
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
        began = time.monotonic()
        if self._stop.is_set():
            return
        self._sink.tell(events.CellResolved(cell=cell))
        left = [case for case in self._cases if not self._is_kept(cell, case)]
        if not left:
            return
        try:
            place = self._shop.ground.place(lock.pins, self._planned.interpreter)
        except (BuildError, IndexUnreachableError, OutputError) as error:  # also a cache that is full
            self._refused(error, lock.pins)
            return
        if self._stop.is_set():
            return
        cell = dataclasses.replace(cell, isolation=place.isolation, lacks=self._shop.lacks(place, lock.pins))
        self._sink.cell(cell)
        seconds = time.monotonic() - began
        logger.info("%s %s reused=%s", cell.id, place, place.reused)
        self._sink.tell(events.CellBuilt(cell_id=cell.id, seconds=seconds, reused=place.reused))
        self._drive_all(cell, place, left)
        # Told once more, with what it cost: a run that is killed before has the cell all the same.
        self._sink.cell(dataclasses.replace(cell, seconds=round(time.monotonic() - self._began, 3)))

    def _is_kept(self, cell: Cell, case: PlannedCase) -> bool:
        known = self._kept.get(case_id(cell.id, case))
        return known is not None and known == fingerprint(cell, case)

    def _drive_all(self, cell: Cell, place: Place, cases: list[PlannedCase]) -> None:
        while cases and not self._stop.is_set():
            seated = [case for case in cases if case.seat == cases[0].seat]
            cases = [case for case in cases if case.seat != seated[0].seat]
            try:
                self._drive(cell, place, seated)
            except BuildError as error:  # the environment is not what its lock says
                self._sink.complain(error)
                done = self._sink.ids()
                for left in [*seated, *cases]:
                    if case_id(cell.id, left) not in done or self._attempt > 1:
                        self._sink.case(self._result(cell, left, "error", reason=str(error)))
                return

    def _drive(self, cell: Cell, place: Place, cases: Sequence[PlannedCase]) -> None:
        """Cases that share a process."""
        settings = self._shop.settings
        targets = [case.target for case in cases if cell.chatkit or case.path != NATIVE]
        with Seat(
            place.environment,
            self._shop.payload,
            self._shop.upstream,
            log=self._shop.logs / f"{cell.id}.log",
            time_limit_s=settings.time_limit_s,
            memory_limit_mb=settings.memory_limit_mb,
            pacing=settings.pacing,
            pins=cell.pins,
            targets=targets,
            environ=settings.env,
            layers=place.layers,
            # What is the user's own goes first on the path, before anything of the pair is imported.
            launch=None if any(target.is_own for target in targets) else place.launch,
        ) as seat:
            self._seat = seat
            for case in cases:
                if self._stop.is_set():
                    return
                self._case(cell, case, seat)

    def _case(self, cell: Cell, case: PlannedCase, seat: Seat) -> None:
        scenario = case.scenario
        untold = scenario.unreadable or (str(case.unrecorded) if case.unrecorded else None)
        if untold is not None:
            self._sink.case(self._result(cell, case, "error", reason=untold))
            return
        unmet = case.skipped or scenario.unplayable or undriven(case, cell)
        unmet = unmet or unmet_requirement(scenario, cell.pins)
        if unmet is not None:
            self._sink.case(self._result(cell, case, "skipped", reason=unmet))
            return
        if case.answers:
            driven = Driven(transcript=saved_transcript(scenario, cell, case.answers))
        else:
            driven = seat.drive(scenario, case.cassette, case.target, case.path)
        if self._stop.is_set():  # what an interrupted case said is no verdict on anything
            return
        self._sink.case(self._judged(cell, case, driven))

    def _judged(self, cell: Cell, case: PlannedCase, driven: Driven) -> CaseResult:
        scenario = case.scenario
        began = time.monotonic()
        transcript = parsed(driven.transcript)
        names = self._shop.settings.checks
        found = run_checks(transcript, scenario, names)
        judgement = judge(transcript, scenario, found, names=names)
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

    def _refused(self, error: HarnessError, pins: Mapping[str, str] | None = None) -> None:
        """The cell cannot be had, unless that comes from ending what was under way."""
        if not self._stop.is_set() or isinstance(error, UnresolvableError):
            refuse(self._sink, self._planned, self._cases, error, pins=pins, attempt=self._attempt)

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


def describe(planned: PlannedCell, **known: Any) -> Cell:
    """A planned cell as results tell it, with what is known of it by now."""
    interpreter = planned.interpreter
    return Cell(
        id=planned.id,
        chatkit=planned.pair.chatkit,
        agents=planned.pair.agents,
        python=interpreter.version,
        resolution=planned.resolution,
        interpreter=f"{interpreter.implementation} {interpreter.version} {interpreter.platform}",
        as_of=planned.as_of.isoformat() if planned.as_of else None,
        **known,
    )


def refuse(
    sink: Sink,
    planned: PlannedCell,
    cases: Iterable[PlannedCase],
    error: HarnessError,
    *,
    pins: Mapping[str, str] | None = None,
    attempt: int = 1,
) -> None:
    """A cell that cannot be had: one result a case, with the reason.

    Having no pins is a result of the cell; anything else is the harness's own trouble.
    """
    if isinstance(error, UnresolvableError):
        cell, outcome, reason = describe(planned, unresolvable=error.cause), "unresolvable", error.cause
    else:
        sink.complain(error)
        cell, outcome, reason = (
            describe(planned, pins=pins or {}, unavailable=error.cause),
            "error",
            str(error),
        )
    sink.tell(events.CellResolved(cell=cell))
    sink.cell(cell)
    for case in cases:
        sink.case(result(cell, case, cast("Outcome", outcome), reason=reason, attempt=attempt))


def result(cell: Cell, case: PlannedCase, outcome: Outcome, **known: Any) -> CaseResult:
    """What a case came to."""
    return CaseResult(
        id=case_id(cell.id, case),
        cell=cell.id,
        path=case.path,
        scenario=case.scenario.id,
        outcome=outcome,
        server=case.server,
        **known,
    )


def stale(planned: PlannedCell, lock: Lock) -> HarnessError:
    """The complaint about pins that were chosen earlier, because the index does not answer now."""
    return IndexUnreachableError(
        planned.id, f"Pins chosen earlier were used: {lock.stale}.", "Run again when it answers."
    )


def undriven(case: PlannedCase, cell: Cell) -> str | None:
    """Why a case cannot be driven in a cell, or None where it can: only a workflow does without chatkit."""
    if case.path == NATIVE and cell.chatkit is None:
        return "the cell has no chatkit, which the native path needs"
    return None


def unmet_requirement(scenario: Scenario, pins: Mapping[str, str]) -> str | None:
    """Why a scenario does not apply to these pins, or None where it does."""
    for short, wanted in scenario.requires.items():
        name = {"chatkit": CHATKIT, "agents": AGENTS}.get(short, short)
        version = pins.get(name)
        if version is None or not SpecifierSet(wanted).contains(version, prereleases=True):
            return f"needs {name}{wanted}, the cell has {version or 'none'}"
    return None


def case_id(cell: str, case: PlannedCase) -> str:
    """The readable id of a case of the cell with that id."""
    return f"{cell}/{case.key}"
