"""What all tests share: one cache of environments, so that no module builds what another has built."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator

import pytest

CACHE = "CHATKIT_HARNESS_CACHE"
LONG = ("cells", "browser", "index")


def pytest_configure(config: pytest.Config) -> None:
    """Name a cache for this run of the tests, unless one is named; workers inherit it."""
    if hasattr(config.option, "loadscopereorder"):
        # By itself pytest-xdist begins with the files that have most tests, which are the quick ones.
        config.option.loadscopereorder = False
    if CACHE in os.environ or hasattr(config, "workerinput"):
        return
    folder = tempfile.mkdtemp(prefix="chatkit-harness-tests-")
    os.environ[CACHE] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that of several processes none is left with one at the end.

    Those that need cells or a browser are long; of the others rather those with few tests.
    """
    sizes = Counter(item.path for item in items)
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: (item.path not in long, sizes[item.path]))


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """What is started heeds Ctrl-C, even where these tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
