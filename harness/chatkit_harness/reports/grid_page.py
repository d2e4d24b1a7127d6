"""What `report.html` needs to show very many cells: the matrices, and the data behind each cell.

The data is JSON that the page's own script reads when somebody asks for a cell. What is often the same
(pins, reasons) is in it once; of a transcript there is the digest, from which follows where it lies.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from chatkit_harness.reports.matrix import Matrix, matrices
from chatkit_harness.reports.rows import Row
from chatkit_harness.reports.text import SYMBOLS, WORDS, cell_words, clean, clip
from chatkit_harness.reports.told import lacking
from chatkit_harness.reports.view import View, outcome_counts
from chatkit_harness.results.records import TRANSCRIPTS

_DIGEST = re.compile(r"[0-9a-f]{64}")
_OUTCOMES = tuple(SYMBOLS)
_CLASSES = {"pass": "p", "fail": "f", "error": "e", "unresolvable": "u", "skipped": "s", "not run": "s"}
_NO_TRANSCRIPT = " " * 43


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One cell in a grid: its number in the page's data, its state, and what it is in words."""

    number: int
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A matrix as a table: agents releases by minor across, chatkit releases down."""

    title: str
    minors: tuple[tuple[str, int], ...]
    agents: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Spot | None, ...]], ...]


def grid_values(seen: View, anchors: Mapping[str, str], transcripts: str) -> dict[str, Any]:
    """What the template needs besides: `grids` with their `classes`, and `data` for the script."""
    numbers = {row.cell.id: n for n, row in enumerate(seen.rows)}
    return {
        "classes": _CLASSES,
        "grids": [_grid(matrix, numbers) for matrix in matrices(seen.rows)],
        "data": _data(seen, anchors, transcripts),
    }


def _grid(matrix: Matrix, numbers: Mapping[str, int]) -> Grid:
    minors: list[tuple[str, int]] = []
    patches = []
    for agents in matrix.agents:
        minor, patch = _parted(agents)
        patches.append((patch, clean(agents)))
        if minors and minors[-1][0] == minor:
            minors[-1] = (minor, minors[-1][1] + 1)
        else:
            minors.append((minor, 1))
    rows = (
        (
            clip(chatkit, 24),
            tuple(_spot(matrix.cells.get((chatkit, agents)), numbers) for agents in matrix.agents),
        )
        for chatkit in matrix.chatkits
    )
    return Grid(title=matrix.title, minors=tuple(minors), agents=tuple(patches), rows=tuple(rows))


def _parted(version: str) -> tuple[str, str]:
    """`0.14.8` as `0.14` and `8`."""
    parts = clip(version, 24).split(".", 2)
    return ".".join(parts[:2]), parts[2] if len(parts) > 2 else "·"


def _spot(row: Row | None, numbers: Mapping[str, int]) -> Spot | None:
    if row is None:
        return None
    cell = row.cell
    causes = f", cause {', '.join(map(str, row.causes[:4]))}" if row.causes else ""
    words = clean(f"chatkit {cell.chatkit or 'none'} agents {cell.agents}: {WORDS[row.state]}{causes}")
    return Spot(number=numbers[cell.id], state=row.state, words=words)


class _Once:
    """Texts by number, each held once."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _data(seen: View, anchors: Mapping[str, str], transcripts: str) -> Markup:
    """The data as JSON, in letters that cannot end the element that it stands in."""
    once, known = _Once(), _Known(seen, anchors)
    cells = [_cell(row, known, once) for row in seen.rows]
    usual, unusual = known.endings()
    document = {
        "columns": [clean(column) for column in seen.columns],
        "outcomes": list(_OUTCOMES),
        "symbols": [SYMBOLS[outcome] for outcome in _OUTCOMES],
        "words": [WORDS[outcome] for outcome in _OUTCOMES],
        "transcripts": transcripts if ":" in transcripts else quote(transcripts),
        "ending": usual,
        "others": unusual,
        "texts": list(once.texts),
        "cells": cells,
    }
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    # Everything that a parser of HTML might stop at is written as JSON writes it besides.
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


class _Known:
    """What is looked up for every case: its causes, its place in the page, its transcript's file."""

    def __init__(self, seen: View, anchors: Mapping[str, str]) -> None:
        self.columns = seen.columns
        self.anchors = anchors
        self.causes: defaultdict[str, list[int]] = defaultdict(list)
        for each in seen.told:
            for case in each.cause.cases:
                self.causes[case].append(each.number)
        self._stored = _stored(seen.results.folder / TRANSCRIPTS)

    def digest(self, name: str | None) -> str:
        """The digest of a transcript that is there, in 43 letters; else as many blanks."""
        if name is None or name not in self._stored or not _DIGEST.fullmatch(name):
            return _NO_TRANSCRIPT
        return _letters(name)

    def endings(self) -> tuple[str, dict[str, str]]:
        """How the names of most transcripts end, and those of the others by digest."""
        usual = max(Counter(self._stored.values()).items(), key=lambda each: each[1], default=(".json", 0))[0]
        return usual, {
            _letters(name): ending
            for name, ending in self._stored.items()
            if ending != usual and _DIGEST.fullmatch(name)
        }


def _stored(folder: Path) -> dict[str, str]:
    """The transcripts that are there, each with how its name ends: they may be packed."""
    found = {}
    for path in folder.glob("??/*.json*"):
        name, _, ending = path.name.partition(".")
        found[name] = f".{ending}"
    return found


def _letters(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode("ascii").rstrip("=")


def _cell(row: Row, known: _Known, once: _Once) -> list[Any]:
    """A cell: name, state, counts, pins, facts; then of each column outcome, causes, digest, and so on."""
    cell = row.cell
    outcomes, causes, digests = [], [], []
    shown: dict[int, str] = {}
    confirmed = []
    for n, column in enumerate(known.columns):
        case = row.cases.get(column)
        outcomes.append(str(_OUTCOMES.index(case.outcome if case else "not run")))
        causes.append(",".join(map(str, known.causes.get(case.id, ())[:3])) if case else "")
        digests.append(known.digest(case.transcript) if case else _NO_TRANSCRIPT)
        if case and case.id in known.anchors:
            shown[n] = known.anchors[case.id]
        if case and case.confirmed:
            confirmed.append(n)
    facts = [fact for fact in (row.reason, lacking(cell) and f"Read alone, it {lacking(cell)}.") if fact]
    pins = " ".join(f"{name}=={version}" for name, version in sorted(cell.pins.items()) if not _own(name))
    return [
        cell_words(cell),
        _OUTCOMES.index(row.state),
        once(outcome_counts(row.counts)),
        once(clean(pins)),
        [once(clip(fact, 600)) for fact in facts],
        "".join(outcomes),
        once("|".join(causes)),
        "".join(digests),
        shown,
        clean(f"{cell.isolation}{f', {cell.seconds:.1f} s' if cell.seconds is not None else ''}"),
        list(row.causes),
        confirmed,
    ]


def _own(name: str) -> bool:
    return name in ("openai-chatkit", "openai-agents")
