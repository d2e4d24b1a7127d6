"""A small decision tree over pins: which of them, at which version, separates red cells from green ones.

It is written out here because it is two levels deep and has to speak plainly: a pin from a version on,
below one, or between two; or two such conditions that must both hold. What a library of decision
trees would need in dependencies, the host is spared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from chatkit_harness.causes.table import AGENTS, CHATKIT, PYTHON, Feature, PinTable, short

# Where the traceback does not say, these are the likeliest to matter: what the pair stands on directly.
CLOSE = ("openai", "pydantic", "pydantic-core", "mcp", "httpx", "httpx2", "starlette", "jinja2", "griffe")
_LIKELY = (AGENTS, CHATKIT, *CLOSE)
_FIRSTS = 16
_SHOWN = 3
_TOO_WEAK = 0.5
"""A suspicion that separates less than this share of red from green would rather mislead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on one pin; `cells` are all those of the table that fulfil it.

    `low` and `high` are the first and the last version inside, `below` and `above` the nearest outside (None
    where there are none); `low` is None for "is not installed".
    """

    name: str
    cells: int
    low: str | None = None
    high: str | None = None
    below: str | None = None
    above: str | None = None

    @property
    def sides(self) -> int:
        """How many bounds it has: a threshold is plainer than a span of versions."""
        return 2 if self.below and self.above else 1

    def words(self) -> str:
        """`openai >= 2.37.0`, `agents < 0.19.0`, `openai 2.37.0 to 2.40.0`, `httpx2 not installed`."""
        name = short(self.name)
        if self.low is None:
            return f"{name} not installed"
        if self.below and self.above:
            return f"{name} {self.low}" + (f" to {self.high}" if self.low != self.high else "")
        if self.below:
            return f"{name} >= {self.low}"
        return f"{name} < {self.above}" if self.above else f"{name} installed"

    def outside(self) -> str:
        """The nearest versions that are green, or where there is only an upper bound, the last red one."""
        if self.below and self.above:
            return f" (green: up to {self.below} and from {self.above})"
        if self.below:
            return f" (green: up to {self.below})"
        return f" (red: up to {self.high})" if self.above else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One or two tests that together separate red from green; `fits` of `compared` cells lie on their side.

    `equals` are for each test the other pins that separate the very same cells.
    """

    tests: tuple[Condition, ...]
    equals: tuple[tuple[Condition, ...], ...]
    fits: int
    compared: int


def split(
    table: PinTable, red: int, green: int, prefer: Sequence[str] = (), owner: str | None = None
) -> Split | None:
    """What separates `red` cells from `green` ones best; None where nothing does, or one kind is missing.

    Of tests that are equally good the one on `owner` comes first, which defines what the failure is about;
    then those on likely pins, which are those in `prefer` and what the pair stands on directly; of these the
    one with a single bound, and then the one that comes first in `prefer`.
    """
    if not red or not green:
        return None
    search = _Search(table, red, green, prefer, owner)
    single = search.best(red | green)
    if not single:
        return None
    tests = search.pair(single) or single[:1]
    inside = tests[0].cells if len(tests) == 1 else tests[0].cells & tests[1].cells
    if search.share(inside) < _TOO_WEAK:
        return None
    return Split(
        tests=tuple(tests),
        equals=tuple(search.equals(tests, n) for n in range(len(tests))),
        fits=(inside & red).bit_count() + (green & ~inside).bit_count(),
        compared=(red | green).bit_count(),
    )


