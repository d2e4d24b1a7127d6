"""Two finished runs beside each other, cell by cell and case by case: nothing is driven."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from chatkit_harness.core.errors import ResultsError, SelectionError, did_you_mean
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import Results, load_transcript

from .changes import JUDGED, CaseChange, CaseKey, comparable, compared
from .latency import Latency, judged
from .wire import WireChange, WireChanges, gathered, wire_changes

WIRE_UP_TO = 1000
"""Cases that pass on both sides up to which the wire is compared by itself: each takes two transcripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDifference:
    """One cell in both runs; `wire` and `latency` are empty where the transcripts were not compared."""

    base: Cell
    candidate: Cell
    changes: tuple[CaseChange, ...]
    wire: tuple[WireChanges, ...] = ()
    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two runs.

    `only_base` and `only_candidate` are the ids of cells that one run has alone, `doubts` say what could not
    be judged, `notes` what a reader should know besides.
    """

    base: Results
    candidate: Results
    cells: tuple[CellDifference, ...]
    only_base: tuple[str, ...] = ()
    only_candidate: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> list[CaseChange]:
        """Every case of every cell that both have."""
        return [change for cell in self.cells for change in cell.changes]

    @property
    def status(self) -> int:
        """1 where something fails newly, 3 where that cannot be told, else 0. Nothing compared is never 0."""
        if any(each.kind in ("new_failure", "other_failure") for each in self.changes):
            return 1
        return 3 if self.doubts else 0


def difference(
    base: Results,
    candidate: Results,
    *,
    base_cell: str | None = None,
    candidate_cell: str | None = None,
    wire: bool | None = None,
    heard: Callable[[int, int], None] | None = None,
) -> Difference:
    """What became of each case of `base` in `candidate`.

    Cells are compared with those of the same id; where each run has one cell, or a cell of each is named (by
    its id, or a pattern that fits one), these two are. `wire` is whether transcripts are compared, by default
    where there are not too many; `heard` is told how many cells are done, and of how many. Raises
    SelectionError for a cell that is not there.
    """
    pairs = _pairs(base, candidate, base_cell, candidate_cell)
    before, after = _by_cell(base), _by_cell(candidate)
    changes = [tuple(compared(before.get(one.id, ()), after.get(other.id, ()))) for one, other in pairs]
    passing = sum(change.kind == "same_pass" for each in changes for change in each)
    look = passing <= WIRE_UP_TO if wire is None else wire
    missing: list[str] = []
    reading = _Reading(base, candidate, missing) if look else None
    cells = []
    for (one, other), each in zip(pairs, changes, strict=True):
        cells.append(_cell(one, other, each, reading))
        if heard is not None:
            heard(len(cells), len(pairs))
    matched = {one.id for one, _ in pairs}, {other.id for _, other in pairs}
    notes = [*_notes(base, candidate), *_unread(passing, look, missing)]
    named = base_cell is not None or candidate_cell is not None
    return Difference(
        base=base,
        candidate=candidate,
        cells=tuple(cells),
        only_base=() if named else _besides(base, matched[0]),
        only_candidate=() if named else _besides(candidate, matched[1]),
        doubts=tuple(_doubts(candidate, cells)),
        notes=tuple(notes),
    )


def _pairs(base: Results, candidate: Results, one: str | None, other: str | None) -> list[tuple[Cell, Cell]]:
    if one is None and other is None:
        if len(base.cells) == len(candidate.cells) == 1:
            return [(base.cells[0], candidate.cells[0])]
        known = {cell.id: cell for cell in candidate.cells}
        return [(cell, known[cell.id]) for cell in base.cells if cell.id in known]
    first = _named("--base-cell", base, one) if one is not None else None
    second = _named("--candidate-cell", candidate, other) if other is not None else None
    return [
        (
            first or _only("--base-cell", base, second),
            second or _only("--candidate-cell", candidate, first),
        )
    ]


def _named(option: str, run: Results, word: str) -> Cell:
    exact = [cell for cell in run.cells if cell.id == word]
    found = exact or [cell for cell in run.cells if fnmatchcase(cell.id, word)]
    if len(found) == 1:
        return found[0]
    names = [cell.id for cell in run.cells]
    if found:
        step = f"Name one of them: {', '.join(cell.id for cell in found[:6])}."
        raise SelectionError(f"{option} {word}", f"{len(found)} cells of {run.folder} fit.", step)
    raise SelectionError(f"{option} {word}", f"{run.folder} has no such cell.", did_you_mean(word, names))


def _only(option: str, run: Results, other: Cell | None) -> Cell:
    """The cell of the side that names none: its only one, or the one of the same id."""
    alike = [cell for cell in run.cells if other is not None and cell.id == other.id]
    found = run.cells if len(run.cells) == 1 else alike
    if len(found) == 1:
        return found[0]
    names = ", ".join(cell.id for cell in run.cells[:6]) or "none"
    raise SelectionError(option, f"{run.folder} has {len(run.cells)} cells.", f"Name one of them: {names}.")


def _besides(run: Results, matched: Collection[str]) -> tuple[str, ...]:
    return tuple(cell.id for cell in run.cells if cell.id not in matched)


def _by_cell(run: Results) -> Mapping[str, list[CaseResult]]:
    found: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        found.setdefault(case.cell, []).append(case)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads transcripts of both runs, and remembers what is not there."""

    base: Results
    candidate: Results
    missing: list[str]

    def both(self, change: CaseChange) -> tuple[Transcript, Transcript] | None:
        """What the two cases did; None where that is not known, or one and the same."""
        if change.base and change.candidate and change.base.transcript == change.candidate.transcript:
            return None
        found = self._read(self.base, change.base), self._read(self.candidate, change.candidate)
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    def _read(self, run: Results, case: CaseResult | None) -> Transcript | None:
        if case is None or case.transcript is None:
            return None
        try:
            return load_transcript(run.folder, case.transcript)
        except ResultsError:
            self.missing.append(case.id)
            return None


