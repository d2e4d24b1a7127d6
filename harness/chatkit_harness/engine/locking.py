"""From planned cells to orders: pins chosen, cells that need no second run left out, the rest grouped."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.pins.resolve import Lock

from .cases import PlannedCase
from .cell import case_id, describe
from .fingerprint import fingerprint
from .locks import Locks
from .order import ResolvedCell, grouped
from .plan_cell import PlannedCell

Told = Callable[[PlannedCell, Lock | HarnessError], None]
"""Told what became of a cell's question for pins."""


def resolved_groups(
    cells: Sequence[PlannedCell],
    cases: Sequence[PlannedCase],
    locks: Locks,
    *,
    kept: Mapping[str, str],
    largest: int,
    threads: int,
    told: Told,
) -> Iterator[tuple[ResolvedCell, ...]]:
    """Groups of cells that share a stack, as soon as the pins of all that may belong together are known."""
    with ThreadPoolExecutor(threads, thread_name_prefix="resolve") as pool:
        try:
            for _, same in itertools.groupby(sorted(cells, key=_moment), key=_moment):
                batch = list(same)
                found = zip(batch, pool.map(lambda cell: _locked(locks, cell), batch), strict=True)
                ready = []
                for cell, lock in found:
                    told(cell, lock)
                    if not isinstance(lock, HarnessError) and not _needs_nothing(cell, lock, cases, kept):
                        ready.append(ResolvedCell(planned=cell, lock=lock, kept=_own(cell, cases, kept)))
                yield from grouped(ready, largest=largest)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _moment(cell: PlannedCell) -> tuple[str, str, str, str]:
    """Cells that differ in it share no stack, or only by chance."""
    as_of = cell.as_of.isoformat() if cell.as_of else ""
    return cell.interpreter.version, "" if cell.as_of is None else "past", as_of, cell.resolution


def _locked(locks: Locks, cell: PlannedCell) -> Lock | HarnessError:
    try:
        return locks.lock(cell)
    except HarnessError as error:
        return error


def _own(cell: PlannedCell, cases: Sequence[PlannedCase], kept: Mapping[str, str]) -> dict[str, str]:
    ids = [case_id(cell.id, case) for case in cases]
    return {name: kept[name] for name in ids if name in kept}


def _needs_nothing(
    cell: PlannedCell, lock: Lock, cases: Sequence[PlannedCase], kept: Mapping[str, str]
) -> bool:
    """Whether every case of the cell has an outcome that still holds."""
    known = describe(cell, pins=lock.pins)
    return all(kept.get(case_id(cell.id, case)) == fingerprint(known, case) for case in cases)
