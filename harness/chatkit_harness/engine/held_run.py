"""A run whose cases are driven one at a time, in whatever order they are asked for, as a test runner does.

with HeldRun(settings, scenarios, listener) as run:
    run.drive(run.cells[0].id, "quote-aapl", "native")
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from chatkit_harness.cells.payload import payload
from chatkit_harness.core import events
from chatkit_harness.core.errors import CassetteError, HarnessError, ScenarioError, SelectionError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.uv import end_all
from chatkit_harness.upstream import ModelElsewhere, ReplayServer

from .cases import PlannedCase
from .grounds import make_ground
from .held_cell import HeldCell
from .journal import journal
from .locks import Locks
from .plan import Plan, make_plan
from .plan_cell import PlannedCell
from .resume import Earlier
from .settings import RunSettings
from .workshop import Workshop


class HeldRun:
    """A run that stays open; leaving it (it is a context manager) ends what it started and draws the reports.

    `cells` take the place of those that the settings select. Raises UsageError and its kin, before anything
    is written, where nothing can be run. A scenario that cannot be played is told when it is asked for.
    """

    def __init__(
        self,
        settings: RunSettings,
        scenarios: Sequence[Scenario],
        listener: events.Listener,
        *,
        cells: Sequence[PlannedCell] | None = None,
    ) -> None:
        self.settings = settings
        self._listener = listener
        self._cache = Cache(settings.cache)
        index = Index(self._cache, settings.index)
        self._troubles: dict[str, HarnessError] = {}
        self._plan = self._planned(scenarios, index, cells)
        self.cells = self._plan.cells
        self._cases = {(case.scenario.id, case.path): case for case in self._plan.cases}
        self._held: dict[str, HeldCell] = {}
        self._stack = contextlib.ExitStack()

    def _planned(
        self, scenarios: Sequence[Scenario], index: Index, cells: Sequence[PlannedCell] | None
    ) -> Plan:
        """The plan for the scenarios that can be played, and what is wrong with the others."""
        layers = Layers(self._cache, index)
        try:
            return make_plan(self.settings, index, layers, cells, scenarios)
        except (CassetteError, ScenarioError, SelectionError) as raised:
            good = []
            for scenario in scenarios:
                try:
                    make_plan(self.settings, index, layers, cells, [scenario])
                except (CassetteError, ScenarioError) as error:
                    self._troubles[scenario.id] = error
                else:
                    good.append(scenario)
            if not good or len(good) == len(scenarios):
                raise raised from None
            return make_plan(self.settings, index, layers, cells, good)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            live = journal(self.settings, self._plan, Earlier(), self._listener, packed=False)
            self._recorder = stack.enter_context(live)
            self._shop = self._workshop(stack.enter_context(ReplayServer()))
            stack.callback(self._shop.ground.close)
            stack.callback(self._close_cells)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._shop.ending.set()
            end_all()
            for held in self._held.values():
                held.interrupt()
        self._stack.__exit__(kind, error, trace)

    def _workshop(self, upstream: ReplayServer) -> Workshop:
        settings, plan = self.settings, self._plan
        copied = payload(self._cache)
        logs = settings.out / "workers"
        logs.mkdir(parents=True, exist_ok=True)
        # Cells are open side by side, and a tree that forks has one place only.
        isolation = "process" if settings.isolation == "fork" else settings.isolation
        return Workshop(
            settings=settings,
            cases=plan.cases,
            locks=Locks(self._cache, plan.index),
            ground=make_ground(isolation, self._cache, plan.index, copied, settings.env),
            payload=copied,
            upstream=ModelElsewhere(settings.upstream) if settings.upstream else upstream,
            logs=logs,
            cache=self._cache,
        )

    def _close_cells(self) -> None:
        for held in self._held.values():
            held.close()

    def cell(self, name: str) -> Cell:
        """A cell that was opened, as results tell it."""
        return next(cell for cell in self._recorder.cells() if cell.id == name)

    @property
    def notes(self) -> Iterable[str]:
        """What is worth knowing of the whole run."""
        return self._plan.notes

    def refused(self, cell: str, scenario: str, path: str) -> CaseResult | None:
        """What a case comes to where its cell cannot be had; None where it can. Raises as `drive`."""
        return self._cell(cell).refused(self._case(scenario, path))

    def drive(self, cell: str, scenario: str, path: str) -> CaseResult | None:
        """Drive one case; None where the run was ended meanwhile.

        Raises HarnessError where the scenario cannot be played, or what was found cannot be written.
        """
        return self._cell(cell).drive(self._case(scenario, path))

    def _cell(self, name: str) -> HeldCell:
        if name not in self._held:
            planned = next(cell for cell in self.cells if cell.id == name)
            self._held[name] = HeldCell(self._shop, planned, self._recorder)
        return self._held[name]

    def _case(self, scenario: str, path: str) -> PlannedCase:
        if scenario in self._troubles:
            raise self._troubles[scenario]
        return self._cases[scenario, path]
