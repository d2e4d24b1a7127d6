"""The cells of a cause as few ranges, exact on what the run tested.

A range is a set of chatkit releases times a set of agents releases, for some Pythons and resolutions, and
with a condition on a third party where that says it in one line instead of many. What the run did not
test may lie inside or outside of a range: nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.causes.table import PinTable
from chatkit_harness.causes.tree import CLOSE
from chatkit_harness.causes.words import in_order, python_words, version_key
from chatkit_harness.core.nouns import Cell

_MANY = 3
"""So many ranges are worth a condition on a third party, where that makes one of them."""
Slice = tuple[str, str]
"""A Python and a resolution."""
Release = str | None
"""A release of chatkit or agents; None stands for a cell without chatkit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A third party from one version to another, both included; None is no bound."""

    name: str
    low: str | None = None
    high: str | None = None

    def covers(self, cell: Cell) -> bool:
        """Whether the cell has the distribution in a version between the bounds."""
        version = cell.pins.get(self.name)
        if version is None:
            return False
        key = version_key(version)
        above = self.low is None or version_key(self.low) <= key
        return above and (self.high is None or key <= version_key(self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Cells of these slices whose pair is one of `chatkit` (None: without) and one of `agents`.

    `slices` are pairs of a Python, as cell ids have it, and a resolution; releases are in version order.
    """

    slices: tuple[tuple[str, ...], ...]
    chatkit: tuple[Release, ...]
    agents: tuple[str, ...]
    bounds: Bounds | None = None

    def covers(self, cell: Cell) -> bool:
        """Whether the cell is one of this range."""
        return (
            slice_of(cell) in self.slices
            and cell.agents in self.agents
            and cell.chatkit in self.chatkit
            and (self.bounds is None or self.bounds.covers(cell))
        )


def slice_of(cell: Cell) -> Slice:
    """A cell's Python, as far as the run's Pythons are told apart, and its resolution."""
    return python_words(cell), cell.resolution


def ranges(
    red: Collection[str], tested: Iterable[Cell], table: PinTable, prefer: Sequence[str] = ()
) -> tuple[Range, ...]:
    """The ranges that hold of `tested` exactly the cells of `red`, those with the most cells first.

    Of several third parties that could be a condition, the first in `prefer` is taken.
    """
    cells = list(tested)
    slices = sorted({slice_of(cell) for cell in cells if cell.id in red}, key=_slice_key)
    parts = {part: _Part([c for c in cells if slice_of(c) == part], red, table, prefer) for part in slices}
    found = [each for part in slices for each in parts[part].ranges()]
    merged = _merged(found)
    if len(merged) >= _MANY:
        every = [cell for cell in cells if slice_of(cell) in slices]
        whole = _Part(every, red, table, prefer).conditioned()
        if whole is not None:
            return (whole,)
    sizes = {each: sum(each.covers(cell) for cell in cells) for each in merged}
    return tuple(sorted(merged, key=lambda each: -sizes[each]))


