"""The plugin for pytest: scenario files as test items.

Every pytest of an environment loads this file. It stays small: the rest is imported where a scenario is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SUFFIXES = (".yaml", ".yml")


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: list[str]) -> Iterator[None]:
    """Take the options whose names nobody else has: whoever wants one has been loaded by then."""
    yield
    from .options import add_options

    add_options(parser, args)


@pytest.hookimpl(hookwrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Whoever gives options is told at once where they name nothing, before anything is collected."""
    from .options import given

    if given(session.config):
        from .lazily import bench_of

        bench_of(session.config).require_sense()
    yield


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A scenario of this project, and no other YAML."""
    if file_path.suffix not in SUFFIXES:
        return None
    from .files import is_scenario

    if not is_scenario(parent.config, file_path):
        return None
    from .lazily import scenario_file

    return scenario_file(parent, file_path)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say so where pytest is told to look elsewhere only: scenarios are not passed over in silence."""
    if not (config.rootpath / "pyproject.toml").is_file():
        return None
    from .files import passed_over

    return passed_over(config)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say where the conversations of this session are."""
    from .options import RESULTS

    reports = (each for several in terminalreporter.stats.values() for each in several)
    folders = {folder for each in reports if (folder := getattr(each, RESULTS, None))}
    if folders:
        from .lazily import where_results_are

        terminalreporter.write_line(where_results_are(config, folders))
