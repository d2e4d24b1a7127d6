"""What all tests share: one cache of environments, so that no module builds what another has built."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import pytest

CACHE = "CHATKIT_HARNESS_CACHE"


def pytest_configure(config: pytest.Config) -> None:
    """Name a cache for this run of the tests, unless one is named; workers inherit it."""
    if CACHE in os.environ or hasattr(config, "workerinput"):
        return
    folder = tempfile.mkdtemp(prefix="chatkit-harness-tests-")
    os.environ[CACHE] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """What is started heeds Ctrl-C, even where these tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
