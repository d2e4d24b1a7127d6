"""The lines of a matrix of few cells: one a cell, or one a cell and store where stores are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.reports.rows import Row, overheads, state_of
from chatkit_harness.reports.stores import store_of, stores_of
from chatkit_harness.reports.view import View
from chatkit_harness.results import summary

ELSEWHERE = "-"
"""Stands for the store of cases that are on none of the run's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is told in one line: a cell, or of a cell what is on one store.

    `row` is the cell's and `number` its place, from 1; `first` is whether it is the cell's first line.
    `store` is None where the run compares none. `cases` are by path and label.
    """

    row: Row
    number: int
    first: bool
    store: str | None
    state: str
    counts: Mapping[str, int]
    cases: Mapping[tuple[str, str], CaseResult]
    causes: tuple[int, ...]
    overhead: Mapping[str, float | None]

    @property
    def reason(self) -> str | None:
        """Why there is no verdict."""
        return self.row.reason if self.first else None

    def counts_on(self, path: str) -> Mapping[str, int]:
        """How many of its cases on one path came to each outcome."""
        return summary(case for (on, _), case in self.cases.items() if on == path)


def compares_stores(seen: View) -> bool:
    """Whether the run has several stores."""
    return len(stores_of(seen.results)) > 1


def lines(seen: View) -> Iterator[Line]:
    """The lines of a run, in the order of its rows and then of its stores."""
    labels = {(group.path, column): label for group in seen.groups for column, label in group.columns.items()}
    stores = stores_of(seen.results)
    causes = {each.number: set(each.cause.cases) for each in seen.told} if len(stores) > 1 else {}
    for number, row in enumerate(seen.rows, start=1):
        found = [(labels.get((case.path, column), column), case) for column, case in row.cases.items()]
        here = [each for each in stores if any(store_of(case) == each for _, case in found)]
        if len(stores) < 2 or not here:
            yield Line(
                row=row,
                number=number,
                first=True,
                store=None if len(stores) < 2 else ELSEWHERE,
                state=row.state,
                counts=row.counts,
                cases={(case.path, label): case for label, case in found},
                causes=row.causes,
                overhead=row.overhead,
            )
            continue
        beside = [ELSEWHERE] if any(store_of(case) is None for _, case in found) else []
        for store in (*here, *beside):
            held = [(label, case) for label, case in found if (store_of(case) or ELSEWHERE) == store]
            yield _line(row, number, store, held, causes, first=store == here[0])


def _line(
    row: Row,
    number: int,
    store: str,
    held: Sequence[tuple[str, CaseResult]],
    causes: Mapping[int, set[str]],
    *,
    first: bool,
) -> Line:
    cases = [case for _, case in held]
    counts, ids = summary(cases), {case.id for case in cases}
    state = state_of(row.cell, counts)
    return Line(
        row=row,
        number=number,
        first=first,
        store=store,
        # Of a cell that was not run to its end nothing says which store is done.
        state="not run" if row.state == "not run" and state in ("pass", "skipped") else state,
        counts=counts,
        cases={(case.path, label): case for label, case in held},
        causes=tuple(each for each in row.causes if causes[each] & ids),
        overhead=overheads(cases),
    )
