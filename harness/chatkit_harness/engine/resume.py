"""What an earlier part of a run has found and need not be found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.reports.text import count
from chatkit_harness.results import RESULTS_FILE, believable, read_so_far

from .settings import RunSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The records of a run's file that are believed, before it goes on; nothing of a new run.

    `kept` are fingerprints by case id: where a case's is the same today, it is not driven again. `attempt` is
    the number of what is driven now.
    """

    cells: tuple[Cell, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    notes: tuple[str, ...] = ()


def earlier(settings: RunSettings) -> Earlier:
    """What the run in the folder has found so far, if it is to be resumed.

    Raises ConfigurationError where there is nothing to resume, ResultsError where it cannot be read.
    """
    if not settings.resume:
        return Earlier()
    if not (settings.out / RESULTS_FILE).is_file():
        raise ConfigurationError(
            f"--resume {settings.out}", "There is no run in this folder.", "Name a folder that holds one."
        )
    results = read_so_far(settings.out)
    if results is None:
        note = "The run in this folder was ended before it had written what it was asked for."
        return Earlier(notes=(f"{note} What this command asks for is done.",))
    believed = believable(results)
    kept = {
        case.id: case.fingerprint
        for case in believed.values()
        if case.fingerprint and case.outcome in ("pass", "fail", "skipped")
    }
    return Earlier(
        cells=results.cells,
        cases=tuple(believed.values()),
        kept=kept,
        attempt=max((case.attempt for case in results.cases), default=0) + 1,
        notes=(f"Going on: the outcome of {count(len(kept), 'case')} is kept where nothing has changed.",),
    )
