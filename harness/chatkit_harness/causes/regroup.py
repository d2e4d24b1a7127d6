"""The causes of a run that is read, grouped as the run itself would have done it."""

from __future__ import annotations

from collections.abc import Iterable

from chatkit_harness.causes.group import group
from chatkit_harness.causes.reproduce import options_of_run
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.results import Results, RunHeader


def regroup(header: RunHeader, cases: Iterable[CaseResult], cells: Iterable[Cell]) -> tuple[Cause, ...]:
    """The causes of these cases, each with the line that shows it again as the header was asked for."""
    return group(cases, cells, started=header.started, options=options_of_run(header.selection))


def causes_of(results: Results) -> tuple[Cause, ...]:
    """The causes that the run's footer holds, or grouped anew where the run has no end."""
    if results.footer:
        return results.footer.causes
    return regroup(results.header, results.cases, results.cells)
