"""Both sides of a gate in one run: two cells, each in an environment of its own, side by side."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from chatkit_harness.bisect.mixing import broken_requirement
from chatkit_harness.bisect.pythons import require_common_python
from chatkit_harness.core import events
from chatkit_harness.core.errors import UnavailableError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.engine.run import run
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.sides import Side, one_interpreter, planned_side, read_side
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver
from chatkit_harness.results import Results, load_transcript, read_results, write_whole

from .changes import CaseKey, comparable, compared
from .latency import BUDGET, judged
from .verdict import Compared
from .wire import WireChange, gathered, wire_changes

SIDES = "sides"
"""The folder of a run that keeps what its sides were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What both sides came to: the run, and the cell of each side, as planned and as driven."""

    planned: tuple[PlannedCell, PlannedCell]
    base: Side
    candidate: Side
    results: Results
    base_cell: Cell
    candidate_cell: Cell
    notes: tuple[str, ...] = ()


def drive(
    settings: RunSettings, base: str, candidate: str, listener: events.Listener, *, pairs_as_of: str
) -> Driven:
    """Drive every case of both sides; `pairs_as_of` is the resolution of a side that is a pair.

    Raises SelectionError and ConfigurationError, before anything is driven, where a side names nothing.
    """
    copies = settings.out / SIDES
    sides = [read_side("base", base, copies=copies), read_side("candidate", candidate, copies=copies)]
    require_common_python(sides)
    interpreter = one_interpreter(settings.python)
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    planned = (planned_side(side, settings, index, interpreter, pairs_as_of=pairs_as_of) for side in sides)
    cells = [replace(cell, lock_file=str(_pins_file(settings, cell.resolution))) for cell in planned]
    with ThreadPoolExecutor(1) as aside:  # a resolver's answer takes as long as the first conversations
        broken = aside.submit(lambda: tuple(_broken(sides, cells, Resolver(cache, index))))
        as_asked = replace(settings, isolation="venv", executor="threads", confirm="none", reads_code=False)
        run(as_asked, listener, cells)
    results = read_results(settings.out)
    known = {cell.id: cell for cell in results.cells}
    for cell in cells:
        _write_pins(_pins_file(settings, cell.resolution), known[cell.id].pins)
    return Driven(
        planned=(cells[0], cells[1]),
        base=sides[0],
        candidate=sides[1],
        results=results,
        base_cell=known[cells[0].id],
        candidate_cell=known[cells[1].id],
        notes=broken.result(),
    )


def _broken(sides: Iterable[Side], cells: Iterable[PlannedCell], resolver: Resolver) -> Iterator[str]:
    """Locks that an installer takes as they are, although a resolver would refuse them."""
    for side, cell in zip(sides, cells, strict=True):
        if cell.pinned is not None and cell.pinned.pins:
            with contextlib.suppress(UnavailableError):
                why = broken_requirement(resolver, cell.pinned.pins, cell.interpreter)
                if why is not None:
                    yield f"{side.told} breaks what its own releases require. {why}"


def _pins_file(settings: RunSettings, side: str) -> Path:
    """Where all pins of a side are written once they are known."""
    return settings.out / SIDES / f"{side}.txt"


def _write_pins(path: Path, pins: Mapping[str, str]) -> None:
    """What a side's environment held, to the last pin: what reproduces it."""
    write_whole(path, "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))


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
            before = transcript_of(driven.results.folder, change.base)
            after = transcript_of(driven.results.folder, change.candidate)
            if before is not None and after is not None:
                wire[change.key] = wire_changes(before, after, older=driven.base_cell.chatkit)
                times += times_of(before, after)
    return Compared(
        changes=tuple(changes),
        wire=tuple(gathered(wire)),
        latency=judged(times, budget=budget),
        times=tuple(times),
        doubts=(*_without_chatkit(driven), *_complaints(driven.results)),
        whole=whole,
    )


def transcript_of(folder: Path, case: CaseResult) -> Transcript | None:
    """A case's transcript; None where it has none."""
    return load_transcript(folder, case.transcript) if case.transcript else None


def times_of(before: Transcript, after: Transcript) -> Iterator[tuple[float, float]]:
    """Processor time of each turn on both sides."""
    for one, other in zip(before.turns, after.turns, strict=False):
        if one.cpu_ms and other.cpu_ms:
            yield one.cpu_ms, other.cpu_ms


def _without_chatkit(driven: Driven) -> Iterator[str]:
    """A side that has no chatkit where the other has: nothing of the native path can be compared."""
    cells = driven.base_cell, driven.candidate_cell
    for side, cell, other in zip((driven.base, driven.candidate), cells, reversed(cells), strict=True):
        if cell.chatkit is None and other.chatkit is not None:
            yield f"{side.told} pins no openai-chatkit: nothing of ChatKit can be driven with it."


def _complaints(results: Results) -> Iterator[str]:
    for each in results.complaints:
        yield f"{each.get('culprit', '')}: {each.get('cause', '')}".strip(": ")
