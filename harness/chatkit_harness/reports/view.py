"""What every report says of a run, worked out once: rows, columns, causes and the verdict in words."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import OUTCOMES, CaseResult, Cause, Cell
from chatkit_harness.reports.text import cell_words, clean, clip, column_name, count
from chatkit_harness.results import Results, summary
from chatkit_harness.results.verdict import unjudged

_WORST_FIRST = ("fail", "error", "unresolvable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell: its state, its cases by column, and the numbers of its causes (from 1)."""

    cell: Cell
    state: str
    counts: Mapping[str, int]
    cases: Mapping[str, CaseResult]
    causes: tuple[int, ...] = ()
    reason: str | None = None
    overhead: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A run as a reader meets it; `headline` is the verdict, `facts` the sentences that follow it."""

    results: Results
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    causes: tuple[Cause, ...]
    summary: Mapping[str, int]
    state: str
    headline: str
    facts: tuple[str, ...]


def view(results: Results) -> View:
    """The view of a run; causes are the footer's, or grouped anew where the run has no end."""
    causes = results.footer.causes if results.footer else group(results.cases, results.cells)
    rows = _rows(results, causes)
    counts = summary(results.cases)
    doubts = unjudged(results)
    state = "fail" if counts["fail"] else "error" if doubts else "pass"
    return View(
        results=results,
        rows=rows,
        columns=tuple(sorted({column for row in rows for column in row.cases})),
        causes=causes,
        summary=counts,
        state=state,
        headline=_headline(rows, state),
        facts=tuple(_facts(results, rows, causes, doubts)),
    )


def failing(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The causes of failures, as against those of what could not be judged."""
    return tuple(cause for cause in causes if cause.example.get("kind", "fail") == "fail")


def covered(cause: Cause) -> list[str]:
    """The ids of the cells that a cause covers."""
    cells = cause.example.get("cells")
    return [str(cell) for cell in cells] if isinstance(cells, (list, tuple)) else []


def _rows(results: Results, causes: tuple[Cause, ...]) -> tuple[Row, ...]:
    by_cell: defaultdict[str, list[CaseResult]] = defaultdict(list)
    for case in results.cases:
        by_cell[case.cell].append(case)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, cause in enumerate(causes, start=1):
        for cell_id in covered(cause):
            numbers[cell_id].append(number)
    rows = [_row(cell, by_cell[cell.id], tuple(numbers[cell.id])) for cell in results.cells]
    return tuple(sorted(rows, key=_planned(results)))


def _planned(results: Results) -> Callable[[Row], int]:
    """The place of a row in the plan: cells are recorded as they finish, which differs from run to run."""
    planned = results.header.matrix.get("cells")
    place = {str(cell_id): n for n, cell_id in enumerate(planned if isinstance(planned, list) else [])}
    return lambda row: place.get(row.cell.id, len(place))


def _row(cell: Cell, cases: list[CaseResult], causes: tuple[int, ...]) -> Row:
    counts = summary(cases)
    said = next(
        (case.reason for case in cases if case.outcome in ("error", "unresolvable") and case.reason), None
    )
    return Row(
        cell=cell,
        state=_state(cell, counts),
        counts=counts,
        cases=_by_column(cases),
        causes=causes,
        reason=cell.unresolvable or cell.unavailable or said,
        overhead={key: _median(cases, key) for key in ("first_event_ms", "total_ms", "cpu_ms")},
    )


def _by_column(cases: list[CaseResult]) -> dict[str, CaseResult]:
    found: dict[str, CaseResult] = {}
    for case in cases:
        name = column_name(case)
        if name in found:
            name = clean(f"{name} [{case.server}]")
        found[name if name not in found else clean(case.id)] = case
    return found


def _state(cell: Cell, counts: Mapping[str, int]) -> str:
    for outcome in _WORST_FIRST:
        if counts[outcome]:
            return outcome
    if cell.unresolvable:
        return "unresolvable"
    if cell.unavailable:
        return "error"
    if counts["pass"]:
        return "pass"
    return "skipped" if counts["skipped"] else "not run"


def _median(cases: list[CaseResult], key: str) -> float | None:
    known = [value for case in cases if (value := case.timing.get(key)) is not None]
    return statistics.median(known) if known else None


def _headline(rows: tuple[Row, ...], state: str) -> str:
    states = [row.state for row in rows]
    total, red, green = len(rows), states.count("fail"), states.count("pass")
    rest = total - red - green
    works = f"{green} {'works' if green == 1 else 'work'}"
    if red:
        told = "The cell fails" if total == 1 else f"{red} of {total} cells fail{'s' * (red == 1)}, {works}"
    elif state == "pass":
        told = {1: "The cell works"}.get(total, f"All {total} cells work" if not rest else works)
    else:
        told = f"Nothing failed, but not everything could be judged: {works} of {count(total, 'cell')}"
    unknown = f", {rest} could not be judged" if rest and (red or green) else ""
    return f"{told}{unknown}."


def _facts(
    results: Results, rows: tuple[Row, ...], causes: tuple[Cause, ...], doubts: list[str]
) -> list[str]:
    said = []
    if results.footer is None:
        said.append("INCOMPLETE: the results file has no end; what was finished is told here.")
    elif results.footer.interrupted:
        said.append("INTERRUPTED: the run was stopped before it was done; what was finished is told here.")
    red = sum(row.state == "fail" for row in rows)
    real = failing(causes)
    if red and real:
        verb = "explains" if len(real) == 1 else "explain"
        cells = f"the {red} failing cells" if red > 1 else "the failing cell"
        said.append(
            f"{count(len(real), 'cause')} {verb} {cells} ({count(_failures(results), 'failing case')})."
        )
    said += _turned(rows, causes)
    said += [clip(doubt, 300) for doubt in dict.fromkeys(doubts)]
    return said + [clip(note, 300) for note in results.notes[:5]]


def _failures(results: Results) -> int:
    return sum(case.outcome == "fail" for case in results.cases)


def _turned(rows: tuple[Row, ...], causes: tuple[Cause, ...]) -> list[str]:
    """Sentences on pairs that work or fail depending on how the rest was resolved: three at most."""
    alike: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        alike[str(row.cell.pair), row.cell.python].append(row)
    said = []
    for group_rows in alike.values():
        good = [row.cell.resolution for row in group_rows if row.state == "pass"]
        bad = [row for row in group_rows if row.state == "fail"]
        if good and bad:
            said.append(_turn(good, bad, causes))
    more = [f"The same is true of {count(len(said) - 3, 'further pair')}."] if len(said) > 3 else []
    return said[:3] + more


def _turn(good: list[str], bad: list[Row], causes: tuple[Cause, ...]) -> str:
    cell = bad[0].cell
    culprits = [causes[n - 1].culprit for row in bad for n in row.causes]
    named = next((f": {clean(culprit)} raised" for culprit in culprits if culprit), "")
    what = cell_words(cell).removesuffix(f" {clean(cell.resolution)}")
    return f"{what} works {' and '.join(good)}, fails {' and '.join(r.cell.resolution for r in bad)}{named}."


def outcome_counts(counts: Mapping[str, int]) -> str:
    """`8 pass 1 fail`: the outcomes that occur, or `nothing ran`."""
    return " ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o]) or "nothing ran"
