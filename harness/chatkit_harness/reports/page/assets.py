"""Where scripts and styles lie: the page's own, and those that it shares with the reference server's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent.parent
OWN = Path(__file__).resolve().parent / "static"
SHARED = _PACKAGE / "reference" / "web" / "static"
"""Read as text, never imported: widgets, messages and charts look alike in both pages."""
CHARTS = "lightweight-charts.standalone.production.js"
NOTICE = "lightweight-charts.NOTICE"


@cache
def asset(name: str) -> str:
    """The text of a script or style, the page's own first. Raises FileNotFoundError where there is none."""
    for folder in (OWN, SHARED, SHARED / "vendor"):
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(name)
