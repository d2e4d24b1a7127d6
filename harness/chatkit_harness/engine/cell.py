"""One cell from its pair to its cases: resolve, build, drive, check, each step told as it happens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from packaging.specifiers import SpecifierSet

from chatkit_harness.cells.cache import Cache
from chatkit_harness.cells.environment import Environment, Environments
from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.resolve import Lock, Resolver
from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core import events
from chatkit_harness.core.errors import (
    BuildError,
    HarnessError,
    IndexUnreachableError,
    UnresolvableError,
)
from chatkit_harness.core.nouns import CaseResult, Cell, Outcome
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.upstream import ReplayServer

from .answers import saved_transcript
from .cases import PlannedCase
from .pairs import AGENTS, CHATKIT
from .parse import parsed
from .plan import Plan, PlannedCell
from .recorder import Recorder
from .seat import Driven, Seat
from .settings import RunSettings
from .targets import NATIVE

logger = logging.getLogger("chatkit_harness.cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all cells of a run share."""

    settings: RunSettings
    cases: Sequence[PlannedCase]
    resolver: Resolver
    environments: Environments
    payload: Path
    upstream: ReplayServer
    logs: Path
    ending: threading.Event

    @classmethod
    def open(cls, settings: RunSettings, plan: Plan, cache: Cache, upstream: ReplayServer) -> Self:
        """The workshop of a plan."""
        logs = settings.out / "workers"
        logs.mkdir(parents=True, exist_ok=True)
        return cls(
            settings=settings,
            cases=plan.cases,
            resolver=Resolver(cache, plan.index),
            environments=Environments(cache, plan.index),
            payload=payload(cache),
            upstream=upstream,
            logs=logs,
            ending=cache.ending,
        )


