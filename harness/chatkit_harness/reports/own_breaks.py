"""Of a run's breaks those that the reader's own pair shows."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.needed import BROUGHT, is_recorded, without
from chatkit_harness.causes.reproduce import options_of_run
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Cause
from chatkit_harness.reports.breaks import Break
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.rows import covered
from chatkit_harness.results import Results

_OF_THE_INDEX = ("contemporary", "today", "lowest")


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
        step = f"To drive it: {_driving(run, asked)}; then name that run."
        raise SelectionError(f"--mine {mine.source or asked}", f"The run has no cell of {asked}.", step)
    shown = {each.key: set(covered(each)) for each in causes}
    kept = tuple(each for each in found if own & shown[each.key])
    cells = set().union(*(shown[each.key] for each in kept))
    return OwnBreaks(mine=mine, found=kept, every=len(found), cells=len(cells))


def _driving(run: Results, pair: str) -> str:
    """The command that drives a pair as the run's own were."""
    asked = run.header.selection
    words = ["chatkit-harness", "run", "--pair", pair]
    given = str(asked.get("resolution") or "").split(",")
    whens = [each for each in dict.fromkeys(given) if each in _OF_THE_INDEX]  # a lock has a pair of its own
    several = {"--resolution": whens, "--scenario": asked.get("scenarios"), "--path": asked.get("paths")}
    for option, values in several.items():
        words += [option, ",".join(map(str, values))] if values else []
    recorded = any(map(is_recorded, run.header.scenarios))
    options = without(options_of_run(asked), BROUGHT, *(() if recorded else ("--data",)))
    return shlex.join([*words, *options])
