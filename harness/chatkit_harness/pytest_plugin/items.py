"""Scenario files as pytest sees them: a collector a file, an item a case."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios.load import load_scenario

from .asked import RunsAlreadyError
from .bench import Bench, Column
from .told import error_words

if TYPE_CHECKING:
    from .driver import Verdict

_ID = re.compile(r"^id\s*:")


class ScenarioFile(pytest.File):
    """A scenario file: an item for each cell and path."""

    def __init__(self, *, bench: Bench, **known: Any) -> None:
        super().__init__(**known)
        self._bench = bench

    def collect(self) -> Iterator[pytest.Item]:
        """The cases of this scenario. What is wrong with it is told with its line."""
        bench = self._bench
        try:
            with bench.at_work():
                scenario = load_scenario(self.path)
            if not bench.collected(scenario, self.path):
                return
            paths = [path for path in bench.settings.paths if path in scenario.paths]
            columns = bench.columns
        except RunsAlreadyError as error:
            bench.misused = error  # of the session, whichever of its files is read first
            return
        except HarnessError as error:
            raise self.CollectError(self._told(error)) from None
        line = _line_of(self.path)
        for column in columns:
            for path in paths:
                name = f"{path}[{column.words}]"
                yield ScenarioItem.from_parent(
                    self,
                    name=name,
                    nodeid=f"{self.nodeid}::{name}",  # newer versions tell brackets from a name in it
                    bench=bench,
                    scenario=scenario,
                    column=column,
                    driven=path,
                    line=line,
                )

    def _told(self, error: HarnessError) -> str:
        return error_words(error).replace(f"{self.config.rootpath}{os.sep}", "")


class ScenarioItem(pytest.Item):
    """One case: a scenario on a path, in a cell."""

    def __init__(
        self, *, bench: Bench, scenario: Scenario, column: Column, driven: str, line: int, **known: Any
    ) -> None:
        super().__init__(**known)
        self.scenario = scenario
        self._bench = bench
        self._column = column
        self._driven = driven
        self._line = line
        self.extra_keyword_matches.add(scenario.id)

    def setup(self) -> None:
        """Have the cell: what stands in its way is an error, and says nothing about the scenario."""
        self._tell(self._bench.driver.opened(self._column, self.scenario, self._driven))

    def runtest(self) -> None:
        """Drive the conversation."""
        self._tell(self._bench.driver.drive(self._column, self.scenario, self._driven))

    def _tell(self, verdict: Verdict | None) -> None:
        if verdict is None or verdict.outcome == "pass":
            return
        if verdict.outcome == "skipped":
            pytest.skip(verdict.words)
        pytest.fail(verdict.words, pytrace=False)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, at the place of the scenario."""
        shown = super().repr_failure(excinfo, style=style)
        crash = getattr(shown, "reprcrash", None)
        if isinstance(excinfo.value, pytest.fail.Exception) and crash is not None:
            crash.path, crash.lineno = str(self.path), self._line + 1
            crash.message = str(excinfo.value).partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """Where the scenario stands."""
        return self.path, self._line, f"{self.scenario.id} {self.name}"


def _line_of(file: Path) -> int:
    """The line on which the scenario's id stands, from 0."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines) if _ID.match(line)), 0)
