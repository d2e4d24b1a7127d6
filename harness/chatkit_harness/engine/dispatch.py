"""Hands orders to an executor and takes in what they come to, whatever becomes of its processes."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from chatkit_harness.core import events
from chatkit_harness.core.errors import BuildError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.results import store_packed

from .cases import PlannedCase
from .confirm import unconfirmed
from .executors import opened
from .order import Order, ResolvedCell
from .outcomes import case_id, describe, refuse, result
from .recorder import Recorder
from .settings import RunSettings
from .sink import Delivery
from .slots import LostProcessError
from .work import work

STRIKES = 3
"""So often may a process be lost that works on a cell, and nothing else under way, before it is given up."""

logger = logging.getLogger("chatkit_harness.dispatch")


class Dispatch:
    """Orders under way. A context manager; left by an exception, it ends what is under way."""

    def __init__(self, settings: RunSettings, cases: Iterable[PlannedCase], recorder: Recorder) -> None:
        self._settings = settings
        self._cases = list(cases)
        self._recorder = recorder
        self._stack = ExitStack()
        self._under_way: dict[Future[Delivery], Order] = {}
        self._doubtful: deque[Order] = deque()

    def __enter__(self) -> Self:
        self._stack.__enter__()
        self._executor: Executor = self._stack.enter_context(
            opened(self._settings.executor, self._settings.jobs)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def submit(self, order: Order) -> None:
        """Hand an order in, and take in whatever is done meanwhile."""
        self._hand_in(order)
        self._take_in(timeout_s=0)

    def collect(self) -> None:
        """Take in what is under way; then cells whose process was lost are tried again, one at a time."""
        self._take_in()
        while self._doubtful:
            self._alone(self._doubtful.popleft())

    def _hand_in(self, order: Order) -> Future[Delivery]:
        future = self._executor.submit(work, order)
        self._under_way[future] = order
        return future

    def _take_in(self, *, timeout_s: float | None = None) -> None:
        while self._under_way:
            done, _ = wait(self._under_way, timeout=timeout_s, return_when=FIRST_COMPLETED)
            if not done:
                return
            for future in done:
                order = self._under_way.pop(future)
                if self._lost(future) is None:
                    self._take(order, future.result())
                elif len(order.cells) > 1:  # one of them may be at fault
                    for cell in order.cells:
                        self._hand_in(replace(order, cells=(cell,)))
                else:
                    self._doubtful.append(order)

    def _lost(self, future: Future[Delivery]) -> BaseException | None:
        """How a process was lost while it worked; None where it was not. Raises what the work raised."""
        error = future.exception()
        if error is None:
            return None
        if not _is_loss(error):
            raise error
        logger.info("a process was lost: %r", error)
        return error

    def _alone(self, order: Order) -> None:
        """Try a cell with nothing else under way: nothing else can be at fault then, or want the memory.

        Elsewhere a worker that is lost takes along what waits for it, and its scheduler has tried a few times
        by itself before it says so.
        """
        for _ in range(STRIKES):
            future = self._hand_in(order)
            wait([future])
            del self._under_way[future]
            error = self._lost(future)
            if error is None:
                self._take(order, future.result())
                return
            if not isinstance(error, LostProcessError):
                break
        for cell in order.cells:
            self._give_up(order, cell)

    def _give_up(self, order: Order, cell: ResolvedCell) -> None:
        error = BuildError(
            cell.planned.id,
            "The process that worked on the cell was lost again and again, also with nothing else under way.",
            "Free memory, or run it by itself with --isolation venv.",
        )
        planned, pins = cell.planned, cell.lock.pins
        left = [case for case in self._cases if cell.only is None or case.key in cell.only]
        left = [case for case in left if case_id(planned.id, case) not in cell.kept]
        if self._looks_again(order):
            self._recorder.complain(error)
            self._recorder.complain(unconfirmed(planned.id, len(left), error.cause))
        elif cell.kept:  # what an earlier part of the run found in the cell stands, and so does the cell
            self._recorder.complain(error)
            for case in left:
                known = describe(planned, pins=pins)
                refused = result(known, case, "error", reason=str(error), attempt=order.attempt)
                self._recorder.case(refused)
        else:
            refuse(self._recorder, planned, left, error, pins=pins, attempt=order.attempt)
        self._recorder.tell(events.CellFinished(cell_id=planned.id, seconds=0.0))

    def _looks_again(self, order: Order) -> bool:
        """Whether an order is to confirm what was found, in environments of another kind."""
        return order.isolation != self._settings.isolation

    def _take(self, order: Order, delivery: Delivery) -> None:
        """Write down what an order came to. The transcripts come first: a case is only as good as its own."""
        for digest, content in (delivery.packed or {}).items():
            store_packed(self._settings.out, digest, content)
        for name, text in (delivery.logs or {}).items():
            if text:
                with suppress(OSError):  # a full disk; the results themselves will say so
                    (self._settings.out / "workers" / name).write_text(text, encoding="utf-8")
        for logged in delivery.log:
            logged.repeat()
        for error in delivery.complaints:
            self._recorder.complain(error)
        if self._looks_again(order):
            self._take_second_look(delivery)
        else:
            for cell in delivery.cells:
                self._recorder.cell(cell)
            for case in delivery.cases:
                self._recorder.case(case)
        costs = {cell.id: cell.seconds for cell in delivery.cells}
        for each in order.cells:
            seconds = costs.get(each.planned.id) or 0.0
            self._recorder.tell(events.CellFinished(cell_id=each.planned.id, seconds=seconds))

    def _take_second_look(self, delivery: Delivery) -> None:
        """Only a verdict takes the place of the one before; where there is none, what was found stands."""
        unseen: dict[str, list[CaseResult]] = {}
        for case in delivery.cases:
            if case.outcome in ("pass", "fail"):
                self._recorder.case(case)
            else:
                unseen.setdefault(case.cell, []).append(case)
        for cell, cases in unseen.items():
            self._recorder.complain(unconfirmed(cell, len(cases), cases[0].reason))


def _is_loss(error: BaseException) -> bool:
    """Whether a process, and not the work, is what failed."""
    return isinstance(error, LostProcessError) or type(error).__module__.partition(".")[0] == "distributed"
