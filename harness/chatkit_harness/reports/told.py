"""What every report says of a cause besides its title: whose it is, where, how sure, and how to see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.rows import Row, covered
from chatkit_harness.reports.stores import apart, stores_of
from chatkit_harness.reports.text import clean, clip, count, first_few, runs_elsewhere, shares_packages
from chatkit_harness.results import Results

CONFIRMED = "confirmed in a fresh environment"
SEEN = "seen in a fresh environment, not driven again"
UNCONFIRMED = "unconfirmed"
FLEETING = "unconfirmed: a busy machine can do that, so drive it again"
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A cause as reports tell it.

    `kind` is `fail`, `error` or `unresolvable`; `scenarios` are three in words, and how many more;
    `stores` are those of its cases, where the run has others besides; `server` is the address of one that
    runs elsewhere; `confirmation` is None where there is nothing to confirm; `lacks` is what reading its
    cells alone found.
    """

    number: int
    cause: Cause
    kind: str
    cells: tuple[str, ...]
    scenarios: str
    confirmation: str | None
    lacks: tuple[str, ...]
    stores: str = ""
    server: str = ""

    @property
    def title(self) -> str:
        """What is wrong."""
        return clean(self.cause.title)

    @property
    def reason(self) -> str:
        """Of cells without pins, why there are none."""
        said = clean(self.cause.example.get("message") or self.cause.title)
        return said.removeprefix("no set of pins exists: ")

    @property
    def extent(self) -> str:
        """`16 cases in 2 cells, unconfirmed`."""
        many = f"{count(len(self.cause.cases), 'case')} in {count(len(self.cells), 'cell')}"
        return f"{many}, {self.confirmation}" if self.confirmation else many


def told(results: Results, rows: tuple[Row, ...], causes: tuple[Cause, ...]) -> tuple[Told, ...]:
    """Each cause of a run, numbered from 1."""
    cases = {case.id: case for case in results.cases}
    by_id = {row.cell.id: row for row in rows}
    lacking = [row for row in rows if row.cell.lacks]
    stores = stores_of(results)
    elsewhere = {row.cell.id for row in rows if runs_elsewhere(row.cell)}
    found = []
    for number, cause in enumerate(causes, start=1):
        held = [cases[case] for case in cause.cases if case in cases]
        servers = sorted({clean(case.server) for case in held if case.cell in elsewhere})
        each = _told(number, cause, cases, by_id, lacking)
        found.append(replace(each, stores=apart(held, stores), server=first_few(servers)))
    return tuple(found)


def facts_of(each: Told, *, cells: str) -> Iterator[tuple[str, str]]:
    """The facts of a cause with what each of them is, in order; `cells` says where, in the report's words."""
    cause = each.cause
    if cause.culprit:
        yield "raised by", clean(cause.culprit)
    if each.scenarios:
        yield "scenarios", each.scenarios
    if each.stores:
        yield "store", each.stores
    if each.server:
        yield "server", each.server
    yield "cells", cells
    for words in cause.ranges:
        yield "range", clean(words)
    if cause.suspect:
        yield "suspected", clean(cause.suspect)
    if cause.advice:
        yield "advice", clean(cause.advice)
    for words in each.lacks:
        yield "read alone", words
    if cause.reproduce:
        yield "reproduce", clean(cause.reproduce)


def pinless(causes: Sequence[Told]) -> str | None:
    """In one line which cells have no set of pins and why, for runs that named none of them."""
    found = [each for each in causes if each.kind == "unresolvable"]
    if not found:
        return None
    cells = len({cell for each in found for cell in each.cells})
    reasons = [f"{clip(each.reason, 160)} ({count(len(each.cells), 'cell')})" for each in found[:_FEW]]
    rest = len(found) - len(reasons)
    more = f"; and {count(rest, 'further reason')}" if rest > 0 else ""
    return f"No set of pins exists for {count(cells, 'cell')}: {'; '.join(reasons)}{more}."


def lacking(cell: Cell) -> str:
    """What reading a cell alone found: `lacks agents.items.X.call_id (chatkit/agents.py:512)`."""
    if not cell.lacks:
        return ""
    rest = len(cell.lacks) - _FEW
    more = f" and {rest} more" if rest > 0 else ""
    return clip(f"lacks {', '.join(cell.lacks[:_FEW])}", 600) + more


def _told(
    number: int,
    cause: Cause,
    cases: Mapping[str, CaseResult],
    rows: Mapping[str, Row],
    lacking: Sequence[Row],
) -> Told:
    cells = tuple(covered(cause))
    kind = str(cause.example.get("kind", "fail"))
    own = [rows[cell].cell for cell in cells if cell in rows]
    names = {clean(name) for name in {cases[case].scenario for case in cause.cases if case in cases}}
    return Told(
        number=number,
        cause=cause,
        kind=kind,
        cells=cells,
        scenarios=first_few(sorted(names)),
        confirmation=_confirmation(cause, kind, own, cases),
        lacks=_lacks(cells, lacking) if kind == "fail" else (),
    )


def _confirmation(cause: Cause, kind: str, cells: list[Cell], cases: Mapping[str, CaseResult]) -> str | None:
    """Only what was seen in shared layers needs a fresh environment to be sure of."""
    if cause.example.get("fleeting"):
        return FLEETING
    shared = any(map(shares_packages, cells))
    if cause.confirmed and not shared:
        return SEEN
    if cause.confirmed:
        seen = sum(cases[case].confirmed for case in cause.cases if case in cases)
        rest = 0 < seen < len(cause.cases)
        return f"{count(seen, 'case')} {CONFIRMED}, the rest {UNCONFIRMED}" if rest else CONFIRMED
    return UNCONFIRMED if shared and kind == "fail" else None


def _lacks(cells: tuple[str, ...], rows: Sequence[Row]) -> tuple[str, ...]:
    """Names that cells of a cause lack, the most frequent first: nothing is said of its being the reason."""
    own = set(cells)
    inside: Counter[str] = Counter()
    green: Counter[str] = Counter()
    place: dict[str, str] = {}
    for row in rows:
        # The line differs from release to release, the name does not.
        for each in row.cell.lacks:
            name = each.partition(" (")[0]
            place.setdefault(name, each)
            inside[name] += row.cell.id in own
            green[name] += row.state == "pass"
    inside = +inside
    ordered = sorted(inside, key=lambda name: (-inside[name], name))
    found = tuple(_lack(place[name], inside[name], len(cells), green[name]) for name in ordered[:_FEW])
    rest = len(ordered) - _FEW
    return (*found, f"lacks {count(rest, 'further name')}") if rest > 0 else found


def _lack(name: str, inside: int, of: int, green: int) -> str:
    where = "" if inside == of else f" in {inside:,} of its {count(of, 'cell')}"
    also = f"; so do {green:,} that work" if green > 1 else "; so does one that works" if green else ""
    return clip(f"lacks {name}{where}{also}", 400)
