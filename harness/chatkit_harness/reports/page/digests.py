"""The names of a run's transcripts, 32 bytes each, and how their files end: they may be packed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.nouns import CaseResult

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WIDTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """`data` has a name for each column of each cell, zeros where there is no transcript."""

    data: bytes
    endings: Mapping[str, object]


def digests(
    cases: Iterable[CaseResult],
    places: Mapping[str, tuple[int, int]],
    *,
    shape: tuple[int, int],
    folder: Path,
) -> Digests:
    """Those of a run's cases; `shape` is how many cells and columns there are, `folder` has the files."""
    stored = _stored(folder)
    cells, columns = shape
    data = bytearray(_WIDTH * cells * columns)
    for case in cases:
        name = case.transcript
        if name and name in stored and case.id in places and _DIGEST.fullmatch(name):
            cell, column = places[case.id]
            start = _WIDTH * (cell * columns + column)
            data[start : start + _WIDTH] = bytes.fromhex(name)
    usual = max(Counter(stored.values()).items(), key=lambda each: each[1], default=(".json", 0))[0]
    others = {name: ending for name, ending in stored.items() if ending != usual}
    return Digests(data=bytes(data), endings={"usual": usual, "others": others})


def _stored(folder: Path) -> dict[str, str]:
    """The transcripts that are there, each with how its name ends."""
    found = {}
    for path in folder.glob("??/*.json*"):
        name, _, ending = path.name.partition(".")
        found[name] = f".{ending}"
    return found
