"""The reader's own pair among the cells of a run: what everybody looks for first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.text import clean, clip, listed, runs_elsewhere
from chatkit_harness.reports.view import View

_OF_THE_INDEX = re.compile(r"contemporary|today|lowest|\d{4}-\d\d-\d\d.*")
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A pair that its reader runs; `source` is where that is said, such as `uv.lock`, empty for an option."""

    chatkit: str
    agents: str
    source: str = ""


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
        found = [cell for cell in cells if (cell.chatkit, cell.agents) == (named.chatkit, named.agents)]
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
