"""A Chromium for the tests of a file, and real runs, which are made once for all processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from tests.browser.window import Kept, Window, launched
from tests.cli.command import call

Open = Callable[..., Window]


@pytest.fixture(scope="module")  # what drives it keeps an event loop running, which others must not meet
def chromium() -> Iterator[Any]:
    """The machine's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture
def window(chromium: Any) -> Iterator[Open]:
    """Opens files in windows of their own; at the end nothing may have gone wrong in any of them."""
    windows: list[Window] = []

    def start(file: Path, address: str = "", **looks: Any) -> Window:
        windows.append(Window.opened(chromium, file, address, **looks))
        return windows[-1]

    yield start
    assert [each for one in windows for each in one.close()] == []


@pytest.fixture(scope="module")
def windows(chromium: Any) -> Kept:
    """The windows that the tests of a file share."""
    return Kept(chromium)


@pytest.fixture
def kept(windows: Kept) -> Iterator[Open]:
    """For tests that go to views and look at them: the window of a file, in which nothing may go wrong."""
    yield windows.window
    assert windows.wrong() == []


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of one test run have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "browser"
    folder.mkdir(exist_ok=True)
    return folder


def once(folder: Path, *words: object) -> Path:
    """The folder that a command leaves, made by whoever comes first."""
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            cache = os.environ.get("CHATKIT_HARNESS_CACHE") or folder.parent / "cache"
            cached = () if words[0] == "compare" else ("--cache", cache)
            said = call(*words, *cached, "--out", folder)
            assert said.status in (0, 1, 3), said.err
    return folder


SCENARIOS = "quote-aapl,draw-support-resistance-tsla,fibonacci,news-as-documented,classifier-only"


@pytest.fixture(scope="session")
def run(shared: Path) -> Path:
    """Two pairs, as of their own time and of today, on both paths: the default run with less to ask."""
    pairs = ("--pair", "1.2.0:0.5.1", "--pair", "1.6.5:0.24.0")
    return once(shared / "run", "run", *pairs, "--scenario", SCENARIOS)


@pytest.fixture(scope="session")
def sweep(shared: Path) -> Path:
    """Four cells of a sweep, of which some fail."""
    # Two of its environments are those of the run.
    cells = ("--chatkit", "1.2.0,1.6.5", "--agents", "0.5.1,0.24.0", "--resolution", "today")
    return once(shared / "sweep", "sweep", *cells, "--scenario", "quote-aapl,fibonacci", "--confirm", "none")


@pytest.fixture(scope="session")
def comparison(shared: Path, run: Path) -> Path:
    """The comparison of that run's paths, by itself."""
    return once(shared / "comparison", "compare", run)