class _Search:
    def __init__(
        self, table: PinTable, red: int, green: int, prefer: Sequence[str], owner: str | None
    ) -> None:
        self._features, self._every = table.features, table.every
        self._red, self._green = red, green
        self._reds, self._greens = red.bit_count(), green.bit_count()
        self._owner = owner
        named = [*([owner] if owner else []), *prefer]
        self._meant = {*named, CHATKIT, AGENTS, PYTHON}
        order = list(dict.fromkeys([*named, *_LIKELY]))
        self._order = {name: n for n, name in enumerate(order)}

    def score(self, cells: int) -> int:
        """How much more of the red than of the green lies inside, as a share times red times green."""
        reds, greens = (cells & self._red).bit_count(), (cells & self._green).bit_count()
        return reds * self._greens - greens * self._reds

    def share(self, cells: int) -> float:
        return self.score(cells) / (self._reds * self._greens)

    def best(self, within: int) -> list[Condition]:
        """The best test of each pin on the cells of `within`, the best of all first."""
        found = [test for feature in self._features for test in self._test(feature, within)]
        return sorted(found, key=lambda test: self._rank(test, test.cells & within))

    def pair(self, single: Sequence[Condition]) -> list[Condition]:
        """Two tests that leave at most half of what the best single one gets wrong; empty where none do.

        A single one that gets nothing wrong is enough, unless two plainer ones do as well: releases of
        everything come out between any two days, so that a day's pins stand for the pair of that day.
        """
        whole = self._reds * self._greens
        lost = whole - self.score(single[0].cells)
        if not lost and self._is_plain(single[0]):
            return []
        firsts = [each for each in _distinct(single) if lost or each.name in self._order]
        pairs = [pair for first in firsts[:_FIRSTS] for pair in self._pairs(first)]
        if not lost:
            pairs = [pair for pair in pairs if self._is_plainer(pair, single[0])]
        if not pairs:
            return []
        first, second = min(pairs, key=self._rank_pair)
        # Bounds that were found among all cells become exact among those that the other test leaves.
        first = self._again(first, second)
        second = self._again(second, first)
        first = self._again(first, second)
        if (whole - self.score(first.cells & second.cells)) * 2 > lost:
            return []
        return sorted((first, second), key=lambda test: self._rank(test, test.cells))

    def _is_plain(self, test: Condition) -> bool:
        """Whether it is on a likely pin, and of a span of versions on one that was asked for or is named."""
        return test.name in self._order and (test.sides == 1 or test.name in self._meant)

    def _is_plainer(self, pair: tuple[Condition, Condition], single: Condition) -> bool:
        """Whether two tests say more than a single one that is on a remote pin, or of a span of versions."""
        sides = pair[0].sides + pair[1].sides
        if sides <= single.sides + 1 and all(each.name in self._meant for each in pair):
            return True
        return single.name not in self._order and sides == 2 and pair[1].name in self._order

    def equals(self, tests: Sequence[Condition], number: int) -> tuple[Condition, ...]:
        """The tests on other pins that fall together with one of `tests` in every cell compared."""
        within = self._red | self._green
        for other in (*tests[:number], *tests[number + 1 :]):
            within &= other.cells
        own = tests[number].cells & within
        named = {test.name for test in tests}
        return tuple(
            each for each in self.best(within) if each.cells & within == own and each.name not in named
        )

    def _pairs(self, first: Condition) -> Iterator[tuple[Condition, Condition]]:
        others = [each for each in self.best(first.cells) if each.name != first.name]
        return ((first, second) for second in others[:1])

    def _again(self, test: Condition, other: Condition) -> Condition:
        """The test on the same pin among the cells of another test, unless it is worse."""
        features = [feature for feature in self._features if feature.name == test.name]
        found = [new for feature in features for new in self._test(feature, other.cells)]
        return min([*found, test], key=lambda each: -self.score(each.cells & other.cells))

    def _rank(self, test: Condition, cells: int) -> tuple[object, ...]:
        place = self._order.get(test.name, len(self._order))
        likely = 0 if test.name == self._owner else 1 if test.name in self._order else 2
        return -self.score(cells), likely, test.sides, place, test.name

    def _rank_pair(self, pair: tuple[Condition, Condition]) -> tuple[object, ...]:
        first, second = pair
        cells = first.cells & second.cells
        ranks = sorted([self._rank(first, cells), self._rank(second, cells)])
        unlikely = sum(each.name not in self._order for each in pair)
        return -self.score(cells), unlikely, first.sides + second.sides, ranks

    def _test(self, feature: Feature, within: int) -> Iterator[Condition]:
        """The run of versions that holds most red and least green; or none of them; or nothing."""
        within &= self._red | self._green
        held = [(v, cells & within) for v, cells in zip(feature.versions, feature.cells, strict=True)]
        held = [(version, cells) for version, cells in held if cells]
        gain, start, end = _richest([self.score(cells) for _, cells in held])
        without = self.score(within & ~feature.everywhere)
        if max(gain, without) <= 0:
            return
        if without > gain:
            yield Condition(name=feature.name, cells=self._every & ~feature.everywhere)
            return
        low, high = held[start][0], held[end][0]
        below = held[start - 1][0] if start else None
        above = held[end + 1][0] if end + 1 < len(held) else None
        first = feature.versions.index(low) if below else 0
        beyond = feature.versions.index(above) if above else len(feature.versions)
        last = feature.versions.index(high) + 1 if below and above else beyond
        cells = reduce(or_, feature.cells[first:last])
        yield Condition(name=feature.name, cells=cells, low=low, high=high, below=below, above=above)


def _distinct(tests: Sequence[Condition]) -> list[Condition]:
    found: dict[int, Condition] = {}
    for test in tests:
        found.setdefault(test.cells, test)
    return list(found.values())


def _richest(gains: Sequence[int]) -> tuple[int, int, int]:
    """The run of neighbours with the greatest sum: the sum, its first and its last place."""
    best, start, end = 0, 0, -1
    total = begin = 0
    for place, gain in enumerate(gains):
        if total <= 0:
            total, begin = 0, place
        total += gain
        if total > best:
            best, start, end = total, begin, place
    return best, start, end


def words(found: Split, owner: tuple[str, str] | None = None) -> str:
    """A split in one line: the tests, what moved together with them, and how many cells they fit.

    `owner` is the distribution whose `class` or `module` the failure is about.
    """
    told = " and ".join(f"{test.words()}{test.outside()}" for test in found.tests)
    told += _alone(found, owner) if len(found.tests) == 1 else _together(found)
    cells = f"{found.compared:,} cells compared"
    return f"{told}; fits {'all' if found.fits == found.compared else f'{found.fits:,} of the'} {cells}"


def _alone(found: Split, owner: tuple[str, str] | None) -> str:
    """What speaks for a single test, and the other pins that could be meant as well."""
    if owner and owner[0] == found.tests[0].name:
        return f", whose {owner[1]} it is{_together(found)}"
    names, rest = _names(found.equals[0])
    names += [f"one of {rest} more pins" if rest > 1 else "another pin"] if rest else []
    listed = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
    return f", or {listed}: they always moved together" if names else ""


def _together(found: Split) -> str:
    told = ""
    for test, equals in zip(found.tests, found.equals, strict=True):
        names, rest = _names(equals)
        names += [f"{rest} more pin{'s' if rest > 1 else ''}"] if rest else []
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
        told += f"; {listed} always moved together with {short(test.name)}" if names else ""
    return told


def _names(equals: Sequence[Condition]) -> tuple[list[str], int]:
    """The first few in words, and how many more there are."""
    return [each.words() for each in equals[:_SHOWN]], max(0, len(equals) - _SHOWN)
