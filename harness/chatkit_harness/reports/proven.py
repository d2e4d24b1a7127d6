"""Constraints that were driven and keep a break away, and which other breaks the run shows there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.causes.table import AGENTS, CHATKIT, pins_of
from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.edges import asked_besides
from chatkit_harness.reports.text import count, listed
from chatkit_harness.results.proofs import Proof

Shows = Callable[[Cell], frozenset[int]]
"""The numbers of the breaks that a cell shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A constraint that was driven, and keeps a break away.

    `cases` are those of failing cells that pass with it, as `native/refusal`. `beyond` is how many cells of
    the run fulfil it and are asked for like a failing one otherwise, `into` are the breaks that at least half
    of them show and their like does not: with how many.
    """

    constraint: str
    cases: tuple[str, ...]
    beyond: int = 0
    into: tuple[tuple[int, int], ...] = ()

    @property
    def words(self) -> str:
        """What was driven, and what else the run shows there."""
        named = listed([f"`{case}`" for case in self.cases])
        told = f"driven: with it {named} of a failing cell {'passes' if len(self.cases) == 1 else 'pass'}"
        if not self.into:
            return told
        breaks = [f"break {number} ({cells:,})" for number, cells in self.into]
        breaks[0] = f"{breaks[0].removesuffix(')')} of {count(self.beyond, 'cell')})"
        return f"{told}; there, all else asked for alike, the run shows {listed(breaks)}"


def ways_proven(
    proofs: Iterable[Proof], red: Sequence[Cell], cells: Iterable[Cell] = (), shows: Shows | None = None
) -> Iterator[Proven]:
    """The constraints that were driven, but for those that a failing cell fulfils all the same.

    `red` are the failing cells among `cells`; `shows` tells which breaks a cell has.
    """
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for each in proofs:
        if each.constraint and each.verified:
            found[each.constraint][each.case] = None
    cells = list(cells)
    for text, cases in found.items():
        if not any(_fulfils(cell, text) for cell in red):
            beyond, into = _beyond(text, red, cells, shows) if shows else (0, ())
            yield Proven(constraint=text, cases=tuple(cases), beyond=beyond, into=into)


def _beyond(
    constraint: str, red: Sequence[Cell], cells: Iterable[Cell], shows: Shows
) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Cells that differ from a failing one in the constrained release alone, and what most of them show.

    Only releases of the pair are asked for: what a third party is pinned to comes of what else is.
    """
    name = _name(constraint)
    if name not in (CHATKIT, AGENTS):
        return 0, ()
    alike: defaultdict[tuple[str | None, ...], set[int]] = defaultdict(set)
    for cell in red:
        alike[asked_besides(name, cell)] |= shows(cell)
    there = [cell for cell in cells if asked_besides(name, cell) in alike and _fulfils(cell, constraint)]
    counts = Counter(number for cell in there for number in shows(cell) - alike[asked_besides(name, cell)])
    often = [each for each in counts.items() if 2 * each[1] >= len(there)]
    return len(there), tuple(sorted(often, key=lambda each: (-each[1], each[0])))


def _fulfils(cell: Cell, constraint: str) -> bool:
    pin = pins_of(cell).get(_name(constraint))
    return bool(pin) and Requirement(constraint).specifier.contains(pin or "", prereleases=True)


def _name(constraint: str) -> str:
    return canonicalize_name(Requirement(constraint).name)
