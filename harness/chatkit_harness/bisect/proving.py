"""Settles after a run which pin decides each of its breaks: by driving what lies between two of its cells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.causes.table import AGENTS, CHATKIT
from chatkit_harness.causes.words import python_words
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import Cell
from chatkit_harness.engine.executors import LOCAL, opened
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.slots import LostProcessError
from chatkit_harness.engine.targets import MEMORY
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.reports.text import count
from chatkit_harness.results.files import write_whole
from chatkit_harness.results.proofs import Moved, Proof, Proofs, TurnsAt

from .borders import Border
from .document import written
from .hunt import Hunt, Wish, hunt
from .kept import Kept, Name, border_name
from .log import Log
from .mixing import differences
from .nouns import Constraint
from .search import releases
from .words import step

FOLDER = "proofs"

Say = Callable[[str], None]
Answer = tuple[Proof, tuple[str, ...]]


def prove(run: Path, borders: Sequence[Border], settings: RunSettings, *, say: Say) -> Proofs:
    """What decides between the two cells of each border; kept in the run's folder one by one, as it is found.

    What was settled there before is not driven again, and is kept besides. Trouble with one border is told as
    its proof's `why`. `settings.jobs` borders are driven at once. Raises OutputError where nothing can be
    written, and ResultsError where what is there cannot be read.
    """
    kept = Kept(run)
    index = Index(Cache(settings.cache), settings.index)
    for border in borders:
        shown = None if kept.is_settled(border) else _without_driving(border, index)
        if shown is not None:
            kept.add(shown)
    left = [border for border in borders if not kept.is_settled(border)]
    have = "has" if len(left) == 1 else "have"
    say(f"{count(len(borders), 'border')}, of which {len(left):,} {have} to be driven.")
    with opened(LOCAL, settings.jobs) as executor:
        driven = {
            executor.submit(_driven, border, run, settings, anew=kept.proof(border) is not None): border
            for border in left
        }
        for number, future in enumerate(as_completed(driven), start=1):
            proof, told = _answer(future, driven[future])
            kept.add(proof)
            say("\n".join((*told, f"[{number}/{len(left)}] {words(proof)}")))
    return kept.all


def words(proof: Proof) -> str:
    """A proof in a line."""
    told = ", ".join(
        f"{turn.axis} {turn.last_good} works and {turn.first_bad} breaks" for turn in proof.turns
    )
    told = told or ", ".join(f"{each.name} {each.good} -> {each.bad}" for each in proof.changes) or "nothing"
    if proof.verdict == "found":
        return f"{told} ({proof.driven} drives)" if proof.driven else f"{told}, as the run shows by itself"
    return f"{proof.verdict}: {told}. {proof.why or ''}".rstrip()


def _told(border: Border) -> str:
    return f"{border.case}: {border.good.id} works, {border.bad.id} does not"


def _without_driving(border: Border, index: Index) -> Proof | None:
    """What the run shows by itself: two cells that differ in one pin, with no release between.

    What was seen only where cells share packages is driven all the same.
    """
    changes = differences(border.good.pins, border.bad.pins)
    if not border.confirmed or len(changes) != 1 or changes[0].good is None or changes[0].bad is None:
        return None
    name, good, bad = changes[0].name, changes[0].good, changes[0].bad
    if len(releases(index, name, good, bad)) > 2:
        return None
    return replace(
        _unsettled(border, ""),
        verdict="found",
        changes=(Moved(name=name, good=good, bad=bad),),
        turns=(TurnsAt(axis=name, last_good=good, first_bad=bad),),
    )


def _answer(future: Future[Answer], border: Border) -> Answer:
    """What came of a border, of which the process may have been lost."""
    try:
        return future.result()
    except LostProcessError:
        return _unsettled(border, "The process that drove it was ended, for lack of memory perhaps."), ()


def _driven(border: Border, run: Path, settings: RunSettings, *, anew: bool) -> Answer:
    """The proof of a border, and what there was to say on the way to it; in a process of its own.

    A search that was interrupted is gone on with; one that came to nothing is begun `anew`.
    """
    told = [_told(border)]
    folder = own_folder(run, border_name(border))
    good = pins_file(folder, "good", border.good.pins)
    bad = pins_file(folder, "bad", border.bad.pins)
    log = Log(folder)
    try:
        if log.path.exists() and not anew:
            log.go_on()
        else:
            log.begin({"good": border.good.id, "bad": border.bad.id, "case": border.case})
        wish = Wish(good=str(good), bad=str(bad), finding=border.root)
        asked = for_one_case(settings, border.case, border.bad, folder)
        done = hunt(asked, wish, log, lambda seen: told.append(step(seen)), told.append)
        proof = replace(_of(border, done), driven=log.driven)
    except HarnessError as error:
        proof = _unsettled(border, f"{error.culprit}: {error.cause} {error.next_step}")
    return proof, tuple(told)


def own_folder(run: Path, name: Name) -> Path:
    """Where one search of a run keeps what it learns."""
    return run / FOLDER / hashlib.sha256(repr(name).encode()).hexdigest()[:12]


def pins_file(folder: Path, name: str, pins: Mapping[str, str]) -> Path:
    """A set of pins as a file that names an end. Raises OutputError."""
    path = folder / f"{name}.txt"
    write_whole(path, written(pins))
    return path


def for_one_case(settings: RunSettings, case: str, cell: Cell, folder: Path) -> RunSettings:
    """The run's settings for one of its cases, on the Python of a cell."""
    path, _, scenario = case.partition("/")
    scenario, _, store = scenario.partition("@")
    stores = (store or MEMORY,) if settings.stores else ()
    python = python_words(cell)
    return replace(settings, out=folder, paths=(path,), scenarios=(scenario,), stores=stores, python=python)


def _of(border: Border, done: Hunt) -> Proof:
    found, constraint = done.found, done.found.constraint
    verified = constraint is not None and constraint.verified and _keeps_the_pair(constraint, border.bad)
    return replace(
        _unsettled(border, found.why),
        verdict=found.certainty,
        changes=tuple(Moved(name=each.name, good=each.good, bad=each.bad) for each in found.changes),
        turns=tuple(
            TurnsAt(axis=each.axis, last_good=each.good, first_bad=each.bad, between=each.between)
            for each in found.turns
        ),
        constraint=constraint.requirement if constraint else None,
        verified=verified,
    )


def _keeps_the_pair(constraint: Constraint, bad: Cell) -> bool:
    """Whether nothing of the pair had to move but what is constrained: else it is no way out of that pair."""
    name = canonicalize_name(Requirement(constraint.requirement).name)
    pins = constraint.pins or {}
    return all(pins.get(each) == bad.pins.get(each) for each in {CHATKIT, AGENTS} - {name})


def _unsettled(border: Border, why: str) -> Proof:
    return Proof(
        cause=border.cause,
        axis=border.axis,
        good=border.good.id,
        bad=border.bad.id,
        case=border.case,
        verdict="unknown",
        why=why or None,
    )
