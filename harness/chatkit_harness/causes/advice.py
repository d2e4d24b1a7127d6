"""What a run itself shows about a way out: the green cells nearest to red ones, and how they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.asked import Asked, Reds
from chatkit_harness.causes.pins import difference
from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import Cell

_MOST_WAYS = 3
_Row = Sequence[tuple[Cell, int]]
"""The red cells of one pair on one Python, each with the questions in which it is red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A green cell for one pair on one Python, and the red cells of which it passes cases.

    It passes `passing` of the pair's `failing` cases; `whole` is whether nothing failed in it, and
    `python` its Python where that is another one.
    """

    green: Cell
    reds: tuple[Cell, ...]
    passing: int
    failing: int
    whole: bool
    python: str | None

    @property
    def kind(self) -> tuple[str | None, bool, str]:
        """What is told of several ways in one sentence."""
        return self.python, self.whole, self.green.resolution


class Greens:
    """The cells of a run that pass something, to be found by what they have in common with a red one."""

    def __init__(self, asked: Asked, cells: Iterable[Cell]) -> None:
        self._asked = asked
        self._cells: dict[str, Cell] = {}
        self._of_pair: defaultdict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            self._cells[cell.id] = cell
            if asked.of(cell.id).passed:
                self._of_pair[str(cell.pair)].append(cell)

    def advice(self, reds: Reds, suspect: tuple[str, str] | None, suspects: Sequence[str]) -> str | None:
        """How many of the pairs of `reds` pass elsewhere in the run, where, and what differs; or None.

        `suspect` is the distribution whose `class` or `module` the failure is about; `suspects` are
        those to name next among the pins that differ.
        """
        rows: defaultdict[tuple[str, str], list[tuple[Cell, int]]] = defaultdict(list)
        for cell, questions in reds.items():
            red = self._cells.get(cell)
            if red is not None:
                rows[str(red.pair), red.python].append((red, questions))
        grouped: defaultdict[tuple[str | None, bool, str], list[_Way]] = defaultdict(list)
        for row in rows.values():
            way = self._way(row)
            if way is not None:
                grouped[way.kind].append(way)
        ordered = sorted(grouped.values(), key=_rank)
        if not ordered:
            return None
        what = "pair" if len({python for _, python in rows}) == 1 else "combination of pair and Python"
        told = [_sentence(ways, len(rows), what) for ways in ordered[:_MOST_WAYS]]
        twins = [(way.green, red) for way in ordered[0] for red in way.reds]
        told[0] += difference(twins, suspect, suspects, python=ordered[0][0].python is not None)
        return " ".join(f"{each}." for each in told)

    def _way(self, row: _Row) -> _Way | None:
        """The green cell that says most about the failing cases of one pair on one Python."""
        own = row[0][0].python
        red_ones = {red.resolution for red, _ in row}
        passing = {cell.id: self._passing(cell, row) for cell in self._of_pair.get(str(row[0][0].pair), ())}

        def rank(green: Cell) -> tuple[object, ...]:
            other = green.python != own
            return (
                other,
                bool(self._asked.of(green.id).flawed),
                -passing[green.id],
                # On another Python nothing else should differ; on the same, the resolution must.
                other and green.resolution not in red_ones,
                green.resolution != "contemporary",
                green.resolution,
                green.python,
            )

        found = [self._cells[cell] for cell, number in passing.items() if number]
        if not found:
            return None
        green = min(found, key=rank)
        passed = self._asked.of(green.id).passed
        return _Way(
            green=green,
            reds=tuple(red for red, questions in row if questions & passed),
            passing=passing[green.id],
            failing=sum(questions.bit_count() for _, questions in row),
            whole=not self._asked.of(green.id).flawed,
            python=python_words(green) if green.python != own else None,
        )

    def _passing(self, green: Cell, row: _Row) -> int:
        passed = self._asked.of(green.id).passed
        return sum((questions & passed).bit_count() for _, questions in row)


def _rank(ways: Sequence[_Way]) -> tuple[object, ...]:
    green = ways[0].green
    python, whole, resolution = ways[0].kind
    return python is not None, not whole, -len(ways), resolution != "contemporary", resolution, green.python


def _sentence(ways: Sequence[_Way], rows: int, what: str) -> str:
    """Who passes where; of cells that are red for another reason no more is said than of the cases."""
    first, passing, failing = ways[0], sum(way.passing for way in ways), sum(way.failing for way in ways)
    where = f"as resolved {first.green.resolution}"
    where = f"on Python {first.python} {where}" if first.python else where
    if first.whole:
        return f"{_pairs(len(ways), rows, what)} {where}"
    verb = "passes" if passing == 1 else "pass"
    if failing == rows == 1:
        return f"This case passes with the same pair {where}"
    share = f"{passing:,} of the {failing:,}" if passing < failing else f"the {failing:,}"
    if len(ways) < rows:
        return f"Of {len(ways):,} of the {rows:,} {_many(what)}, {share} cases {verb} {where}"
    return f"{share[0].upper()}{share[1:]} cases {verb} with the same pair {where}"


def _pairs(number: int, of: int, what: str) -> str:
    many = _many(what)
    if of == 1:
        return f"The same {what} passes"
    if number == of:
        return f"{'Both' if of == 2 else f'All {of:,}'} {many} pass"
    return f"{number:,} of the {of:,} {many} {'passes' if number == 1 else 'pass'}"


def _many(what: str) -> str:
    one, _, rest = what.partition(" ")
    return f"{one}s {rest}".rstrip()
