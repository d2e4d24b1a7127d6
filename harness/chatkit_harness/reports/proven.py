"""Constraints that were driven and keep a break away, and into which other breaks they lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.causes.table import pins_of
from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.spans import Span
from chatkit_harness.reports.text import listed
from chatkit_harness.results.proofs import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A constraint that was driven, and keeps a break away.

    `cases` are those of failing cells that pass with it, as `native/refusal`. `into` are the numbers of other
    breaks: of the failing cells some have them, once moved to what the constraint allows, all else alike.
    """

    constraint: str
    cases: tuple[str, ...]
    into: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """What was driven, and what it leads into."""
        named = listed([f"`{case}`" for case in self.cases])
        told = f"driven: with it {named} of a failing cell {'passes' if len(self.cases) == 1 else 'pass'}"
        if not self.into:
            return told
        breaks = f"break{'' if len(self.into) == 1 else 's'} {listed([str(number) for number in self.into])}"
        return f"{told}; there {breaks} {'shows' if len(self.into) == 1 else 'show'}"


def ways_proven(
    proofs: Iterable[Proof],
    red: Sequence[Cell],
    cells: Iterable[Cell] = (),
    others: Mapping[int, Sequence[Span]] | None = None,
) -> Iterator[Proven]:
    """The constraints that were driven, but for those that a failing cell fulfils all the same.

    `red` are the failing cells among `cells`, `others` the releases that decide each of the other breaks.
    """
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for each in proofs:
        if each.constraint and each.verified:
            found[each.constraint][each.case] = None
    cells = list(cells)
    for text, cases in found.items():
        if not _allowed(text, red):
            into = tuple(
                number for number, spans in (others or {}).items() if _leads_into(text, spans, red, cells)
            )
            yield Proven(constraint=text, cases=tuple(cases), into=into)


def _leads_into(constraint: str, spans: Sequence[Span], red: Sequence[Cell], cells: Iterable[Cell]) -> bool:
    """Whether a failing cell that moves to what the constraint allows comes to lie where these all hold."""
    name = _name(constraint)
    moved = [span for span in spans if span.name == name]
    kept = [span for span in spans if span.name != name]
    allowed = _allowed(constraint, cells)
    if not moved or not allowed or not all(span.has(each) for span in moved for each in allowed):
        return False
    return any(
        all(span.holds(cell) for span in kept) and not all(span.holds(cell) for span in moved) for cell in red
    )


def _allowed(constraint: str, cells: Iterable[Cell]) -> set[str]:
    """The releases of these cells that a constraint allows."""
    name, specifier = _name(constraint), Requirement(constraint).specifier
    pins = {pin for cell in cells if (pin := pins_of(cell).get(name))}
    return {pin for pin in pins if specifier.contains(pin, prereleases=True)}


def _name(constraint: str) -> str:
    return canonicalize_name(Requirement(constraint).name)
