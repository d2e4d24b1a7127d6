"""The machine's Chromium, as everything that opens a page starts it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Root in a container has no sandbox; without a graphics card pictures are alike on every machine.
_FLAGS = ("--no-sandbox", "--disable-gpu")
MISSING = (
    "needs playwright (pip install playwright) and Chromium (apt-get install chromium, or CHROMIUM=path)"
)


class NoBrowserError(Exception):
    """There is no Chromium here, or nothing to drive it; says what to install."""


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """A headless one, driven by Playwright, until the block ends; raises NoBrowserError without one."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowserError(MISSING) from error
    if path is None:
        raise NoBrowserError(MISSING)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
        yield browser
        browser.close()
