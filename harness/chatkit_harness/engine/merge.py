"""Shards, or runs, joined into the results that one machine would have given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chatkit_harness.causes import regroup
from chatkit_harness.core.errors import ConfigurationError, ResultsError, did_you_mean
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.reports import write_reports
from chatkit_harness.results import (
    Results,
    ResultsWriter,
    RunFooter,
    RunHeader,
    Shared,
    copy_transcript,
    read_results,
    summary,
)

from .joined import Joined, Part, read_parts, same_run
from .joined_header import (
    Shards,
    changed,
    ended_early,
    joined_header,
    require_alike,
    shards_before,
    shards_of,
)
from .recorder import now
from .targets import PATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge came to: the run, which shards were not there, and what was told more than once."""

    results: Results
    missing: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def merge(sources: Sequence[Path], out: Path, *, prefer: Path | None = None) -> Merged:
    """Join runs into a results folder of its own, with its reports; the runs are not changed.

    What two of them have alike is kept once. Where they differ the run `prefer`, one of the sources, counts;
    of a scenario that it has otherwise, its cases alone.
    Where shards are missing the rest is merged, with a complaint, and marked as interrupted.

    Raises ResultsError where a source cannot be read, where two were made by different harness versions,
    judged by different checks or are shards of different plans, and where they differ and neither is
    preferred; ConfigurationError where `prefer` is none of them or `out` holds a run already; OutputError
    where it cannot be written.
    """
    _require_among(sources, prefer)
    shared = Shared()
    parts = read_parts(sources, shared)
    preferred = next((part for part in parts if prefer is not None and part.is_at(prefer)), None)
    require_alike(parts, preferred)
    shards = shards_of(parts, preferred)
    joined = Joined(parts, preferred, _outdated(parts, preferred))
    _write(parts, joined_header(parts, shards, preferred), shards, joined, out)
    notes = tuple(joined.notes())
    del parts, joined  # of a whole sweep twice as much would be held as is needed to draw it
    results = read_results(out, shared=shared)
    write_reports(results, out)
    return Merged(results=results, missing=shards.missing, notes=notes)


def _require_among(sources: Sequence[Path], prefer: Path | None) -> None:
    """Raise ConfigurationError for a run to prefer that is none of them, before any is read."""
    if prefer is not None and not any(same_run(prefer, source) for source in sources):
        raise ConfigurationError(
            f"--prefer {prefer}",
            "It is none of the runs that are merged.",
            did_you_mean(str(prefer), [str(source) for source in sources]),
        )


def _outdated(parts: Sequence[Part], preferred: Part | None) -> dict[str, frozenset[str]]:
    """Of each run, by its name, the scenarios that the preferred run has otherwise."""
    if preferred is None:
        return {}
    return {part.name: changed(part.results.header, preferred.results.header) for part in parts}


def _write(parts: Sequence[Part], header: RunHeader, shards: Shards, joined: Joined, out: Path) -> None:
    cells = _in_order(joined, header)
    held = _cases_in_order(joined, header, cells)
    with ResultsWriter(out) as writer:
        writer.header(header)
        for cell in cells:
            writer.cell(cell)
        lost: Counter[str] = Counter()
        for case, part in held:
            if case.transcript and not copy_transcript(part.results.folder, out, case.transcript):
                lost[part.name] += 1
            writer.case(case)
        cases = [case for case, _ in held]
        writer.footer(
            RunFooter(
                finished=max((p.results.footer.finished for p in parts if p.results.footer), default=now()),
                interrupted=bool(shards.missing) or any(map(ended_early, parts)),
                summary=summary(cases),
                causes=regroup(header, cases, cells),
                complaints=_complaints(parts, shards, lost),
            )
        )


def _in_order(joined: Joined, header: RunHeader) -> list[Cell]:
    places = {cell: place for place, cell in enumerate(header.matrix["cells"])}
    cells = [_dated(cell, part.results.header, header) for cell, part in joined.cells.values()]
    return sorted(cells, key=lambda cell: places.get(cell.id, len(places)))


def _dated(cell: Cell, own: RunHeader, whole: RunHeader) -> Cell:
    """The cell, with the instant of its own run where that is its `today`: shards may be days apart."""
    if cell.resolution == "today" and cell.as_of is None and own.started != whole.started:
        return replace(cell, as_of=own.started)
    return cell


def _cases_in_order(
    joined: Joined, header: RunHeader, cells: Sequence[Cell]
) -> list[tuple[CaseResult, Part]]:
    """Cell by cell, and in each as the plan has them: scenario by scenario, on each of its paths."""
    places = {cell.id: place for place, cell in enumerate(cells)}
    scenarios = {name: place for place, name in enumerate(header.scenarios)}

    def place(held: tuple[CaseResult, Part]) -> tuple[int, int, int, str]:
        case = held[0]
        path = PATHS.index(case.path) if case.path in PATHS else len(PATHS)
        scenario = scenarios.get(case.scenario, len(scenarios))
        return places.get(case.cell, len(places)), scenario, path, case.id

    return sorted(joined.cases.values(), key=place)


def _complaints(
    parts: Sequence[Part], shards: Shards, lost: Mapping[str, int]
) -> tuple[Mapping[str, str], ...]:
    """What the parts complained of, each complaint once, and what is not there."""
    before = [shards_before(part) for part in parts]
    outdated = [each.complaint() for each in before if each.missing]  # what is missing now is told below
    told = [dict(each) for part in parts for each in part.results.complaints if dict(each) not in outdated]
    if shards.missing:
        told.append(shards.complaint())
    for name, count in lost.items():
        cause = f"Transcripts of {count} of its cases are missing, which can be neither shown nor rechecked."
        told.append(ResultsError(name, cause, "Copy the run's folder again whole.").as_document())
    return tuple({tuple(each.items()): each for each in told}.values())
