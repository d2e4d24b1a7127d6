"""Both sides of a gate in one run: two cells, each in an environment of its own, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chatkit_harness.core import events
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import CaseResult, Cell, cell_id
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.engine.plan_cells import locked_cells, make_cells, pair_pages
from chatkit_harness.engine.run import run
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.results import Results, load_transcript, read_results

from .changes import CaseKey, comparable, compared
from .latency import BUDGET, judged
from .sides import Side, read_side
from .verdict import Compared
from .wire import WireChange, gathered, wire_changes

SIDES = "sides"
"""The folder of a run that keeps what its sides were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What both sides came to: the run, and the cell of each side."""

    base: Side
    candidate: Side
    results: Results
    base_cell: Cell
    candidate_cell: Cell


def drive(
    settings: RunSettings, base: str, candidate: str, listener: events.Listener, *, pairs_as_of: str
) -> Driven:
    """Drive every case of both sides; `pairs_as_of` is the resolution of a side that is a pair.

    Raises SelectionError and ConfigurationError, before anything is driven, where a side names nothing.
    """
    copies = settings.out / SIDES
    sides = [read_side("base", base, copies=copies), read_side("candidate", candidate, copies=copies)]
    interpreter = _only(select_interpreters(settings.python))
    index = Index(Cache(settings.cache), settings.index)
    cells = [_cell(side, settings, index, interpreter, pairs_as_of) for side in sides]
    run(replace(settings, isolation="venv", executor="threads", confirm="none"), listener, cells)
    results = read_results(settings.out)
    known = {cell.id: cell for cell in results.cells}
    return Driven(
        base=sides[0],
        candidate=sides[1],
        results=results,
        base_cell=known[cells[0].id],
        candidate_cell=known[cells[1].id],
    )


def _only(interpreters: Sequence[Interpreter]) -> Interpreter:
    if len(interpreters) != 1:
        raise SelectionError("--python", "A gate compares on one Python.", "Name one: --python 3.12.")
    return interpreters[0]


def _cell(
    side: Side, settings: RunSettings, index: Index, interpreter: Interpreter, pairs_as_of: str
) -> PlannedCell:
    """The one cell of a side, which is called by the side's name."""
    if side.pair is not None:
        alone = replace(settings, pairs=(side.pair,), resolution=pairs_as_of, versions_named=True)
        found = make_cells(alone, index)
    else:
        alone = replace(settings, versions_named=False)
        path = str(side.file)
        pages = pair_pages(index)
        found = list(locked_cells(alone, pages, interpreter, path, label=side.name, short=True))
    if len(found) != 1:
        raise SelectionError(side.told, f"It comes to {len(found)} cells.", "Name one set of versions.")
    cell = found[0]
    return replace(
        cell,
        id=cell_id(cell.pair, interpreter.minor, side.name),
        resolution=side.name,
        interpreter=interpreter,
    )


def read_compared(driven: Driven, *, budget: float = BUDGET, whole: bool = True) -> Compared:
    """What two sides have in common and what not: outcomes, wire and times."""
    base, candidate = (
        [case for case in driven.results.cases if case.cell == cell.id]
        for cell in (driven.base_cell, driven.candidate_cell)
    )
    changes = compared(base, candidate)
    wire: dict[CaseKey, list[WireChange]] = {}
    times: list[tuple[float, float]] = []
    for change in comparable(changes):
        if change.kind == "same_pass" and change.base is not None and change.candidate is not None:
            before = _transcript(driven.results.folder, change.base)
            after = _transcript(driven.results.folder, change.candidate)
            if before is not None and after is not None:
                wire[change.key] = wire_changes(before, after, older=driven.base_cell.chatkit)
                times += _times(before, after)
    return Compared(
        changes=tuple(changes),
        wire=tuple(gathered(wire)),
        latency=judged(times, budget=budget),
        doubts=tuple(_complaints(driven.results)),
        whole=whole,
    )


def _transcript(folder: Path, case: CaseResult) -> Transcript | None:
    return load_transcript(folder, case.transcript) if case.transcript else None


def _times(before: Transcript, after: Transcript) -> Iterator[tuple[float, float]]:
    """Processor time of each turn on both sides."""
    for one, other in zip(before.turns, after.turns, strict=False):
        if one.cpu_ms and other.cpu_ms:
            yield one.cpu_ms, other.cpu_ms


def _complaints(results: Results) -> Iterator[str]:
    for each in results.complaints:
        yield f"{each.get('culprit', '')}: {each.get('cause', '')}".strip(": ")
