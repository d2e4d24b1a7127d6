"""What a run itself shows about a way out: the green cells nearest to red ones, and how they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.pins import difference
from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import CaseResult, Cell

_MOST_WAYS = 3


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
    """The passing cases of a run, to be found by what they have in common with a failing one."""

    def __init__(self, cases: Iterable[CaseResult], cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self._found: defaultdict[tuple[str, ...], list[Cell]] = defaultdict(list)
        self._flawed: set[str] = set()
        for case in cases:
            cell = cells.get(case.cell)
            if case.outcome not in ("pass", "skipped"):
                self._flawed.add(case.cell)
            if case.outcome == "pass" and cell is not None:
                self._found[_question(case, cell)].append(cell)

    def advice(
        self, cases: Iterable[CaseResult], suspect: tuple[str, str] | None, suspects: Sequence[str]
    ) -> str | None:
        """How many of the pairs of `cases` pass elsewhere in the run, where, and what differs; or None.

        `suspect` is the distribution whose `class` or `module` the failure is about; `suspects` are
        those to name next among the pins that differ.
        """
        rows: defaultdict[tuple[str, str], list[tuple[CaseResult, Cell]]] = defaultdict(list)
        for case in cases:
            red = self._cells.get(case.cell)
            if red is not None:
                rows[str(red.pair), red.python].append((case, red))
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

    def _way(self, row: Sequence[tuple[CaseResult, Cell]]) -> _Way | None:
        """The green cell that says most about the failing cases of one pair on one Python."""
        passing: defaultdict[str, list[Cell]] = defaultdict(list)
        for case, red in row:
            for green in self._found.get(_question(case, red), ()):
                passing[green.id].append(red)
        own = row[0][1].python
        red_ones = {red.resolution for _, red in row}

        def rank(green: Cell) -> tuple[object, ...]:
            other = green.python != own
            return (
                other,
                green.id in self._flawed,
                -len(passing[green.id]),
                # On another Python nothing else should differ; on the same, the resolution must.
                other and green.resolution not in red_ones,
                green.resolution != "contemporary",
                green.resolution,
                green.python,
            )

        if not passing:
            return None
        green = min((self._cells[cell] for cell in passing), key=rank)
        reds = tuple({red.id: red for red in passing[green.id]}.values())
        return _Way(
            green=green,
            reds=reds,
            passing=len(passing[green.id]),
            failing=len(row),
            whole=green.id not in self._flawed,
            python=python_words(green) if green.python != own else None,
        )


def _rank(ways: Sequence[_Way]) -> tuple[object, ...]:
    first = ways[0]
    return first.python is not None, not first.whole, -len(ways), first.green.resolution != "contemporary"


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
    share = f"{passing} of the {failing}" if passing < failing else f"the {failing}"
    if len(ways) < rows:
        return f"Of {len(ways)} of the {rows} {_many(what)}, {share} cases {verb} {where}"
    return f"{share[0].upper()}{share[1:]} cases {verb} with the same pair {where}"


def _pairs(number: int, of: int, what: str) -> str:
    many = _many(what)
    if of == 1:
        return f"The same {what} passes"
    if number == of:
        return f"{'Both' if of == 2 else f'All {of}'} {many} pass"
    return f"{number} of the {of} {many} {'passes' if number == 1 else 'pass'}"


def _many(what: str) -> str:
    one, _, rest = what.partition(" ")
    return f"{one}s {rest}".rstrip()


def _question(case: CaseResult, cell: Cell) -> tuple[str, ...]:
    """What a case asks, but for the Python and the resolution of its cell."""
    return str(cell.pair), case.path, case.scenario, case.server, case.store, case.client
