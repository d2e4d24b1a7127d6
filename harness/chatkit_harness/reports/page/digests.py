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
_RANKS = {outcome: n for n, outcome in enumerate(("fail", "error", "pass"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """`data` has a name for each column of each cell, zeros where there is no transcript.

    `endings` says how their files end, and how many names were left out.
    """

    data: bytes
    endings: Mapping[str, object]


def digests(
    cases: Iterable[CaseResult],
    places: Mapping[str, tuple[int, int]],
    *,
    shape: tuple[int, int],
    folder: Path,
    room: int,
) -> Digests:
    """Those of a run's cases; `shape` is how many cells and columns there are, `folder` has the files.

    Names do not compress: where they have more than `room` bytes, those of cases that do not pass come first.
    """
    stored = _stored(folder)
    cells, columns = shape
    data = bytearray(_WIDTH * cells * columns)
    named = [
        (case.transcript, places[case.id], _RANKS.get(case.outcome, len(_RANKS)))
        for case in cases
        if case.transcript in stored and case.id in places
    ]
    most = room // _WIDTH
    if len(named) > most:
        named.sort(key=lambda each: each[2])
    for name, (cell, column), _ in named[:most]:
        start = _WIDTH * (cell * columns + column)
        data[start : start + _WIDTH] = bytes.fromhex(name)
    usual = max(Counter(stored.values()).items(), key=lambda each: each[1], default=(".json", 0))[0]
    others = {name: ending for name, ending in stored.items() if ending != usual}
    left_out = max(0, len(named) - most)
    return Digests(data=bytes(data), endings={"usual": usual, "others": others, "left_out": left_out})


def _stored(folder: Path) -> dict[str, str]:
    """The transcripts that are there, each with how its name ends."""
    found = {}
    for path in folder.glob("??/*.json*"):
        name, _, ending = path.name.partition(".")
        if _DIGEST.fullmatch(name):
            found[name] = f".{ending}"
    return found
