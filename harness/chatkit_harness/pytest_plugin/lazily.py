"""What is heavy, imported when a scenario is met.

What strangers' packages warn of on the way is not for this project, whose `filterwarnings` may be `error`.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .bench import Bench
    from .items import ScenarioFile

BENCH = pytest.StashKey["Bench"]()


@contextlib.contextmanager
def without_warnings() -> Iterator[None]:
    """Nothing that is warned of is told, or raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def bench_of(config: pytest.Config) -> Bench:
    """The session's bench, with the hooks that it needs."""
    if BENCH not in config.stash:
        with without_warnings():
            from .bench import Bench
            from .live import Live
        config.stash[BENCH] = bench = Bench(config)
        config.pluginmanager.register(Live(bench), "chatkit-harness-live")
    return config.stash[BENCH]


def scenario_file(parent: pytest.Collector, file: Path) -> ScenarioFile:
    """The collector of a scenario file."""
    bench = bench_of(parent.config)
    with without_warnings():
        from .items import ScenarioFile
    return ScenarioFile.from_parent(parent, path=file, bench=bench)


def where_results_are(config: pytest.Config, folders: Collection[str]) -> str:
    """The line that ends a session."""
    with without_warnings():
        from .told import where_results_are as told
    return told(config, folders)
