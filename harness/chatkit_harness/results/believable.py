"""What a run that goes on need not do again, as far as the run's own folder shows it."""

from __future__ import annotations

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.results.reader import Results
from chatkit_harness.results.transcripts import stored_transcripts


def believable(results: Results) -> dict[str, CaseResult]:
    """The cases, by id, of which everything is there: the cell, the evidence and the transcript.

    A case that was judged and names no transcript has nothing to show, and is left out too.
    """
    cells = {cell.id for cell in results.cells}
    stored = stored_transcripts(results.folder)
    return {
        case.id: case
        for case in results.cases
        if case.cell in cells and case.id not in results.incomplete and _is_backed(case, stored)
    }


def _is_backed(case: CaseResult, stored: frozenset[str]) -> bool:
    if case.transcript is None:
        return case.outcome not in ("pass", "fail")
    return case.transcript in stored
