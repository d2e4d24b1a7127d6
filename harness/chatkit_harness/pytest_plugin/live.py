"""The hooks of a session that has scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from chatkit_harness.core.errors import SelectionError, did_you_mean

from .asked import scenarios_asked_for
from .bench import Bench
from .items import ScenarioItem
from .options import RESULTS
from .told import error_words


class Live:
    """Registered where the first scenario is met."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the scenarios that `--scenario` does not name."""
        asked = scenarios_asked_for(config)
        known = {item.scenario.id for item in items if isinstance(item, ScenarioItem)}
        if not asked or not known:
            return
        for word in asked:
            if not any(fnmatchcase(each, word) for each in known):
                error = SelectionError(
                    f"--scenario {word}", "No scenario here has that name.", did_you_mean(word, known)
                )
                raise pytest.UsageError(error_words(error))
        left_out = [
            item
            for item in items
            if isinstance(item, ScenarioItem)
            and not any(fnmatchcase(item.scenario.id, word) for word in asked)
        ]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What is left now is what may be driven."""
        self._bench.mean(item.scenario for item in session.items if isinstance(item, ScenarioItem))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """A scenario's report says where its conversation is, and shows no output of the harness's own."""
        outcome: Any = yield
        if isinstance(item, ScenarioItem):
            report = outcome.get_result()
            report.sections = []
            setattr(report, RESULTS, self._bench.results)

    def pytest_sessionfinish(self, exitstatus: int | pytest.ExitCode) -> None:
        """End what was started."""
        self._bench.close(interrupted=exitstatus == pytest.ExitCode.INTERRUPTED)
