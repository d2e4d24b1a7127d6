"""Figures kept so that those which say the same as another one are found without a look at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Generic, TypeVar

from chatkit_harness.comparison.words import Amount, same_amount

T = TypeVar("T")


class Found(Generic[T]):
    """Figures, each with what it was found in; what is held twice is kept once.

    A figure's like lies within half a step of the coarser one, so that per step a short stretch is enough.
    """

    def __init__(self, held: Iterable[tuple[Amount, T]]) -> None:
        by_step: defaultdict[Decimal, list[tuple[Amount, T]]] = defaultdict(list)
        for amount, what in dict.fromkeys(held):
            by_step[_step(amount)].append((amount, what))
        self._by_step = {
            step: sorted(found, key=lambda each: _place(each[0])) for step, found in by_step.items()
        }
        self._places = {
            step: [_place(amount) for amount, _ in found] for step, found in self._by_step.items()
        }

    def like(self, amount: Amount) -> Iterator[tuple[Amount, T]]:
        """The figures that say the same as this one."""
        for step, found in self._by_step.items():
            reach, place = max(step, _step(amount)), _place(amount)
            first = bisect_left(self._places[step], place - reach)
            last = bisect_right(self._places[step], place + reach)
            for each in found[first:last]:
                if same_amount(amount, each[0]):
                    yield each

    def has(self, amount: Amount) -> bool:
        """Whether any figure says the same."""
        return next(self.like(amount), None) is not None


def _step(amount: Amount) -> Decimal:
    return amount.step


def _place(amount: Amount) -> Decimal:
    """Where a figure stands among the others; of days the year may not be told."""
    return amount.value % 10_000 if amount.unit == "date" else amount.value
