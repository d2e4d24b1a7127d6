"""Hands orders to an executor and takes in what they come to, whatever becomes of its processes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from chatkit_harness.core import events
from chatkit_harness.core.errors import BuildError, HarnessError
from chatkit_harness.results import store_packed

from .cases import PlannedCase
from .executors import opened
from .order import Order
from .outcomes import refuse
from .recorder import Recorder
from .settings import RunSettings
from .sink import Delivery
from .work import work

STRIKES = 3
"""So often may a process be lost while an order is under way before its cells are given up."""

logger = logging.getLogger("chatkit_harness.dispatch")


class Dispatch:
    """Orders under way. A context manager; left by an exception, it ends what is under way."""

    def __init__(self, settings: RunSettings, cases: Iterable[PlannedCase], recorder: Recorder) -> None:
        self._settings = settings
        self._cases = list(cases)
        self._recorder = recorder
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._waiting: dict[Future[Delivery], Order] = {}
        self._strikes: dict[tuple[str, ...], int] = {}

    def __enter__(self) -> Self:
        self._stack.__enter__()
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _open(self) -> Executor:
        self._executor = self._stack.enter_context(opened(self._settings.executor, self._settings.jobs))
        return self._executor

    def submit(self, order: Order) -> None:
        """Hand an order in, and take in whatever is done meanwhile."""
        self._submit(order)
        self.collect(timeout_s=0)

    def collect(self, *, timeout_s: float | None = None) -> None:
        """Take in what is done; with no limit of time, until nothing is under way."""
        while self._waiting:
            done, _ = wait(self._waiting, timeout=timeout_s, return_when=FIRST_COMPLETED)
            if not done:
                return
            lost: list[Order] = []
            for future in done:
                order = self._waiting.pop(future, None)
                if order is None:  # lost with the pool, as the one before it told
                    continue
                error = future.exception()
                if error is None:
                    self._take(order, future.result())
                elif isinstance(error, HarnessError) or not _is_loss(error):
                    raise error
                else:
                    logger.info("a process was lost: %r", error)
                    lost.append(order)
                    if isinstance(error, BrokenProcessPool):
                        lost += self._all_lost()
            if lost:
                self._again(lost)

    def _submit(self, order: Order) -> None:
        executor = self._executor or self._open()
        try:
            self._waiting[executor.submit(work, order)] = order
        except BrokenProcessPool:
            self._again([*self._all_lost(), order])

    def _all_lost(self) -> list[Order]:
        """A pool that lost one process is of no more use: everything in it has to be handed in again."""
        self._executor = None
        lost = []
        for future, order in list(self._waiting.items()):
            if future.done() and future.exception() is None:
                self._take(order, future.result())
            else:
                lost.append(order)
        self._waiting.clear()
        return lost

    def _again(self, lost: Iterable[Order]) -> None:
        """Once more, cell by cell, so that the one at fault is lost alone."""
        for order in lost:
            if len(order.cells) > 1:
                parts = [replace(order, cells=(cell,)) for cell in order.cells]
            else:
                parts = [order]
            for part in parts:
                ids = tuple(cell.planned.id for cell in part.cells)
                self._strikes[ids] = self._strikes.get(ids, 0) + 1
                if self._strikes[ids] > STRIKES:
                    self._give_up(part)
                else:
                    self._submit(part)

    def _give_up(self, order: Order) -> None:
        error = BuildError(
            "worker",
            f"The process that worked on the cell was lost {STRIKES} times.",
            "Free memory, or run it by itself with --isolation venv.",
        )
        for cell in order.cells:
            refuse(
                self._recorder, cell.planned, self._cases, error, pins=cell.lock.pins, attempt=order.attempt
            )

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
        if order.isolation == self._settings.isolation:  # else it only looks again at what was found
            for cell in delivery.cells:
                self._recorder.cell(cell)
        for case in delivery.cases:
            self._recorder.case(case)
        costs = {cell.id: cell.seconds for cell in delivery.cells}
        for each in order.cells:
            seconds = costs.get(each.planned.id) or 0.0
            self._recorder.tell(events.CellFinished(cell_id=each.planned.id, seconds=seconds))


def _is_loss(error: BaseException) -> bool:
    """Whether a process, and not the work, is what failed."""
    return isinstance(error, BrokenProcessPool) or type(error).__module__.partition(".")[0] == "distributed"
