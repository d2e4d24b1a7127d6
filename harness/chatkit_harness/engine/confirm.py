"""Looks again, in fresh virtual environments, at what a run with shared packages found to fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from chatkit_harness.causes import edges
from chatkit_harness.core.errors import IsolationError, UnavailableError
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Outcome
from chatkit_harness.reports.text import count

from .cases import PlannedCase
from .order import Order, ResolvedCell
from .outcomes import case_id
from .recorder import Recorder
from .settings import RunSettings

SHARED = ("fork", "process")
"""Isolations in which cells share packages."""


def doubtful(
    settings: RunSettings,
    causes: Iterable[Cause],
    cells: Sequence[Cell],
    cases: Sequence[PlannedCase],
    *,
    confirmed: Collection[str] = (),
) -> dict[str, list[str]]:
    """The keys of the cases to look at again, by cell: of each cause the one that stands for it and one in
    each cell at the ends of its ranges, or all. What is among the ids `confirmed` was looked at before.
    """
    known = {cell.id: cell for cell in cells}
    order = {case.key: number for number, case in enumerate(cases)}
    chosen: dict[str, list[str]] = {}
    for cause in causes:
        by_cell = _cases_by_cell(cause, known, order)
        wanted = by_cell if settings.confirm == "all" else edges(cause, cells)
        for cell in wanted:
            keys = by_cell.get(cell, [])
            found = chosen.setdefault(cell, [])
            found += [key for key in (keys if settings.confirm == "all" else keys[:1]) if key not in found]
    left = {cell: [key for key in keys if f"{cell}/{key}" not in confirmed] for cell, keys in chosen.items()}
    return {cell: keys for cell, keys in left.items() if keys}


def _cases_by_cell(cause: Cause, cells: Mapping[str, Cell], order: Mapping[str, int]) -> dict[str, list[str]]:
    """The keys of a cause's cases by cell, in the plan's order; only of cells that shared packages."""
    found: dict[str, list[str]] = {}
    for case in cause.cases:
        cell, _, key = case.partition("/")
        if cell in cells and cells[cell].isolation in SHARED and cells[cell].pins and key in order:
            found.setdefault(cell, []).append(key)
    return {cell: sorted(keys, key=order.__getitem__) for cell, keys in found.items()}


def confirming_orders(
    order: Order, resolved: Mapping[str, ResolvedCell], wanted: Mapping[str, Sequence[str]], attempt: int
) -> Iterator[Order]:
    """One order a cell, like `order` but in a fresh virtual environment."""
    for cell, keys in wanted.items():
        found = resolved.get(cell)
        if found is not None:
            again = ResolvedCell(planned=found.planned, lock=found.lock, only=tuple(keys))
            yield Order(common=order.common, key=order.key, cells=(again,), isolation="venv", attempt=attempt)


class Contradictions:
    """What cases came to before they were looked at again, to be held against what they come to then."""

    def __init__(
        self, recorder: Recorder, wanted: Mapping[str, Sequence[str]], cases: Sequence[PlannedCase]
    ) -> None:
        self._recorder = recorder
        by_key = {case.key: case for case in cases}
        ids = [case_id(cell, by_key[key]) for cell, keys in wanted.items() for key in keys]
        self._before = {each: recorder.outcome(each) for each in ids}

    def tell(self) -> bool:
        """Complain of every case that came to something else in a fresh environment; whether there is one."""
        found = False
        for case, before in self._before.items():
            now = self._recorder.outcome(case)
            if now != before:
                found = True
                self._recorder.complain(_contradiction(case, before, now))
        return found


def tell_earlier(recorder: Recorder, cases: Iterable[CaseResult]) -> None:
    """Complain again of what an earlier part of the run saw otherwise in a fresh environment.

    Only failures are looked at again: where cells share packages, a pass that is confirmed was a failure.
    """
    shared = {cell.id for cell in recorder.cells() if cell.isolation in SHARED}
    confirmed = recorder.confirmed()
    for case in cases:
        again = case.attempt > 1 and case.confirmed and case.id in confirmed
        if again and case.cell in shared and recorder.outcome(case.id) == case.outcome == "pass":
            recorder.complain(_contradiction(case.id, "fail", "pass"))


def unconfirmed(cell: str, cases: int, why: str | None) -> UnavailableError:
    """The complaint about failures of a cell that a fresh environment had no verdict on."""
    return UnavailableError(
        cell,
        f"What was found with shared packages stands: {count(cases, 'case')} could not be driven again in a "
        f"fresh environment ({(why or 'it gave no reason').rstrip('.')}).",
        "Go on with --resume once that can be had.",
    )


def _contradiction(case: str, before: Outcome | None, now: Outcome | None) -> IsolationError:
    return IsolationError(
        case,
        f"With shared packages it was {before}, in a fresh environment {now}, which counts.",
        "Run its cell with --isolation venv, and report the difference.",
    )