def _cell(
    base: Cell, candidate: Cell, changes: Sequence[CaseChange], reading: _Reading | None
) -> CellDifference:
    wire: dict[CaseKey, list[WireChange]] = {}
    times: list[tuple[float, float]] = []
    for change in changes:
        both = reading.both(change) if reading is not None and change.kind == "same_pass" else None
        if both is not None:
            wire[change.key] = wire_changes(*both, older=base.chatkit)
            turns = zip(both[0].turns, both[1].turns, strict=False)
            times += [(one.cpu_ms, other.cpu_ms) for one, other in turns if one.cpu_ms and other.cpu_ms]
    alike = base.isolation == candidate.isolation
    return CellDifference(
        base=base,
        candidate=candidate,
        changes=tuple(changes),
        wire=tuple(gathered(wire)),
        latency=judged(times if alike else []),
    )


def _doubts(candidate: Results, cells: Sequence[CellDifference]) -> Iterator[str]:
    changes = [change for cell in cells for change in cell.changes]
    if not comparable(changes):
        yield "No case has a verdict in both runs: nothing was compared."
        if not cells:
            yield "They have no cell in common: name one of each, with --base-cell and --candidate-cell."
        return
    unjudged = [each for each in changes if each.kind == "incomparable" and _matters(each)]
    if unjudged:
        first = unjudged[0]
        yield f"{len(unjudged)} of the cases could not be judged; {first.key}: {first.why}"
    lost = sum(each.candidate is None and _was_judged(each) for each in changes)
    if lost:
        why = "The candidate's run was interrupted: " if candidate.interrupted else ""
        yield f"{why}{lost} of the base's cases are missing in {'it' if why else 'the candidate'}."


def _matters(change: CaseChange) -> bool:
    """Whether a case that both runs have, and one did not judge, leaves something in doubt."""
    if change.base is None or change.candidate is None:
        return False
    return _was_judged(change) or "error" in (change.base.outcome, change.candidate.outcome)


def _was_judged(change: CaseChange) -> bool:
    return change.base is not None and change.base.outcome in JUDGED


def _notes(base: Results, candidate: Results) -> Iterator[str]:
    for name, run in (("base", base), ("candidate", candidate)):
        if run.interrupted:
            yield f"The {name} was interrupted, or is under way still: it is compared as far as it got."
        for each in run.complaints if not run.interrupted else ():
            yield f"The {name}: {each.get('culprit', '')}: {each.get('cause', '')}"
    one, other = base.header, candidate.header
    if one.harness_version != other.harness_version or one.checks != other.checks:
        yield "The two were not judged by the same checks: `recheck` both for findings of one kind."
    both = one.scenarios.keys() & other.scenarios.keys()
    changed = sorted(name for name in both if one.scenarios[name] != other.scenarios[name])
    if changed:
        more = f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        yield f"Scenarios that say something else in the candidate: {', '.join(changed[:6])}{more}."
    if one.host != other.host:
        yield "They were driven on different machines or Pythons of the host: times say little."


def _unread(passing: int, look: bool, missing: Sequence[str]) -> Iterator[str]:
    if not look and passing:
        yield f"The wire was not compared: it takes the transcripts of {passing:,} cases. --wire does it."
    if missing:
        yield f"{len(missing):,} transcripts are missing or damaged, so that the wire was not compared there."
