"""Cases of one cell side by side, where processors would have nothing to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from .cases import PlannedCase
from .rollback import Readers
from .seat import Seat
from .targets import MEMORY

CASES_A_LANE = 50
"""For fewer cases one more process costs more than it saves: it imports the pair for two seconds."""

Lane = Callable[[Iterator[PlannedCase], str], None]
"""Drives the cases that it takes, in a process of its own. Its name goes behind the cell's: none, .2, .3."""


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


def drive_in_lanes(cases: Sequence[PlannedCase], room: int, lane: Lane) -> None:
    """Have the cases driven, in up to `room` lanes; each takes the next one when it is free.

    Where one raises, no further case is taken; what the first one raised is raised once all have ended.
    """
    count = _count(cases, room)
    left = deque(cases)
    if count == 1:
        lane(_taken(left), "")
        return
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="lane") as pool:
        names = ["", *(f".{number}" for number in range(2, count + 1))]
        lanes = [pool.submit(lane, _taken(left), name) for name in names]
        try:
            for each in as_completed(lanes):
                each.result()
        finally:
            left.clear()


def _count(cases: Sequence[PlannedCase], room: int) -> int:
    """How many lanes. What is the user's own, or is kept outside the process, may mind company."""
    alone = any(case.target.is_own or case.store_name != MEMORY for case in cases)
    return 1 if alone else max(1, min(room, len(cases) // CASES_A_LANE))


def _taken(left: deque[PlannedCase]) -> Iterator[PlannedCase]:
    while left:
        try:
            yield left.popleft()
        except IndexError:  # another lane was faster
            return