class CellRun:
    """One cell's way; `run` belongs in a thread of its own, `interrupt` may come from another."""

    def __init__(self, workshop: Workshop, planned: PlannedCell, recorder: Recorder) -> None:
        self._shop = workshop
        self._planned = planned
        self._recorder = recorder
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
        began = time.monotonic()
        self._recorder.tell(events.CellStarted(cell_id=self._planned.id))
        self._steps()
        seconds = time.monotonic() - began
        logger.info("%s finished in %.2f s", self._planned.id, seconds)
        self._recorder.tell(events.CellFinished(cell_id=self._planned.id, seconds=seconds))

    def _steps(self) -> None:
        try:
            self._with_lock(self._resolve())
        except UnresolvableError as error:
            self._without("unresolvable", error.cause, self._cell(unresolvable=error.cause))
        except (IndexUnreachableError, BuildError) as error:
            self._unavailable(error, {})

    def _resolve(self) -> Lock:
        planned = self._planned
        if planned.too_young is not None:
            raise UnresolvableError(planned.id, planned.too_young, "Choose a later instant.")
        logger.info("%s: asks for %s as of %s", planned.id, planned.requirements, planned.as_of or "today")
        lock = self._shop.resolver.lock(planned.requirements, planned.interpreter, planned.as_of)
        logger.info("%s: %d pins, lock %s", planned.id, len(lock.pins), lock.digest[:12])
        if lock.stale:
            self._recorder.complain(
                IndexUnreachableError(
                    planned.id, f"Pins chosen earlier were used: {lock.stale}.", "Run again when it answers."
                )
            )
        return lock

    def _with_lock(self, lock: Lock) -> None:
        cell = self._cell(lock=lock.digest, pins=lock.pins)
        began = time.monotonic()
        if self._stop.is_set():
            return
        self._recorder.tell(events.CellResolved(cell=cell))
        try:
            environment = self._shop.environments.environment(lock.pins, self._planned.interpreter)
        except (BuildError, IndexUnreachableError) as error:
            self._unavailable(error, lock.pins)
            return
        if self._stop.is_set():
            return
        self._recorder.cell(cell)
        seconds = time.monotonic() - began
        logger.info("%s environment %s reused=%s", cell.id, environment.folder.name, environment.reused)
        self._recorder.tell(events.CellBuilt(cell_id=cell.id, seconds=seconds, reused=environment.reused))
        self._drive_all(cell, environment)

    def _drive_all(self, cell: Cell, environment: Environment) -> None:
        cases = list(self._shop.cases)
        while cases and not self._stop.is_set():
            seated = [case for case in cases if case.seat == cases[0].seat]
            cases = [case for case in cases if case.seat != seated[0].seat]
            try:
                self._drive(cell, environment, seated)
            except BuildError as error:  # the environment is not what its lock says
                self._recorder.complain(error)
                done = self._recorder.ids()
                for left in [*seated, *cases]:
                    result = _result(cell, left, "error", reason=str(error))
                    if result.id not in done:
                        self._recorder.case(result)
                return

    def _drive(self, cell: Cell, environment: Environment, cases: Sequence[PlannedCase]) -> None:
        """Cases that share a process."""
        settings = self._shop.settings
        targets = [case.target for case in cases if cell.chatkit or case.path != NATIVE]
        with Seat(
            environment,
            self._shop.payload,
            self._shop.upstream,
            log=self._shop.logs / f"{cell.id}.log",
            time_limit_s=settings.time_limit_s,
            memory_limit_mb=settings.memory_limit_mb,
            pacing=settings.pacing,
            pins=cell.pins,
            targets=targets,
            environ=settings.env,
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
            self._recorder.case(_result(cell, case, "error", reason=untold))
            return
        unmet = case.skipped or scenario.unplayable or undriven(case, cell)
        unmet = unmet or unmet_requirement(scenario, cell.pins)
        if unmet is not None:
            self._recorder.case(_result(cell, case, "skipped", reason=unmet))
            return
        if case.answers:
            driven = Driven(transcript=saved_transcript(scenario, cell, case.answers))
        else:
            driven = seat.drive(scenario, case.cassette, case.target, case.path)
        if self._stop.is_set():  # what an interrupted case said is no verdict on anything
            return
        self._recorder.case(self._judged(cell, case, driven))

    def _judged(self, cell: Cell, case: PlannedCase, driven: Driven) -> CaseResult:
        scenario = case.scenario
        began = time.monotonic()
        transcript = parsed(driven.transcript)
        names = self._shop.settings.checks
        found = run_checks(transcript, scenario, names)
        judgement = judge(transcript, scenario, found, names=names)
        digest = self._recorder.transcript(transcript)
        judging_ms = (time.monotonic() - began) * 1000
        timing = {
            **judgement.timing,
            "driver_ms": driven.cell_ms,
            "harness_ms": None if driven.host_ms is None else round(driven.host_ms + judging_ms, 3),
        }
        return _result(
            cell,
            case,
            judgement.outcome,
            reason=judgement.reason,
            findings=judgement.findings,
            timing=timing,
            transcript=digest,
        )

    def _unavailable(self, error: HarnessError, pins: Mapping[str, str]) -> None:
        """The harness's own trouble, unless it comes from ending what was under way."""
        if not self._stop.is_set():
            self._recorder.complain(error)
            self._without("error", str(error), self._cell(pins=pins, unavailable=error.cause))

    def _without(self, outcome: Outcome, reason: str, cell: Cell) -> None:
        """A cell that could not be driven: one case a scenario, with the reason."""
        self._recorder.tell(events.CellResolved(cell=cell))
        self._recorder.cell(cell)
        for case in self._shop.cases:
            self._recorder.case(_result(cell, case, outcome, reason=reason))

    def _cell(self, **known: Any) -> Cell:
        planned = self._planned
        return Cell(
            id=planned.id,
            chatkit=planned.pair.chatkit,
            agents=planned.pair.agents,
            python=planned.interpreter.version,
            resolution=planned.resolution,
            interpreter=f"{planned.interpreter.implementation} {planned.interpreter.version} "
            f"{planned.interpreter.platform}",
            as_of=planned.as_of.isoformat() if planned.as_of else None,
            **known,
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


def _result(cell: Cell, case: PlannedCase, outcome: Outcome, **known: Any) -> CaseResult:
    return CaseResult(
        id=f"{cell.id}/{case.path}/{case.scenario.id}",
        cell=cell.id,
        path=case.path,
        scenario=case.scenario.id,
        outcome=outcome,
        server=case.server,
        **known,
    )
