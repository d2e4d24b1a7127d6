"""Cells in which neither path works: what is broken there says nothing of either path."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.comparison.nouns import Pairing, ScenarioComparison, Statement
from chatkit_harness.comparison.where import in_words

_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Cells that are broken by one cause. `where` names them; `answers` is whether other cells do answer."""

    cells: frozenset[str]
    scenarios: tuple[str, ...]
    pairings: int
    cause: str
    where: str
    answers: bool


def cause_of(pairing: Pairing) -> str | None:
    """What both paths stumble over in a pairing; None where one of them answers or it is not known."""
    told = [each.evidence.get("broken") for each in pairing.reasons if each.about == "unknown"]
    return next((str(each) for each in told if each), None)


def broken_cells(compared: Sequence[ScenarioComparison]) -> tuple[Broken, ...]:
    """Cells in which both paths fail in most scenarios (two at least), by what they fail with."""
    pairings = [pairing for each in compared for pairing in each.pairings]
    driven = Counter(cell for each in pairings for cell in each.cells)
    failing: defaultdict[str, list[tuple[Pairing, str]]] = defaultdict(list)
    for pairing in pairings:
        cause = cause_of(pairing)
        if cause is not None:
            for cell in pairing.cells:
                failing[cell].append((pairing, cause))
    broken = {
        cell: held for cell, held in failing.items() if len(held) >= _LEAST and len(held) * 2 > driven[cell]
    }
    by_cause: defaultdict[str, list[str]] = defaultdict(list)
    for cell, held in broken.items():
        by_cause[Counter(cause for _, cause in held).most_common(1)[0][0]].append(cell)
    return tuple(_broken(cause, cells, broken, driven) for cause, cells in by_cause.items())


def _broken(
    cause: str,
    cells: Sequence[str],
    broken: Mapping[str, Sequence[tuple[Pairing, str]]],
    driven: Mapping[str, int],
) -> Broken:
    held = [pairing for cell in cells for pairing, _ in broken[cell]]
    return Broken(
        cells=frozenset(cells),
        scenarios=tuple(sorted({each.scenario for each in held})),
        pairings=len(held),
        cause=cause,
        where=in_words(cells, driven),
        answers=any(cell not in broken for cell in driven),
    )


def statements(cells: Sequence[Broken], scenarios: int) -> Iterator[Statement]:
    """What is to be said of cells that are broken, once each."""
    for each in cells:
        number = len(each.cells)
        told = f"neither path works {each.where} ({len(each.scenarios)} of {scenarios} scenarios)"
        these = "that cell is" if number == 1 else f"those {number} cells are"
        words = f"{told}: {these} broken whatever the path, by {each.cause}"
        yield Statement(scenarios=(), words=f"{words}. The causes of the run say what to pin.")
