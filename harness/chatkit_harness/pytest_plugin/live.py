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
        if self._bench.misused is not None:
            raise pytest.UsageError(error_words(self._bench.misused))
        asked = scenarios_asked_for(config)
        known = {item.scenario.id for item in items if isinstance(item, ScenarioItem)}
        if not asked or not known:
            return
        for word in asked:
            if not any(fnmatchcase(each, word) for each in known):
                raise pytest.UsageError(error_words(_unknown(word, known)))
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


_RULES = ("conformance-", "store-")
"""How the rules for servers, and those of stores, are called: they come with the harness."""


def _unknown(word: str, known: set[str]) -> SelectionError:
    step = did_you_mean(word, known)
    if word.startswith(_RULES):
        step = (
            "The rules for servers (conformance-*) and of stores (store-*) are asked by "
            f"`chatkit-harness run --scenario '{word}'`."
        )
    return SelectionError(f"--scenario {word}", "No scenario here has that name.", step)
