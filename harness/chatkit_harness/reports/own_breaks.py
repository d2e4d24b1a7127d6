"""Of a run's breaks those that the reader's own pair shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatkit_harness.core.errors import SelectionError, did_you_mean
from chatkit_harness.core.nouns import Cause
from chatkit_harness.reports.breaks import Break
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.rows import covered
from chatkit_harness.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBreaks:
    """The breaks of that pair, under their numbers among all `every`, and in how many cells they show."""

    mine: Mine
    found: tuple[Break, ...]
    every: int
    cells: int


def own_breaks(run: Results, causes: Iterable[Cause], found: Sequence[Break], mine: Mine) -> OwnBreaks:
    """Narrow what was found to the pair. Raises SelectionError where the run has no cell of it."""
    own = {cell.id for cell in run.cells if mine.is_of(cell)}
    if not own:
        asked = f"{mine.chatkit}:{mine.agents}"
        near = did_you_mean(asked, sorted({f"{cell.chatkit}:{cell.agents}" for cell in run.cells}))
        raise SelectionError(f"--mine {asked}", "The run has no cell of this pair.", near)
    shown = {each.key: set(covered(each)) for each in causes}
    kept = tuple(each for each in found if own & shown[each.key])
    cells = set().union(*(shown[each.key] for each in kept))
    return OwnBreaks(mine=mine, found=kept, every=len(found), cells=len(cells))
