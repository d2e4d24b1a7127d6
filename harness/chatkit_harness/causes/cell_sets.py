"""Groups of failures as sets of cells: where each shows, and where it is known not to."""

from __future__ import annotations

from functools import reduce
from operator import or_

from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.gathered_group import Group

_NOISE = 50
"""One cell in so many may say otherwise: of thousands of cases one is disturbed now and then."""


class CellSets:
    """Sets of cells as bits."""

    def __init__(self, asked: Asked) -> None:
        self._bits: dict[str, int] = {}
        self._marks = [(self._bit(cell), marks) for cell, marks in asked]

    def red(self, group: Group) -> int:
        """The cells in which a group shows."""
        return reduce(or_, (self._bit(each.case.cell) for each in group.failed.values()), 0)

    def green(self, questions: int) -> int:
        """The cells in which one of these questions was passed."""
        return reduce(or_, (bit for bit, marks in self._marks if marks.passed & questions), 0)

    def _bit(self, cell: str) -> int:
        return self._bits.setdefault(cell, 1 << len(self._bits))


def agree(red: int, green: int, other_red: int, other_green: int) -> bool:
    """Whether cells that show one thing and are free of the other are no more than noise."""
    against = ((red & other_green) | (other_red & green)).bit_count()
    return against * _NOISE <= (red & other_red).bit_count()
