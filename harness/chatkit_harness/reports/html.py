"""`report.html`: a run on one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.causes.group import raised_of
from chatkit_harness.comparison import Comparison
from chatkit_harness.comparison.side import words_of
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import CaseResult, Cause, Finding
from chatkit_harness.core.transcript import Raised
from chatkit_harness.reports.comparison_page import comparison_values
from chatkit_harness.reports.conversation import (
    Shown,
    cassette_label,
    conversation,
    is_scripted,
    said_otherwise,
)
from chatkit_harness.reports.pages import environment
from chatkit_harness.reports.text import PATH_NAMES, cell_words, clean, clip, milliseconds
from chatkit_harness.reports.view import View, covered, paths_apart, says_more
from chatkit_harness.results import Results

_MOST_CASES = 200
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


def html_report(seen: View, comparison: Comparison | None = None) -> str:
    """The page, as text; with a comparison where both paths were driven."""
    made = environment()
    made.filters.update(lines=_traceback)
    made.globals.update(
        covered=covered,
        raised_of=raised_of,
        says_more=says_more,
        example_of=_example_of,
        path_names=PATH_NAMES,
    )
    details = _details(seen)
    return made.get_template("report.html.j2").render(
        seen=seen,
        apart=paths_apart(seen),
        header=seen.results.header,
        footer=seen.results.footer,
        details=details,
        anchors={detail.case.id: detail.anchor for detail in details},
        left_out=len(seen.results.cases) - len(details),
        confirming=any(cause.confirmed for cause in seen.causes),
        timing_note=_timing_note(seen.results),
        **comparison_values(comparison),
    )


def _details(seen: View) -> list[Detail]:
    labels = {cell.id: cell_words(cell) for cell in seen.results.cells}
    chosen = _chosen(seen)
    return [
        _detail(n, case, labels.get(case.cell, case.cell), seen.results)
        for n, case in enumerate(chosen, start=1)
    ]


def _chosen(seen: View) -> list[CaseResult]:
    """All cases of a small run; of a big one the failing ones and a passing sample of each scenario.

    Where the failing ones alone are too many, the first few of each cause stand for the others.
    """
    cases = seen.results.cases
    if len(cases) <= _MOST_CASES:
        return sorted(cases, key=lambda case: case.outcome == "pass")
    judged = [case for case in cases if case.outcome in ("fail", "error")]
    if len(judged) > _MOST_CASES:
        sampled = {name for cause in seen.causes for name in cause.cases[:_SAMPLES_A_CAUSE]}
        judged = [case for case in judged if case.id in sampled][:_MOST_CASES]
    samples: dict[tuple[str, str], CaseResult] = {}
    for case in cases:
        if case.outcome == "pass":
            samples.setdefault((case.scenario, case.path), case)
    return [*judged, *list(samples.values())[:_MOST_CASES]]


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


def _timing_note(results: Results) -> str:
    if results.header.pacing:
        return (
            f"Medians a case at pacing {results.header.pacing:g}: waits of live recordings are in them; "
            "a scripted cassette has no model time at all."
        )
    return (
        "Medians a case, of the server's and the framework's own work: the model on loopback answers at "
        "once, and a scripted cassette has no model time."
    )


def _traceback(source: Finding | Raised | Mapping[str, Any]) -> str:
    """The frames of an exception, or of a cause's example, one a line."""
    if isinstance(source, Finding):
        found = raised_of(source)
        return _traceback(found) if found else ""
    if isinstance(source, Raised):
        above = f"{_traceback(source.cause)}\n\nwhich led to\n\n" if source.cause else ""
        frames = [_frame(to_document(frame)) for frame in source.frames]
        return above + "\n".join([*frames, f"{source.type}: {source.message}"])
    frames = [_frame(frame) for frame in source.get("frames", ())]
    said = f"{source.get('type') or ''}: {source.get('message') or ''}".strip(": ")
    return "\n".join([*frames, said])


def _example_of(cause: Cause, anchors: Mapping[str, str]) -> str | None:
    """The case of a cause that the page shows in full, the example's where it can be."""
    return next((case for case in (cause.example.get("case"), *cause.cases) if case in anchors), None)


def _frame(frame: Mapping[str, Any]) -> str:
    owner = " ".join(str(frame[key]) for key in ("distribution", "version") if frame.get(key))
    place = f"{frame.get('file')}:{frame.get('line')} in {frame.get('function')}"
    code = f"\n    {frame['code']}" if frame.get("code") else ""
    return place + (f"  ({owner})" if owner else "") + code
