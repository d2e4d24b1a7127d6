"""Releases of a third party, `dep`, of which some break whoever imports them, and the pair that needs it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.engine.made_matrix import UNHARMED
from tests.made_index import MadeRelease

PAIR = f"1.0.0:{UNHARMED}"
BREAKS = "raise RuntimeError('dep is broken')\n"


def dep(minor: int, source: str = "", *, name: str = "dep", requires: Sequence[str] = ()) -> MadeRelease:
    """A release of a third party, a day younger than the one before it."""
    day = f"2025-12-{minor:02}T12:00:00Z"
    files = {f"{name}/__init__.py": f"VERSION = {minor}\n{source}"}
    return MadeRelease(project=name, version=f"1.{minor}", files=files, uploaded=day, requires=requires)


def broken_from(first: int, last: int = 20) -> list[MadeRelease]:
    """Releases of which those from the first one on break whoever imports them."""
    return [dep(minor, BREAKS if minor >= first else "") for minor in range(1, last + 1)]
