"""All that one cause showed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from chatkit_harness.causes.root import Root
from chatkit_harness.causes.tally import KIND, Candidate, Failed, Slim

Key = tuple[str, str | None, int]
"""A root's key, the distribution that defines what it is about, and the question of what is no exception."""


class Group:
    """All that one cause showed in: cases, and cells that came to nothing before they had one."""

    def __init__(self, key: Key, candidates: Iterable[Candidate] = ()) -> None:
        self.name, self.definer, self.question = key
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
        # For when all that were kept to stand for it have turned out to pass, or to be of another cause.
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
        best = self._best()
        if best is not None:
            return self.failed[best.case]
        return self.failed[min(self._spare)] if self._spare else None

    @property
    def root(self) -> Root:
        """The root as that case shows it, or else the first of the cells without cases."""
        best = self._best()
        if best is not None:
            return best.root
        return self._spare[min(self._spare)] if self._spare else self._without[min(self._without)][1]

    def _best(self) -> Candidate | None:
        own = (each for each in self._candidates if each.case in self.failed)
        return min(own, key=lambda each: each.rank, default=None)

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
