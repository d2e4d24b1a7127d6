"""Whether two locks were made for any Python in common: else none can drive both."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.engine.sides import Side

_RELEASES = [f"3.{minor}.{patch}" for minor in range(7, 40) for patch in range(40)]
"""Every CPython that a lock could be made for, and more."""


def require_common_python(sides: Sequence[Side]) -> None:
    """Raises ConfigurationError, exit 2, where two sides are locks of which no Python suits both.

    Told of one side alone, the advice would be another Python, with which then the other one fails.
    """
    locks = [(side, text) for side in sides for text in _range(side)]
    ranges = [SpecifierSet(text) for _, text in locks]
    if len(locks) < 2 or any(all(each.contains(one) for each in ranges) for one in _RELEASES):
        return
    told = " and ".join(text for _, text in locks)
    raise ConfigurationError(
        ", ".join(f"--{side.name} {side.word}" for side, _ in locks),
        f"The two are locked for different Pythons: {told}.",
        "Lock one of them again.",
    )


def _range(side: Side) -> Iterator[str]:
    """The Pythons of a lock, where it says so; what cannot be read is told by who reads all of it."""
    if side.file is None or side.file.suffix not in (".lock", ".toml"):
        return
    try:
        told = tomllib.loads(side.file.read_text(encoding="utf-8-sig")).get("requires-python")
        if isinstance(told, str):
            SpecifierSet(told)
            yield told
    except (OSError, ValueError, RecursionError, InvalidSpecifier):
        return
