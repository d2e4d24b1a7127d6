"""Cells in which one cause hides another, and what they show where the first one is kept away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.table import AGENTS, CHATKIT
from chatkit_harness.causes.words import version_key
from chatkit_harness.core.nouns import Cause, Cell
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.pins.resolve import Ask
from chatkit_harness.reports.around import Around, Marks, Question, question
from chatkit_harness.reports.decided import deciding
from chatkit_harness.reports.proven import ways_proven
from chatkit_harness.results import Results
from chatkit_harness.results.proofs import Proof, Proofs

from .borders import root_of
from .ends import case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """Whether a cell, in which `by` is met first, has `cause` as well: asked with `constraint`."""

    cause: str
    by: str
    cell: Cell
    like: Cell
    """A cell that shows the cause."""
    case: str
    root: str
    constraint: str


def hidden(results: Results, causes: Sequence[Cause], proofs: Proofs) -> Iterator[Hiding]:
    """Of each cause and each one that hides it, the newest pair of which nothing else is known.

    Only what a third party decides can be kept away from a pair: another release of the pair is another cell.
    """
    marks = Marks(results, causes)
    numbers = {cause.key: number for number, cause in enumerate(causes, start=1)}
    arounds = {cause.key: marks.around(cause) for cause in causes}
    ways = {key: way for key, around in arounds.items() if (way := _way(proofs.of(key), around.red))}
    for cause in causes:
        around = arounds[cause.key]
        spans = deciding(proofs.of(cause.key), around.red, around.green)
        if not spans:
            continue
        for other, constraint in ways.items():
            number = numbers[other]
            cells = [
                cell
                for cell in _unknown(around)
                if all(span.holds(cell) for span in spans)
                and around.questions & marks.stopped_by(cell.id, number)
            ]
            if cells and other != cause.key:
                cell = max(cells, key=_newest)
                yield _asked(cause, other, constraint, cell, around, marks.stopped_by(cell.id, number))


def without(cell: Cell, constraint: str, interpreter: Interpreter) -> Ask:
    """The pins of a cell with a constraint, its pair kept and as little else moved as can be."""
    pair = {CHATKIT, AGENTS}
    kept = [f"{name}=={version}" if name in pair else name for name, version in cell.pins.items()]
    return Ask(
        requirements=tuple(kept),
        interpreter=interpreter,
        constraints=(constraint,),
        preferred=dict(cell.pins),
    )


def _way(proofs: Iterable[Proof], red: Sequence[Cell]) -> str | None:
    """A constraint on a third party that was driven, and keeps a cause away."""
    ways = (each.constraint for each in ways_proven(proofs, red))
    return next((way for way in ways if not way.startswith((CHATKIT, AGENTS))), None)


def _unknown(around: Around) -> Iterator[Cell]:
    """Cells that tell neither, of pairs of which no other cell tells it."""
    known = {cell.pair for cell in (*around.red, *around.green)}
    return (cell for cell in around.stopped if cell.pair not in known)


def _newest(cell: Cell) -> tuple[object, ...]:
    return version_key(cell.agents), version_key(cell.chatkit or "0"), cell.id


def _asked(  # noqa: PLR0917 - all of it is what is asked
    cause: Cause, by: str, constraint: str, cell: Cell, around: Around, stopped: frozenset[Question]
) -> Hiding:
    like = {each.id: each for each in around.red}
    case = next(each for each in around.cases if each.cell in like and question(each) in stopped)
    return Hiding(
        cause=cause.key,
        by=by,
        cell=cell,
        like=like[case.cell],
        case=case_key(case),
        root=root_of(cause, case, like[case.cell]),
        constraint=constraint,
    )
