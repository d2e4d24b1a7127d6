"""Groups of failures that are one cause each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_

from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.root import Root, unavailable, without_pins
from chatkit_harness.causes.tally import KIND, Candidate, Failed, Slim
from chatkit_harness.checks.exams import KINDS
from chatkit_harness.checks.exceptions import normalised
from chatkit_harness.core.nouns import Cell

_SAID = 300
Key = tuple[str, str | None]
"""A root's key, and the distribution that defines what it is about."""


class Group:
    """All that one cause showed in: cases, and cells that came to nothing before they had one."""

    def __init__(self, key: Key, candidates: Iterable[Candidate] = ()) -> None:
        self.name, self.definer = key
        self.names = {self.name}
        self._candidates = list(candidates)
        self._spare: dict[str, Root] = {}
        self.failed: dict[str, Failed] = {}
        self.slims: set[Slim] = set()
        self._without: dict[str, tuple[str, Root]] = {}
        self.companions: list[Group] = []

    def add(self, failed: Failed, root: Slim, spare: Root) -> None:
        """One of its cases; `spare` is its root as some case shows it."""
        self.failed[failed.case.id] = failed
        self.slims.add(root)
        if not self._candidates:
            # All that were kept to stand for it have turned out to pass.
            self._spare[failed.case.id] = spare

    def add_cell(self, cell: str, kind: str, root: Root) -> None:
        """A cell without a case."""
        self._without[cell] = kind, root

    def take(self, other: Group) -> None:
        """All of another group, which turned out to be the same cause."""
        self.names |= other.names
        self.failed.update(other.failed)
        self.slims |= other.slims
        self._candidates += other._candidates
        self._spare.update(other._spare)
        self._without.update(other._without)

    @property
    def key(self) -> str:
        """The cause's key: with the definer, where that is not who raised."""
        raisers = {each.raiser for each in self.slims}
        return f"{self.name} of {self.definer}" if self.definer and self.definer not in raisers else self.name

    @property
    def kind(self) -> str:
        """The gravest of its outcomes."""
        kinds = [each.case.outcome for each in self.failed.values()] + [
            kind for kind, _ in self._without.values()
        ]
        return min(kinds, key=KIND.__getitem__)

    @property
    def example(self) -> Failed | None:
        """The case that stands for it; None where there is no case at all."""
        best = min(self._candidates, key=lambda each: each.rank, default=None)
        if best is not None:
            return self.failed[best.case]
        return self.failed[min(self._spare)] if self._spare else None

    @property
    def root(self) -> Root:
        """The root as that case shows it, or else the first of the cells without cases."""
        best = min(self._candidates, key=lambda each: each.rank, default=None)
        if best is not None:
            return best.root
        return self._spare[min(self._spare)] if self._spare else self._without[min(self._without)][1]

    def reds(self, *kinds: str) -> dict[str, int]:
        """Its cells with the questions in which it shows, of all outcomes or of these."""
        found: defaultdict[str, int] = defaultdict(int)
        for each in self.failed.values():
            if not kinds or each.case.outcome in kinds:
                found[each.case.cell] |= each.question
        for cell in self._without if not kinds else ():
            found[cell] |= 0
        return found

    @property
    def questions(self) -> int:
        """The bits of all questions in which it shows."""
        return reduce(or_, (each.question for each in self.failed.values()), 0)


def gathered(groups: Mapping[Key, Group], cells: Iterable[Cell], asked: Asked) -> list[Group]:
    """One group a cause: folded where only the definer is not known, joined where they always go together."""
    found = _folded(groups)
    for cell in cells:
        lost = _lost(cell) if cell.id not in asked else None
        if lost is not None:
            kind, root = lost
            found.setdefault((root.key, None), Group((root.key, None))).add_cell(cell.id, kind, root)
    return list(_joined(_said_alike(found.values())))


def _folded(groups: Mapping[Key, Group]) -> dict[Key, Group]:
    """Groups by key; one whose definer no case could tell is part of the one that is like it but for that."""
    definers: defaultdict[str, list[str]] = defaultdict(list)
    for name, definer in groups:
        if definer is not None:
            definers[name].append(definer)
    found = dict(groups)
    for name, known in definers.items():
        unknown = found.pop((name, None), None) if len(known) == 1 else None
        if unknown is not None:
            found[name, known[0]].take(unknown)
    return found


def _said_alike(groups: Iterable[Group]) -> Iterator[Group]:
    """Breaches of one rule that exams tell in the same words are one cause, whichever exams these are."""
    alike: dict[tuple[str, str], Group] = {}
    for group in sorted(groups, key=lambda each: each.name):
        root = group.root
        if root.rule is None or root.rule.partition("/")[0] not in KINDS:
            yield group
        else:
            said = root.rule, normalised(root.said, _SAID)
            if said in alike:
                alike[said].take(group)
            else:
                alike[said] = group
    yield from alike.values()


def _joined(groups: Iterable[Group]) -> Iterator[Group]:
    """Findings of one check that show in the very same cases are one cause: nothing tells them apart."""
    alike: defaultdict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        rule = group.root.rule
        if rule is None or not group.failed:
            yield group
        else:
            alike[rule.partition("/")[0], frozenset(group.failed)].append(group)
    for found in alike.values():
        one, *others = sorted(found, key=_place)
        one.companions = others
        yield one


def _place(group: Group) -> tuple[int, str]:
    """Where the finding stands in the example, in which causes come before what follows from them."""
    keys = group.example.keys if group.example else ()
    return next((n for n, key in enumerate(keys) if key in group.names), len(keys)), group.name


def _lost(cell: Cell) -> tuple[str, Root] | None:
    if cell.unresolvable:
        return "unresolvable", without_pins(cell.unresolvable)
    return ("error", unavailable(cell.unavailable)) if cell.unavailable else None
