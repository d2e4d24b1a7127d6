"""A run as rows: every planned cell with its state, whether it came to be run or not."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.text import PATH_NAMES, clean, column_label, column_name
from chatkit_harness.results import Results, summary

_WORST_FIRST = ("fail", "error", "unresolvable")
_CELL_ID = re.compile(r"^chatkit-(.+?)\+agents-(.+?)\+py(\d[\w.]*)\+(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The columns of one path: its name in words, and each column's key with what is written above it."""

    path: str
    name: str
    columns: Mapping[str, str]

    @property
    def labels(self) -> tuple[str, ...]:
        """What is written above its columns, each once: several stores have a column of one label each."""
        return tuple(dict.fromkeys(self.columns.values()))


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


def covered(cause: Cause) -> list[str]:
    """The ids of the cells that a cause covers."""
    cells = cause.example.get("cells")
    return [str(cell) for cell in cells] if isinstance(cells, (list, tuple)) else []


def any_case(rows: Iterable[Row], column: str) -> CaseResult | None:
    """The first of the cases in a column; they have a scenario and what is under test in common."""
    return next((row.cases[column] for row in rows if column in row.cases), None)


def rows_of(results: Results, causes: tuple[Cause, ...]) -> tuple[Row, ...]:
    """The rows in the order of the plan: cells are recorded as they finish, which differs from run to run."""
    by_cell: defaultdict[str, list[CaseResult]] = defaultdict(list)
    for case in results.cases:
        by_cell[case.cell].append(case)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, cause in enumerate(causes, start=1):
        for cell_id in covered(cause):
            numbers[cell_id].append(number)
    planned = _planned(results)
    known = {cell.id for cell in results.cells}
    cells = [*results.cells, *(_unrecorded(cell_id) for cell_id in planned if cell_id not in known)]
    # What an interrupted run does not have of a cell was not run; what a whole one lacks was not asked.
    wanted = len(planned_cases(results)) if results.interrupted else 0
    rows = [_row(cell, by_cell[cell.id], tuple(numbers[cell.id]), wanted) for cell in cells]
    place = {cell_id: n for n, cell_id in enumerate(planned)}
    return tuple(sorted(rows, key=lambda row: place.get(row.cell.id, len(place))))


def planned_cases(results: Results) -> list[tuple[str, str]]:
    """Each scenario with each path that it was to be driven on."""
    asked = results.header.selection.get("paths") or list(PATH_NAMES)
    return [
        (path, name)
        for name, document in results.header.scenarios.items()
        for path in _paths(document)
        if path in asked
    ]


def _paths(document: Any) -> list[str]:
    paths = document.get("paths") if isinstance(document, Mapping) else None
    return [path for path in PATH_NAMES if path in paths] if isinstance(paths, list) and paths else ["native"]


def groups_of(results: Results, rows: tuple[Row, ...]) -> tuple[Group, ...]:
    """What the rows have cases of, path by path, and of an interrupted run what no cell came to."""
    found: dict[str, dict[str, str]] = {path: {} for path in PATH_NAMES}
    for row in rows:
        for column, case in row.cases.items():
            found.setdefault(case.path, {})[column] = label_of(column, case)
    begun = {(case.path, case.scenario) for case in results.cases}
    for path, name in planned_cases(results) if results.interrupted else ():
        if (path, name) not in begun:
            label = clean(name)
            found[path][label if path == "native" else f"{label} ({path})"] = label
    return tuple(
        Group(path=path, name=PATH_NAMES.get(path, clean(path)), columns=dict(sorted(columns.items())))
        for path, columns in found.items()
        if columns
    )


def label_of(column: str, case: CaseResult) -> str:
    """What is written above a column of a path; what told two columns of one name apart stays."""
    usual = column_name(case)
    return column_label(case) + column[len(usual) :] if column.startswith(usual) else column


def _planned(results: Results) -> list[str]:
    planned = results.header.matrix.get("cells")
    return list(dict.fromkeys(map(str, planned))) if isinstance(planned, list) else []


def _unrecorded(cell_id: str) -> Cell:
    """A cell of which nothing is known but that it was planned."""
    found = _CELL_ID.match(cell_id)
    chatkit, agents, python, resolution = found.groups() if found else (cell_id, "", "", "")
    return Cell(
        id=cell_id,
        chatkit=None if chatkit == "none" else chatkit,
        agents=agents,
        python=python,
        resolution=resolution,
    )


def _row(cell: Cell, cases: list[CaseResult], causes: tuple[int, ...], wanted: int) -> Row:
    counts = summary(cases)
    state = state_of(cell, counts)
    said = next(
        (case.reason for case in cases if case.outcome in ("error", "unresolvable") and case.reason), None
    )
    run = len({(case.path, case.scenario) for case in cases})
    if state in ("pass", "skipped", "not run") and run < wanted:
        # Nothing is wrong so far, which is not the same as working.
        what = "scenarios" if len({case.path for case in cases}) < 2 else "cases"
        state, said = "not run", f"{run} of {wanted} {what} were run" if run else None
    return Row(
        cell=cell,
        state=state,
        counts=counts,
        cases=_by_column(cases),
        causes=causes,
        reason=cell.unresolvable or cell.unavailable or said,
        overhead=overheads(cases),
    )


def _by_column(cases: list[CaseResult]) -> dict[str, CaseResult]:
    found: dict[str, CaseResult] = {}
    for case in cases:
        name = column_name(case)
        if name in found:
            name = clean(f"{name} [{case.server}]")
        found[name if name not in found else clean(case.id)] = case
    return found


def overheads(cases: list[CaseResult]) -> Mapping[str, float | None]:
    """Medians in milliseconds, all over the same cases: those with an event, or where none has one, all."""
    timed = [case for case in cases if case.timing.get("first_event_ms") is not None] or cases
    return {key: _median(timed, key) for key in ("first_event_ms", "total_ms", "cpu_ms")}


def state_of(cell: Cell, counts: Mapping[str, int]) -> str:
    """A cell's state, by how many cases came to each outcome: the worst of them."""
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
