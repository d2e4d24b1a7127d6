"""Drives the scenarios of a session, one case at a time: one run stays open until the session ends."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chatkit_harness.causes.reproduce import command
from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.engine.held_run import HeldRun
from chatkit_harness.engine.installed import NotInstalledError
from chatkit_harness.engine.plan import chosen_cells
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.engine.recorder import now
from chatkit_harness.engine.selection import options_of
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache

from .failure import failure_words
from .told import error_words

if TYPE_CHECKING:
    from .bench import Bench, Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an item came to; `words` say why it did not pass."""

    outcome: str
    words: str = ""


def named_cells(settings: RunSettings) -> list[PlannedCell]:
    """The cells that the settings name. Raises what a run raises of them."""
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    return chosen_cells(settings, index, Layers(cache, index))


class Driver:
    """The run of a session: opened by its first case."""

    def __init__(self, bench: Bench, scenarios: list[Scenario]) -> None:
        self._bench = bench
        self._scenarios = scenarios
        self._started = now()
        self._stack = contextlib.ExitStack()
        self._run: HeldRun | None = None
        self._trouble: HarnessError | None = None

    def opened(self, column: Column, scenario: Scenario, path: str) -> Verdict | None:
        """Why a case cannot be driven, where its cell cannot be had; None where it can."""
        try:
            with self._bench.at_work():
                run = self._running()
                cell = _cell(run, column)
                if column.cell is None and cell.pair.chatkit is None and path == "native":
                    raise NotInstalledError(
                        "openai-chatkit", "It is not installed in this environment.", "Install it."
                    )
                case = run.refused(cell.id, scenario.id, path)
        except HarnessError as error:
            return self._unjudged(error)
        return self._verdict(case, scenario) if case is not None else None

    def drive(self, column: Column, scenario: Scenario, path: str) -> Verdict:
        """Drive one case."""
        try:
            with self._bench.at_work():
                run = self._running()
                case = run.drive(_cell(run, column).id, scenario.id, path)
        except HarnessError as error:
            return self._unjudged(error)
        if case is None:
            raise KeyboardInterrupt
        return self._verdict(case, scenario)

    def _running(self) -> HeldRun:
        if self._trouble is not None:
            raise self._trouble
        if self._run is None:
            bench = self._bench
            try:
                cells = None if bench.in_own_environment else bench.cells
                run = HeldRun(bench.settings, self._scenarios, _unheard, cells=cells)
                self._run = self._stack.enter_context(run)
                bench.opened()
            except HarnessError as error:
                self._trouble = error
                raise
        return self._run

    def _verdict(self, case: CaseResult, scenario: Scenario) -> Verdict:
        if case.outcome in ("pass", "skipped"):
            return Verdict(outcome=case.outcome, words=case.reason or "")
        return Verdict(outcome=case.outcome, words=failure_words(case, self._reproduce(case, scenario)))

    def _reproduce(self, case: CaseResult, scenario: Scenario) -> str:
        """The command line, for the project's folder, that shows a case again."""
        assert self._run is not None  # noqa: S101 - it gave the case
        with self._bench.at_work():
            cell, settings = self._run.cell(case.cell), self._bench.settings
            root, file = self._bench.root, Path(scenario.source)
            options = options_of(settings)
            if file.parent != (settings.scenario_folder or root / "scenarios"):
                inside = file.relative_to(root) if file.is_relative_to(root) else file
                options = ["--scenario", str(inside), *options]
            return command(case, cell, started=self._started, options=options)

    def _unjudged(self, error: HarnessError) -> Verdict:
        words = error_words(error)
        if self._bench.in_own_environment and isinstance(error, NotInstalledError):
            words += "\nTo have environments made: pytest --pair newest:newest --resolution today"
        return Verdict(outcome="error", words=words)

    @property
    def results(self) -> str | None:
        """The folder of the results, once there are any."""
        return str(self._bench.settings.out) if self._run is not None else None

    def close(self, *, interrupted: bool) -> None:
        """End what was started, and draw the reports."""
        stack, self._stack = self._stack, contextlib.ExitStack()
        with self._bench.at_work(), contextlib.suppress(KeyboardInterrupt):
            if interrupted:
                stack.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
            else:
                stack.close()


def _cell(run: HeldRun, column: Column) -> PlannedCell:
    return next(cell for cell in run.cells if column.cell in (None, cell.id))


def _unheard(_: events.Event) -> None:
    """Pytest tells of each case itself."""