class _Part:
    """Cells to be told apart, as a grid of releases: each place red, or tested and not red, or not tested."""

    def __init__(self, cells: list[Cell], red: Collection[str], table: PinTable, prefer: Sequence[str]):
        self._cells, self._red, self._table = cells, red, table
        order = list(dict.fromkeys([*prefer, *CLOSE]))
        self._order = {name: n for n, name in enumerate(order)}
        self._reds = [cell for cell in cells if cell.id in red]
        self._slices = tuple(sorted({slice_of(cell) for cell in self._reds}, key=_slice_key))

    def ranges(self) -> list[Range]:
        """One range where one is enough, else one for each kind of row."""
        chatkits, agents = self._releases()
        box = [cell for cell in self._cells if cell.chatkit in chatkits and cell.agents in agents]
        if all(cell.id in self._red for cell in box):
            return [self._range(chatkits, agents)]
        by_row, by_column = self._rows(), self._columns()
        fewest = by_row if len(by_row) <= len(by_column) else by_column
        one = self.conditioned() if len(fewest) >= _MANY else None
        return [one] if one is not None else fewest

    def conditioned(self) -> Range | None:
        """One range with a condition; first with all releases in between, then with red ones only."""
        chatkits, agents = self._releases()
        spans = (
            _between(chatkits, {cell.chatkit for cell in self._cells}),
            _between(agents, {cell.agents for cell in self._cells}),
        )
        for rows, columns in (spans, (chatkits, agents)):
            box = [cell for cell in self._cells if cell.chatkit in rows and cell.agents in columns]
            bounds = self._bounds([cell.id for cell in box])
            if bounds is not None:
                return self._range(rows, columns, bounds)
        return None

    def _releases(self) -> tuple[set[Release], set[Release]]:
        return {cell.chatkit for cell in self._reds}, {cell.agents for cell in self._reds}

    def _bounds(self, box: list[str]) -> Bounds | None:
        """The plainest condition on a third party that all red cells of the box meet, and no other one."""
        red = self._table.mask(cell for cell in box if cell in self._red)
        other = self._table.mask(cell for cell in box if cell not in self._red)
        if red.bit_count() + other.bit_count() < len(box) or not red:
            return None  # cells without pins meet no condition
        found: list[tuple[tuple[object, ...], Bounds]] = []
        for feature in self._table.features:
            if not feature.is_third_party or red & ~feature.everywhere:
                continue
            reds = [n for n, cells in enumerate(feature.cells) if cells & red]
            others = [n for n, cells in enumerate(feature.cells) if cells & other]
            first, last = reds[0], reds[-1]
            if any(first <= n <= last for n in others):
                continue
            low = feature.versions[first] if any(n < first for n in others) else None
            high = feature.versions[last] if any(n > last for n in others) else None
            place = self._order.get(feature.name, len(self._order))
            two = low is not None and high is not None
            rank = (feature.name not in self._order, two, place, feature.name)
            found.append((rank, Bounds(name=feature.name, low=low, high=high)))
        return min(found, key=lambda each: each[0])[1] if found else None

    def _rows(self) -> list[Range]:
        """Chatkit releases that have the cause with the same agents releases, together."""
        grid = _Grid((cell.chatkit, cell.agents, cell.id in self._red) for cell in self._cells)
        return [self._range(set(rows), set(columns)) for rows, columns in grid.groups()]

    def _columns(self) -> list[Range]:
        grid = _Grid((cell.agents, cell.chatkit, cell.id in self._red) for cell in self._cells)
        return [self._range(set(rows), set(columns)) for columns, rows in grid.groups()]

    def _range(
        self, chatkits: Iterable[Release], agents: Iterable[Release], bounds: Bounds | None = None
    ) -> Range:
        return Range(
            slices=self._slices,
            chatkit=tuple(sorted(chatkits, key=_release_key)),
            agents=tuple(in_order(each for each in agents if each is not None)),
            bounds=bounds,
        )


class _Grid:
    """Rows of cells that are red (True) or not."""

    def __init__(self, cells: Iterable[tuple[Release, Release, bool]]) -> None:
        self._red: dict[Release, set[Release]] = {}
        self._other: dict[Release, set[Release]] = {}
        for row, column, red in cells:
            (self._red if red else self._other).setdefault(row, set()).add(column)

    def groups(self) -> Iterator[tuple[list[Release], set[Release]]]:
        """Rows that can be told together with the columns in which they are red.

        Rows go together where neither has tested a column as not red in which the other is red.
        """
        groups: list[tuple[list[Release], set[Release], set[Release]]] = []
        for row in sorted(self._red, key=lambda r: (-len(self._red[r]), _release_key(r))):
            red, other = self._red[row], self._other.get(row, set())
            for rows, reds, others in groups:
                if not (red & others or other & reds):
                    rows.append(row)
                    reds.update(red)
                    others.update(other)
                    break
            else:
                groups.append(([row], set(red), set(other)))
        return ((rows, reds) for rows, reds, _ in groups)


def _between(chosen: Collection[Release], every: Iterable[Release]) -> set[Release]:
    """All of `every` from the first to the last of `chosen`."""
    keys = sorted(map(_release_key, chosen))
    return {each for each in every if keys[0] <= _release_key(each) <= keys[-1]}


def _merged(found: Iterable[Range]) -> list[Range]:
    """Ranges that differ in their slices only, told as one."""
    merged: dict[Range, list[tuple[str, ...]]] = {}
    for each in found:
        merged.setdefault(replace(each, slices=()), []).extend(each.slices)
    return [replace(each, slices=tuple(slices)) for each, slices in merged.items()]


def _release_key(release: Release) -> tuple[object, ...]:
    return release is not None, version_key(release or "0")


def _slice_key(part: Slice) -> tuple[object, ...]:
    return version_key(part[0]), part[1] != "contemporary", part[1] == "today", part[1]
