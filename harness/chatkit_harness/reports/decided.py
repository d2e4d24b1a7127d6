"""Which pins decide a break, by what was driven after the run, and of how many cells that holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.spans import Span, spans_of
from chatkit_harness.reports.text import count, listed
from chatkit_harness.results.proofs import Behind, Proof, TurnsAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The pins that decide, as `words`, such as `openai >= 3.1.0 (green: 3.0.0)`.

    `fits` of `compared` cells are on the side that the words say. `open` is what was asked for and is not
    settled.
    """

    words: str
    fits: int
    compared: int
    open: int = 0

    @property
    def whole(self) -> str:
        """With what of the run it explains."""
        cells = f"{self.compared:,} cells compared"
        told = f"fits {'all' if self.fits == self.compared else f'{self.fits:,} of the'} {cells}"
        rest = f"; {count(self.open, 'further border')} not settled" if self.open else ""
        return f"{self.words}; {told}{rest}"


def decided(proofs: Sequence[Proof], red: Sequence[Cell], green: Sequence[Cell]) -> Decided | None:
    """What the proofs of one break come to together; None where none is settled by the releases of a pin."""
    spans = deciding(proofs, red, green)
    if not spans:
        return None
    return Decided(
        words=" and ".join(span.words for span in spans),
        fits=_fits(spans, red, green),
        compared=len(red) + len(green),
        open=sum(each.verdict != "found" for each in proofs),
    )


def deciding(proofs: Sequence[Proof], red: Sequence[Cell], green: Sequence[Cell]) -> tuple[Span, ...]:
    """The releases of which pins decide, all of which a cell has to have.

    Two pins that bind each other are told apart by one border and not by another: of what was found that
    counts which explains most cells, and of equals all that was proven.
    """
    found = list(spans_of(proofs))
    ways = [way for size in range(1, len(found) + 1) for way in combinations(found, size)]
    return max(ways, key=lambda way: (_fits(way, red, green), len(way)), default=())


def _fits(spans: Sequence[Span], red: Sequence[Cell], green: Sequence[Cell]) -> int:
    """How many cells are on the side that these spans say."""
    inside = sum(all(span.holds(cell) for span in spans) for cell in red)
    return inside + sum(not all(span.holds(cell) for span in spans) for cell in green)


def proof_lines(proofs: Iterable[Proof], cells: Mapping[str, Cell]) -> Iterator[str]:
    """Each border as a line: what was moved alone between which cells, and what came of it."""
    for each in proofs:
        if each.verdict != "found":
            yield f"not settled between {_pair(each, cells)}: {each.why or 'nothing was found'}"
            continue
        told = listed([_turned(turn) for turn in each.turns]) if each.turns else _comes(each)
        if not each.driven:
            yield f"{told}, all other pins alike ({_pair(each, cells)})"
            continue
        line = f"{told}, driven between {_pair(each, cells)}: {each.driven} times"
        if each.constraint and each.verified:
            line += f"; with `{each.constraint}` the failing one passes"
        yield line


def behind_lines(
    found: Iterable[Behind], numbers: Mapping[str, int], cells: Mapping[str, Cell]
) -> Iterator[str]:
    """What was seen of a break in cells where another one is met first."""
    for each in found:
        if each.by not in numbers or each.shows is None:
            continue
        cell = _cell(cells.get(each.cell), each.cell)
        seen = "it shows there, too" if each.shows else "it does not show there"
        yield f"behind break {numbers[each.by]}: {seen} (`{cell}` with `{each.constraint}`)"


def _turned(turn: TurnsAt) -> str:
    told = f"{turn.axis} {turn.last_good} works and {turn.first_bad} breaks"
    if not turn.between:
        return told
    first, last = turn.between[0], turn.between[-1]
    span = first if first == last else f"{first} to {last}"
    return f"{told} (between them {span}: neither, or by something else)"


def _comes(each: Proof) -> str:
    return listed([f"{m.name} {m.good or 'none'} works and {m.bad or 'none'} breaks" for m in each.changes])


def _pair(each: Proof, cells: Mapping[str, Cell]) -> str:
    return " and ".join(f"`{_cell(cells.get(name), name)}`" for name in (each.good, each.bad))


def _cell(cell: Cell | None, name: str) -> str:
    return f"{cell.pair} {cell.resolution}" if cell is not None else name
