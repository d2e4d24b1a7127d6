"""The coverage of cells in lines, for people: the sums first, then every kind, once where cells are alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatkit_harness.engine.coverage import CellCoverage, KindCoverage
from chatkit_harness.reports.text import count

NAMED = 3
"""How many scenarios a row of the table names."""
_GAPS = 8
"""How many gaps the sum of a space names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """One kind over all cells: how many know it, in how many it is exercised, and whether by hand alone."""

    kind: str
    known: int
    exercised: int
    by_hand: bool

    @property
    def space(self) -> str:
        return self.kind.partition("/")[0]

    @property
    def name(self) -> str:
        return self.kind.partition("/")[2]


def coverage_lines(found: Sequence[CellCoverage]) -> Iterator[str]:
    """What is exercised of all that some cell knows, what is so in each cell, and then row by row."""
    read = [each for each in found if each.unreadable is None]
    alike = _alike(read, _exercised_of)
    yield _heading(found, alike)
    joined = _joined(read)
    yield from _sums(joined)
    if len(alike) > 1:
        yield ""
        everywhere = {each.kind for each in joined if not each.exercised}
        yield from (_sum_of(cells, everywhere) for cells in alike)
    for cells in _alike(found, lambda each: tuple(_rows(each))):
        if len(found) > 1:
            yield f"\n{', '.join(each.cell.id for each in cells)}"
        yield from _rows(cells[0])


def _heading(found: Sequence[CellCoverage], alike: Sequence[Sequence[CellCoverage]]) -> str:
    if len(found) == 1:
        return found[0].cell.id
    unread = len(found) - sum(map(len, alike))
    words = count(len(found), "cell")
    if unread:
        words += f", of {unread} of which nothing is known"
    if len(alike) > 1:
        words += f", {len(alike)} different coverages; joined, exercised is what any of them does"
    elif alike:
        words += ", one coverage"
    return words


def _alike(
    found: Iterable[CellCoverage], key: Callable[[CellCoverage], Hashable]
) -> list[list[CellCoverage]]:
    """The cells by what they have in common, those of the largest group first."""
    groups: dict[Hashable, list[CellCoverage]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return sorted(groups.values(), key=lambda cells: -len(cells))


def _exercised_of(found: CellCoverage) -> Hashable:
    """Which kinds there are, and which of them are exercised: by which scenarios is left to the rows."""
    return tuple((each.kind, bool(each.exercised_by), each.by_hand) for each in found.kinds)


def _joined(found: Iterable[CellCoverage]) -> list[_Joined]:
    kinds: dict[str, list[KindCoverage]] = {}
    for cell in found:
        for each in cell.kinds:
            kinds.setdefault(each.kind, []).append(each)
    return [
        _Joined(
            kind=kind,
            known=len(each),
            exercised=sum(1 for one in each if one.exercised_by),
            by_hand=any(one.by_hand for one in each) and all(one.by_hand for one in each if one.exercised_by),
        )
        for kind, each in kinds.items()
    ]


def _sums(joined: Sequence[_Joined]) -> Iterator[str]:
    """Of each space how much is exercised, and which gaps no cell fills."""
    for space in dict.fromkeys(each.space for each in joined):
        kinds = [each for each in joined if each.space == space]
        shown = [each for each in kinds if each.exercised]
        partly = sum(1 for each in shown if each.exercised < each.known)
        told = _share(len(shown), len(kinds), sum(1 for each in shown if each.by_hand))
        yield f"{space}: {told}{f', {partly} of them not in every cell that knows them' if partly else ''}"
        if gaps := [each.name for each in kinds if not each.exercised]:
            yield f"  gaps: {_some(gaps, _GAPS)}"


def _sum_of(cells: Sequence[CellCoverage], everywhere: set[str]) -> str:
    """What cells of one coverage exercise, and which of their gaps other cells fill."""
    kinds = cells[0].kinds
    shown = [each for each in kinds if each.exercised_by]
    told = _share(len(shown), len(kinds), sum(1 for each in shown if each.by_hand))
    gaps = [each.kind for each in kinds if not each.exercised_by and each.kind not in everywhere]
    more = f"; gaps besides: {_some(gaps)}" if gaps else ""
    named = _some([each.cell.id for each in cells], 1)
    return f"{count(len(cells), 'cell')} ({named}): {told}{more}"


def _share(shown: int, of: int, by_hand: int) -> str:
    """How many kinds are exercised, and of how many of them no package makes any by itself."""
    share = f"{shown / max(of, 1):.0%}"
    return f"{shown} of {of} exercised ({share}{f', {by_hand} by hand only' if by_hand else ''})"


def _rows(found: CellCoverage) -> Iterator[str]:
    """Every kind of a cell; or why nothing is known of it."""
    if found.unreadable is not None:
        yield f"  {found.unreadable}"
    if found.failing:
        yield f"\nDid not pass, and so exercise nothing: {', '.join(found.failing)}"
    for space, kinds in found.by_space().items():
        yield f"\n{space}"
        rows = [_row(each) for each in kinds]
        width = max(len(name) for name, _ in rows)
        yield from (f"{name:{width}}  {told}" for name, told in rows)


def _row(each: KindCoverage) -> tuple[str, str]:
    name = each.kind.partition("/")[2]
    if each.by_hand:
        return f"  ✓ {name}", f"by hand only: {_some(each.exercised_by)}"
    if each.exercised_by:
        return f"  ✓ {name}", _some(each.exercised_by)
    return f"  {'○' if each.seen_in else '✗'} {name}", f"gap: {_why(each)}"


def _why(each: KindCoverage) -> str:
    """Why nothing exercises a kind: what would, and did not; or that nothing would."""
    told = [f"did not pass: {_some(each.failing)}"] if each.failing else []
    for reason in dict.fromkeys(each.skipped.values()):
        names = tuple(name for name, why in each.skipped.items() if why == reason)
        told.append(f"{_some(names)} {'is' if len(names) == 1 else 'are'} skipped ({reason})")
    if told:
        return "; ".join(told)
    if each.seen_in:
        return f"came through in {_some(each.seen_in)}, and none would miss it"
    return "shown by no scenario of this run"


def _some(names: Sequence[str], most: int = NAMED) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
