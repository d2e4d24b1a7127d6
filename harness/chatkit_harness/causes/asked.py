"""What each cell was asked and how it went, in bits: a sweep has forty thousand cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chatkit_harness.core.nouns import CaseResult


@dataclass(slots=True)
class Marks:
    """A cell's questions as sets of bits: those it passed, those it was judged by, those that went wrong."""

    passed: int = 0
    judged: int = 0
    flawed: int = 0


class Asked:
    """The questions of a run, each a bit, and the marks of each cell.

    A question is what a case asks but for its cell: path, scenario, server, store and client.
    """

    def __init__(self) -> None:
        self._bits: dict[tuple[str, ...], int] = {}
        self._marks: dict[str, Marks] = {}

    def add(self, case: CaseResult) -> int:
        """Take a case's outcome in, instead of an earlier one; the bit of its question."""
        question = (case.path, case.scenario, case.server, case.store, case.client)
        bit = self._bits.setdefault(question, 1 << len(self._bits))
        marks = self._marks.get(case.cell)
        if marks is None:
            marks = self._marks[case.cell] = Marks()
        marks.passed = marks.passed | bit if case.outcome == "pass" else marks.passed & ~bit
        judged = case.outcome in ("pass", "fail")
        marks.judged = marks.judged | bit if judged else marks.judged & ~bit
        flawed = case.outcome not in ("pass", "skipped")
        marks.flawed = marks.flawed | bit if flawed else marks.flawed & ~bit
        return bit

    def of(self, cell: str) -> Marks:
        """The marks of a cell; none where it was asked nothing."""
        return self._marks.get(cell) or Marks()

    def __iter__(self) -> Iterator[tuple[str, Marks]]:
        return iter(self._marks.items())

    def __contains__(self, cell: str) -> bool:
        return cell in self._marks


Reds = Mapping[str, int]
"""The cells that show a cause, each with the questions in which it does."""
