"""From planned cells to orders: pins chosen, cells that need no second run left out, the rest grouped."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.machine.uv import end_all
from chatkit_harness.pins.resolve import Lock

from .cases import PlannedCase
from .disturbance import refused
from .locks import Locks
from .order import ResolvedCell, grouped
from .outcomes import describe, kept_cases
from .plan_cell import PlannedCell

Told = Callable[[PlannedCell, ResolvedCell | HarnessError], None]
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
                    if isinstance(lock, HarnessError):
                        told(cell, lock)
                        continue
                    known = kept_cases(describe(cell, lock=lock.digest, pins=lock.pins), cases, kept)
                    resolved = ResolvedCell(planned=cell, lock=lock, kept=known)
                    told(cell, resolved)
                    if len(known) < len(cases):
                        ready.append(resolved)
                yield from grouped(ready, largest=largest)
        except BaseException:
            # Ctrl-C comes while a resolver is waited for, and leaving the pool waits for it as well.
            locks.cache.ending.set()
            end_all()
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
    except OSError as error:  # a full disk, where uv's own files should be, or a deleted cache
        return refused(locks.cache, error, nameless=Path(tempfile.gettempdir()))
