"""The reader's own pair among the cells of a run: what everybody looks for first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.rows import Row
from chatkit_harness.reports.text import WORDS, clean, clip, listed, runs_elsewhere
from chatkit_harness.reports.view import View

_OF_THE_INDEX = re.compile(r"contemporary|today|lowest|\d{4}-\d\d-\d\d.*")
_FEW = 3
_MOST_CELLS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A pair that its reader runs; `source` is where that is said, such as `uv.lock`, empty for an option."""

    chatkit: str
    agents: str
    source: str = ""

    def is_of(self, cell: Cell) -> bool:
        """Whether the cell is of this pair, however its releases are written: 0.24 is 0.24.0."""
        return _is_same(self.chatkit, cell.chatkit) and _is_same(self.agents, cell.agents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The cells of the reader's own pair, by id, and what that pair is in words."""

    words: str
    cells: frozenset[str]


def own_cells(seen: View, mine: Mine | None) -> Own:
    """Those of the pair that is named, else as the run was told, else those that a file of theirs pins."""
    named = mine or _as_told(seen.results.header.selection.get("mine"))
    cells = [row.cell for row in seen.rows]
    if named is not None:
        found = [cell for cell in cells if named.is_of(cell)]
        where = f", as {clip(named.source, 80)} has it" if named.source else ""
        words = f"chatkit {clean(named.chatkit)} with agents {clean(named.agents)}{where}"
        return Own(words=words, cells=frozenset(cell.id for cell in found))
    found = [cell for cell in cells if _is_locked(cell)]
    if len(found) == len(cells):
        return Own(words="", cells=frozenset())  # nothing to tell it from
    names = sorted({clip(cell.resolution, 80) for cell in found})
    return Own(
        words=f"as {listed(names[:_FEW])} has it" if names else "", cells=frozenset(c.id for c in found)
    )


def own_sentence(seen: View, mine: Mine | None) -> str | None:
    """Whether the reader's own pair works, cell by cell; None where nobody knows which one that is."""
    own = own_cells(seen, mine)
    if not own.words:
        return None
    rows = [row for row in seen.rows if row.cell.id in own.cells]
    if not rows:
        return f"No cell has your own pair, {own.words}."
    pythons = len({row.cell.python for row in rows}) > 1
    told = [_how_it_is(row, python=pythons) for row in rows[:_MOST_CELLS]]
    if len(rows) > _MOST_CELLS:
        told.append(f"{len(rows) - _MOST_CELLS} cells more")
    return f"Your own pair, {own.words}: {'; '.join(told)}."


def _how_it_is(row: Row, *, python: bool) -> str:
    """One cell: `today fails (3 of 10 cases, cause 1)`."""
    where = clip(row.cell.resolution, 80) + (f" on Python {clean(row.cell.python)}" if python else "")
    failing = row.counts.get("fail", 0)
    if not failing:
        return f"{where} {WORDS[row.state]}"
    causes = listed([str(number) for number in row.causes[:_FEW]])
    which = f", cause {causes}" if row.causes else ""
    return f"{where} {WORDS[row.state]} ({failing} of {len(row.cases)} cases{which})"


def _is_same(named: str, has: str | None) -> bool:
    try:
        return Version(named) == Version(has or "")
    except InvalidVersion:  # what runs elsewhere, or without chatkit, has no version that can be compared
        return named == has


def _as_told(told: object) -> Mine | None:
    if not isinstance(told, Mapping):
        return None
    chatkit, agents, source = (told.get(name) for name in ("chatkit", "agents", "source"))
    return (
        Mine(chatkit=str(chatkit), agents=str(agents), source=str(source or ""))
        if chatkit and agents
        else None
    )


def _is_locked(cell: Cell) -> bool:
    """Whether its pins are from a file or an environment of the reader, and not chosen for the run."""
    return not runs_elsewhere(cell) and not _OF_THE_INDEX.fullmatch(cell.resolution)
