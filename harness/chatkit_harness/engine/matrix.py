"""A run of many cells: pins, orders, an executor's processes, and a second look at what failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chatkit_harness.cells.payload import payload
from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.machine.cache import Cache
from chatkit_harness.reports.text import count

from .confirm import Contradictions, confirming_orders, doubtful, tell_earlier
from .dispatch import Dispatch
from .executors import is_local
from .locking import resolved_groups
from .locks import Locks
from .order import LARGEST, Common, Order, ResolvedCell, packed
from .outcomes import describe, refuse, stale
from .plan import Plan
from .plan_cell import PlannedCell
from .recorder import Recorder
from .resume import Earlier
from .settings import RunSettings

RESOLVING = 4
"""Questions for pins at once, at least: whoever asks mostly waits for the index."""


ROUNDS = 5
"""So often is looked again at what failed, as long as fresh environments contradict some of it."""


def drive_matrix(
    settings: RunSettings, plan: Plan, cache: Cache, recorder: Recorder, before: Earlier
) -> None:
    """Drive every cell of the plan that needs it, then confirm what failed.

    What a process finds is written down here as it comes in; whatever ends the run, that is kept.
    """
    _Matrix(settings, plan, cache, recorder, before).drive()


class _Matrix:
    def __init__(
        self, settings: RunSettings, plan: Plan, cache: Cache, recorder: Recorder, before: Earlier
    ) -> None:
        self._plan, self._recorder, self._before = plan, recorder, before
        # A cluster's processes are on machines of their own, with caches and folders of their own.
        local = is_local(settings.executor)
        self._settings = settings
        self._locks = Locks(cache, plan.index)
        payload(cache)  # made here once, before several processes ask for it
        common, key = packed(
            Common(
                settings=settings,
                cases=plan.cases,
                index=plan.index.url,
                cache=cache.root if local else None,
                folder=settings.out.absolute() if local else None,
            )
        )
        self._order = Order(
            common=common, key=key, cells=(), isolation=settings.isolation, attempt=before.attempt
        )
        self._resolved: dict[str, ResolvedCell] = {}

    def drive(self) -> None:
        with Dispatch(self._settings, self._plan.cases, self._recorder) as dispatch:
            for group in self._groups():
                dispatch.submit(replace(self._order, cells=group))
            dispatch.collect()
            if self._settings.confirm != "none" and self._settings.isolation != "venv":
                for number in range(ROUNDS):
                    if not self._confirm(dispatch, self._before.attempt + 1 + number):
                        break
        tell_earlier(self._recorder, self._before.cases)

    def _groups(self) -> Iterator[tuple[ResolvedCell, ...]]:
        jobs = max(1, self._settings.jobs)
        # Small enough that every process gets some, and that a killed run loses little.
        largest = max(1, min(LARGEST, -(-len(self._plan.cells) // (2 * jobs))))
        return resolved_groups(
            self._plan.cells,
            self._plan.cases,
            self._locks,
            kept=self._before.kept,
            largest=largest,
            threads=max(RESOLVING, jobs),
            told=self._told,
        )

    def _told(self, planned: PlannedCell, found: ResolvedCell | HarnessError) -> None:
        """What became of a cell's question for pins."""
        if isinstance(found, HarnessError):
            refuse(self._recorder, planned, self._plan.cases, found, attempt=self._before.attempt)
            self._recorder.tell(events.CellFinished(cell_id=planned.id, seconds=0.0))
            return
        lock = found.lock
        self._resolved[planned.id] = found
        if lock.stale:
            self._recorder.complain(stale(planned, lock))
        self._recorder.tell(events.CellResolved(cell=describe(planned, lock=lock.digest, pins=lock.pins)))
        self._recorder.kept(planned.id, found.kept)
        if len(found.kept) == len(self._plan.cases):  # nothing of it is handed in
            self._recorder.tell(events.CellFinished(cell_id=planned.id, seconds=0.0))

    def _confirm(self, dispatch: Dispatch, attempt: int) -> bool:
        """Look again at failures in fresh environments; whether one of them was none.

        Then others stand for its cause, and lie at the ends of its ranges.
        """
        wanted = doubtful(
            self._settings,
            [cause for cause in self._recorder.causes() if cause.reproduce],
            self._recorder.cells(),
            self._plan.cases,
            confirmed=self._recorder.confirmed(),
        )
        if not wanted:
            return False
        cases = count(sum(map(len, wanted.values())), "failing case")
        cells = count(len(wanted), "cell")
        self._recorder.tell(events.Note(text=f"Confirming {cases} of {cells} in fresh environments."))
        before = Contradictions(self._recorder, wanted, self._plan.cases)
        for order in confirming_orders(self._order, self._resolved, wanted, attempt):
            dispatch.submit(order)
        dispatch.collect()
        return before.tell()
