"""Cases of one cell side by side, where processors would have nothing to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from .cases import PlannedCase
from .rollback import Readers
from .seat import Seat
from .targets import MEMORY

CASES_A_LANE = 50
"""For fewer cases one more process costs more than it saves: it imports the pair for two seconds."""

CASES_TO_SPARE = 400
"""Of so many cases enough only wait, for a stalled model or after a page has left, for one process more."""

Work = Callable[[], None]
Later = Callable[[Work], None]
"""Has something done that the next case need not wait for."""

Lane = Callable[[Iterator[PlannedCase], str, Later], None]
"""Drives the cases that it takes, in a process of its own. Its name goes behind the cell's: none, .2, .3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many processes a cell may have, and how many more where many of its cases wait."""

    lanes: int = 1
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Seated:
    """A process at work on a cell, and those that read what it stores, where it is read at all."""

    seat: Seat
    readers: Readers | None = None

    def interrupt(self) -> None:
        """Kill them at once."""
        self.seat.interrupt()
        if self.readers is not None:
            self.readers.interrupt()


def drive_in_lanes(cases: Sequence[PlannedCase], room: Room, lane: Lane) -> None:
    """Have the cases driven, in as many lanes as there is room for; each takes the next one when it is free.

    Where one raises, no further case is taken; what the first one raised is raised once all have ended.
    """
    count = _count(cases, room)
    left = deque(cases)
    if count == 1:  # whoever wants one process at a time wants times that nothing beside it makes longer
        lane(_taken(left), "", _at_once)
        return

    def one(name: str) -> None:
        with _Behind() as behind:
            lane(_taken(left), name, behind.later)

    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="lane") as pool:
        names = ["", *(f".{number}" for number in range(2, count + 1))]
        lanes = [pool.submit(one, name) for name in names]
        try:
            for each in as_completed(lanes):
                each.result()
        finally:
            left.clear()


class _Behind:
    """A thread that does what a lane leaves behind, one at a time: the next one waits for the one before.

    What was raised there is raised by `later`, and at the end of the block. A context manager.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="behind")
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def later(self, work: Work) -> None:
        """Have it done meanwhile. Raises what the one before raised."""
        self._wait()
        self._last = self._pool.submit(work)

    def _wait(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True)
        if error is None:
            self._wait()


def _at_once(work: Work) -> None:
    work()


def _count(cases: Sequence[PlannedCase], room: Room) -> int:
    """How many lanes. What is the user's own, or is kept outside the process, may mind company."""
    alone = any(case.target.is_own or case.store_name != MEMORY for case in cases)
    if alone or room.lanes == 1:
        return 1
    more = room.spare if len(cases) >= CASES_TO_SPARE else 0
    return max(1, min(room.lanes + more, len(cases) // CASES_A_LANE))


def _taken(left: deque[PlannedCase]) -> Iterator[PlannedCase]:
    while left:
        try:
            yield left.popleft()
        except IndexError:  # another lane was faster
            return
