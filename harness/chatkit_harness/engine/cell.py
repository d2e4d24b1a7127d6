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
from chatkit_harness.upstream import Cassette, ReplayServer

from .pairs import AGENTS, CHATKIT
from .plan import Plan, PlannedCell
from .recorder import Recorder
from .seat import BUILT_IN, Driven, Seat
from .settings import RunSettings

logger = logging.getLogger("chatkit_harness.cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all cells of a run share."""

    settings: RunSettings
    scenarios: Sequence[Scenario]
    cassettes: Mapping[str, Cassette | None]
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
            scenarios=plan.scenarios,
            cassettes=plan.cassettes,
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
        settings = self._shop.settings
        with Seat(
            environment,
            self._shop.payload,
            self._shop.upstream,
            log=self._shop.logs / f"{cell.id}.log",
            time_limit_s=settings.time_limit_s,
            memory_limit_mb=settings.memory_limit_mb,
            pacing=settings.pacing,
            pins=cell.pins,
            servers={s.server: BUILT_IN[s.server] for s in self._shop.scenarios},
        ) as seat:
            self._seat = seat
            for number, scenario in enumerate(self._shop.scenarios):
                if self._stop.is_set():
                    return
                try:
                    self._case(cell, scenario, seat)
                except BuildError as error:  # the environment is not what its lock says
                    self._recorder.complain(error)
                    for left in self._shop.scenarios[number:]:
                        self._recorder.case(_result(cell, left, "error", reason=str(error)))
                    return

    def _case(self, cell: Cell, scenario: Scenario, seat: Seat) -> None:
        if scenario.unreadable is not None:
            self._recorder.case(_result(cell, scenario, "error", reason=scenario.unreadable))
            return
        unmet = scenario.unplayable or undriven_path(scenario) or unmet_requirement(scenario, cell.pins)
        if unmet is not None:
            self._recorder.case(_result(cell, scenario, "skipped", reason=unmet))
            return
        driven = seat.drive(scenario, self._shop.cassettes[scenario.id])
        if self._stop.is_set():  # what an interrupted case said is no verdict on anything
            return
        self._recorder.case(self._judged(cell, scenario, driven))

    def _judged(self, cell: Cell, scenario: Scenario, driven: Driven) -> CaseResult:
        began = time.monotonic()
        transcript = driven.transcript
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
            scenario,
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
        for scenario in self._shop.scenarios:
            self._recorder.case(_result(cell, scenario, outcome, reason=reason))

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


def undriven_path(scenario: Scenario) -> str | None:
    """Why a scenario is for paths that are not driven, or None where the native one is among them."""
    if "native" in scenario.paths:
        return None
    return f"is for the path {', '.join(scenario.paths)}, and only the native one is driven"


def unmet_requirement(scenario: Scenario, pins: Mapping[str, str]) -> str | None:
    """Why a scenario does not apply to these pins, or None where it does."""
    for short, wanted in scenario.requires.items():
        name = {"chatkit": CHATKIT, "agents": AGENTS}.get(short, short)
        version = pins.get(name)
        if version is None or not SpecifierSet(wanted).contains(version, prereleases=True):
            return f"needs {name}{wanted}, the cell has {version or 'none'}"
    return None


def _result(cell: Cell, scenario: Scenario, outcome: Outcome, **known: Any) -> CaseResult:
    return CaseResult(
        id=f"{cell.id}/native/{scenario.id}",
        cell=cell.id,
        path="native",
        scenario=scenario.id,
        outcome=outcome,
        server=scenario.server,
        **known,
    )
