"""What a session knows of its scenarios: settings, columns of cells, and which scenario is in which file.

What drives them is imported when the first of them is run.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chatkit_harness.core.errors import HarnessError, ScenarioError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.engine.settings import INSTALLED, RunSettings

from .asked import run_settings_of
from .folder import forget_older, results_folder
from .lazily import without_warnings
from .options import ambiguous, names_versions
from .told import error_words

if TYPE_CHECKING:
    from chatkit_harness.engine.plan_cell import PlannedCell

    from .driver import Driver

logger = logging.getLogger("chatkit_harness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A cell as the ids of items name it; `cell` is None for the environment that pytest runs in."""

    words: str
    cell: str | None = None


class Bench:
    """One a session and process. Whatever it is asked for is done when it is first asked, and once."""

    def __init__(self, config: pytest.Config) -> None:
        self.root = config.rootpath
        self._config = config
        self._files: dict[str, Path] = {}
        self._meant: dict[str, Scenario] = {}
        self._driver: Driver | None = None
        self.misused: HarnessError | None = None
        """What makes the whole session wrong use, once a scenario was met."""

    @cached_property
    def settings(self) -> RunSettings:
        """What the session is asked for. Raises UsageError and its kin."""
        with self.at_work():
            return run_settings_of(self._config, results_folder(self._config))

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """In the project's folder, without warnings, and with a log that nobody takes for a test's own."""
        with without_warnings(), contextlib.chdir(self.root):
            propagated, logger.propagate = logger.propagate, False
            try:
                yield
            finally:
                logger.propagate = propagated

    @property
    def in_own_environment(self) -> bool:
        """Whether the environment that pytest runs in is the one under test."""
        return not names_versions(self._config)

    @cached_property
    def cells(self) -> list[PlannedCell]:
        """The cells that are asked for by their versions. Raises HarnessError where there are none."""
        with self.at_work():
            from .driver import named_cells

            return named_cells(self.settings)

    def require_sense(self) -> None:
        """Raise pytest's UsageError where an option cannot be used, or versions come to nothing."""
        unclear = ambiguous(self._config)
        if unclear is not None:
            raise pytest.UsageError(unclear)
        try:
            _ = self.settings, None if self.in_own_environment else self.cells
        except HarnessError as error:
            raise pytest.UsageError(error_words(error)) from None

    @cached_property
    def columns(self) -> list[Column]:
        """The cells. Of the environment that pytest runs in nothing needs to be known yet."""
        if self.in_own_environment:
            return [Column(words=INSTALLED)]
        return [Column(words=_words(cell), cell=cell.id) for cell in self.cells]

    def collected(self, scenario: Scenario, file: Path) -> bool:
        """A scenario was read: whether it is a new one, and not a file that a link has led to before.

        Raises ScenarioError where another file has its id.
        """
        other = self._files.setdefault(scenario.id, file)
        if other.resolve() != file.resolve():
            cause = f"the id {scenario.id!r} is already that of {other}."
            raise ScenarioError(str(file), cause, "Give one of the two another id.")
        return other == file

    def mean(self, scenarios: Iterable[Scenario]) -> None:
        """These are left of what was collected: nothing else is prepared."""
        self._meant = {scenario.id: scenario for scenario in scenarios}

    @property
    def driver(self) -> Driver:
        """What drives the scenarios that are meant."""
        if self._driver is None:
            with without_warnings():
                from .driver import Driver
            self._driver = Driver(self, list(self._meant.values()))
        return self._driver

    @property
    def results(self) -> str | None:
        """The folder of the results, once there are any."""
        return self._driver.results if self._driver is not None else None

    def opened(self) -> None:
        """The run has begun, and has its folder."""
        forget_older(self._config, self.settings.out)

    def close(self, *, interrupted: bool) -> None:
        """End what was started, and draw the reports."""
        if self._driver is not None:
            self._driver.close(interrupted=interrupted)


def _words(cell: PlannedCell) -> str:
    minor, version = cell.interpreter.minor, cell.interpreter.version
    python = minor if f"+py{minor}+" in cell.id else version
    if cell.standing is not None:
        return f"{INSTALLED} py{python}"
    return f"{cell.pair} py{python} {cell.resolution}"
