"""Drives cells in which one cause hides another, with what keeps the first one away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.engine.plan import make_plan
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.sides import one_interpreter, planned_side, read_side
from chatkit_harness.engine.work import close_benches
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver
from chatkit_harness.results.proofs import Behind, Proofs

from .hidden import Hiding, without
from .hunt import SIDES
from .kept import Kept
from .log import Log
from .nouns import Seen, Target
from .oracle import Oracle, judged
from .proving import for_one_case, own_folder, pins_file


def look_behind(
    run: Path, asked: Sequence[Hiding], settings: RunSettings, *, say: Callable[[str], None]
) -> Proofs:
    """What these cells show; kept in the run's folder one by one, as it is found. Raises OutputError."""
    kept = Kept(run)
    try:
        for number, each in enumerate(asked, start=1):
            found = kept.behind(each)
            if found is None or found.shows is None:
                found = _looked(run, each, settings)
                kept.add(found)
            told = {True: "shows there, too", False: "does not show there", None: "cannot be told"}
            where = f"{each.case} in {each.cell.id} with {each.constraint}"
            say(f"[{number}/{len(asked)}] behind another break: {where}: {told[found.shows]}")
    finally:
        close_benches()
    return kept.all


def _looked(run: Path, each: Hiding, settings: RunSettings) -> Behind:
    found = Behind(
        cause=each.cause,
        by=each.by,
        cell=each.cell.id,
        case=each.case,
        constraint=each.constraint,
        shows=None,
    )
    folder = own_folder(run, (each.cause, each.by, each.cell.id))
    try:
        seen = _seen(each, for_one_case(settings, each.case, each.cell, folder), folder)
    except HarnessError as error:
        return replace(found, why=f"{error.culprit}: {error.cause} {error.next_step}")
    if seen.answer in ("good", "bad"):
        return replace(found, shows=seen.answer == "bad")
    return replace(found, why=seen.why)


def _seen(each: Hiding, settings: RunSettings, folder: Path) -> Seen:
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    interpreter = one_interpreter(settings.python)
    pins = Resolver(cache, index).lock(without(each.cell, each.constraint, interpreter)).pins
    side = read_side("bad", str(pins_file(folder, "bad", pins)), copies=folder / SIDES)
    cell = planned_side(side, settings, index, interpreter, pairs_as_of="today")
    plan = make_plan(settings, index, Layers(cache, index), [cell])
    log = Log(folder)
    log.begin({"cell": each.cell.id, "case": each.case, "with": each.constraint})
    oracle = Oracle(settings=settings, cases=plan.cases, like=plan.cells[0], index=index.url, log=log)
    target = Target(case=each.case, roots=frozenset({each.root}), title=each.case)
    return judged(oracle.kept_look(pins, only=[each.case]), target)
