"""A page that draws widgets by the reference server's own scripts, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import launched

import chatkit_harness
from chatkit_harness.reports.gallery import gallery_document, gallery_pieces

SCRIPTS = Path(chatkit_harness.__file__).parent / "reference" / "web" / "static"
HERE = Path(__file__).parent
PAGE = """<!doctype html><html lang="en">
<title>Stage</title><link rel="stylesheet" href="/widgets.css"><body></body></html>"""
TYPES = {".js": "text/javascript", ".css": "text/css"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The machine's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """What the gallery shows of the newest release."""
    return gallery_document()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery's page."""
    path = tmp_path_factory.mktemp("gallery") / "gallery.html"
    path.write_text("".join(gallery_pieces()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stage(chromium: Any) -> Iterator[Any]:
    """An empty page that can import the renderer; at the end nothing may have gone wrong on it."""
    # Half pixels are pixels: a border of two and a half looks like no other.
    context = chromium.new_context(
        reduced_motion="reduce", device_scale_factor=2, viewport={"width": 700, "height": 800}
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    context.route(re.compile("^https?:"), _served)
    page.goto("http://stage.invalid/")
    yield page
    context.close()
    assert errors == []


def _served(asked: Any) -> None:
    name = asked.request.url.rpartition("/")[2]
    if not name:
        asked.fulfill(status=200, body=PAGE, content_type="text/html")
        return
    path = next((folder / name for folder in (HERE, SCRIPTS) if (folder / name).is_file()), None)
    if path is None:
        asked.fulfill(status=404, body="")
    else:
        asked.fulfill(status=200, body=path.read_text("utf-8"), content_type=TYPES[path.suffix])
