"""The cases that a page shows in full, and which of very many those are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.comparison.side import words_of
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.reports.conversation import (
    Shown,
    cassette_label,
    conversation,
    is_scripted,
    said_otherwise,
)
from chatkit_harness.reports.stores import store_of, stores_of
from chatkit_harness.reports.text import PATH_NAMES, cell_words, clean, clip, milliseconds, runs_elsewhere
from chatkit_harness.reports.view import View
from chatkit_harness.results import Results

BUDGET = 200
"""Of so many cases at most the conversation is in the page, of passing ones and others each."""

_SAMPLES_A_CAUSE = 5

_TIMES: Mapping[str, str] = {
    "total_ms": "whole case",
    "first_event_ms": "first event",
    "widget_ms": "first widget",
    "cpu_ms": "processor",
    "driver_ms": "in the cell",
    "harness_ms": "the harness's own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One case in full, as the page shows it."""

    anchor: str
    case: CaseResult
    cell: str
    turns: list[Shown]
    cassette: str
    model_calls: int | None
    times: list[tuple[str, str]]
    notes: list[str]
    otherwise: list[str]
    scripted: bool
    path: str = ""


def chosen(seen: View) -> list[CaseResult]:
    """All cases of a small run; of a big one those that do not pass and a passing sample of each scenario.

    Where the failing ones alone are too many, a few of each cause stand for the others.
    """
    cases = seen.results.cases
    if len(cases) <= BUDGET:
        return sorted(cases, key=lambda case: case.outcome == "pass")
    judged = [case for case in cases if case.outcome in ("fail", "error")]
    if len(judged) > BUDGET:
        wanted = _representatives(seen, {case.id: case for case in judged})
        judged = [case for case in judged if case.id in wanted]
    samples: dict[tuple[str, str], CaseResult] = {}
    for case in cases:
        if case.outcome == "pass":
            samples.setdefault((case.scenario, case.path), case)
    return [*judged, *list(samples.values())[:BUDGET]]


def details(cases: Sequence[CaseResult], results: Results) -> Iterator[Detail]:
    """These cases with their conversations, each read when it is asked for."""
    labels = {cell.id: cell_words(cell) for cell in results.cells}
    elsewhere = {cell.id for cell in results.cells if runs_elsewhere(cell)}
    stores = stores_of(results)
    for n, case in enumerate(cases, start=1):
        cell = clean(case.server) if case.cell in elsewhere else labels.get(case.cell, case.cell)
        store = store_of(case) if len(stores) > 1 else None
        detail = _detail(n, case, f"{cell}, store {clean(store)}" if store else cell, results)
        if case.cell in elsewhere and not results.header.selection.get("upstream"):
            # What its own model said, and how often it was asked, nobody saw.
            detail = replace(detail, cassette="", model_calls=None, scripted=False)
        yield detail


def _representatives(seen: View, judged: Mapping[str, CaseResult]) -> set[str]:
    """An example of each cause first, then what a fresh environment was asked of, then more of each cause."""
    causes = [[name for name in cause.cases if name in judged] for cause in seen.causes]
    causes = [names for names in causes if names]
    examples = [str(cause.example.get("case")) for cause in seen.causes]
    again = [case.id for case in judged.values() if case.confirmed or case.attempt > 1]
    ordered = [*examples, *(names[0] for names in causes), *again]
    for n in range(1, _SAMPLES_A_CAUSE):
        # Spread from the first to the last, since what lies at the edge of a range says most.
        ordered += [names[n * (len(names) - 1) // (_SAMPLES_A_CAUSE - 1)] for names in causes]
    return set([name for name in dict.fromkeys(ordered) if name in judged][:BUDGET])


def _detail(n: int, case: CaseResult, cell: str, results: Results) -> Detail:
    turns: list[Shown] = []
    notes: list[str] = []
    otherwise: list[str] = []
    cassette, calls, scripted = "", None, False
    path = PATH_NAMES.get(case.path, case.path) if case.path != "native" else ""
    if case.transcript:
        try:
            transcript = results.transcript(case.transcript)
        except ResultsError as error:
            notes.append(f"The transcript cannot be shown. {error.cause}")
        else:
            turns, cassette = conversation(transcript), cassette_label(transcript)
            calls, otherwise = len(transcript.exchanges), said_otherwise(transcript)
            scripted = is_scripted(transcript)
            path = f"{path}: {words_of(transcript)}" if path else ""
            notes += [clean(note) for note in transcript.notes]
            if transcript.ended != "completed":
                notes.append(
                    f"The cell's process {transcript.ended}. {clip(transcript.last_words, 600)}".strip()
                )
    times = [(label, milliseconds(case.timing[key])) for key, label in _TIMES.items() if key in case.timing]
    return Detail(
        anchor=f"case-{n}",
        case=case,
        cell=cell,
        turns=turns,
        cassette=cassette,
        model_calls=calls,
        times=times,
        notes=notes,
        otherwise=otherwise,
        scripted=scripted,
        path=path,
    )
