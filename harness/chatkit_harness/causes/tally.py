"""What is kept of each case that did not pass, and of each root the few cases that may stand for it."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from chatkit_harness.causes.root import Root
from chatkit_harness.checks.exams import KINDS
from chatkit_harness.core.nouns import CaseResult

KIND = {"fail": 0, "error": 1, "unresolvable": 2}
_CANDIDATES = 12
"""More than one, since a second look may find that a case passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slim:
    """A root as it is kept for each case: what grouping and a title need, equal ones once.

    `question` is the bit of what was asked, for findings, which mean the same in one scenario only; 0 for
    exceptions, and for exams, each of which goes through the same rules.
    """

    key: str
    question: int = 0
    definer: str | None = None
    defined_in: str | None = None
    raiser: str | None = None
    raised_in: str | None = None
    where: str | None = None
    anew_in: str | None = None

    @property
    def group(self) -> tuple[str, str | None, int]:
        """What roots are grouped by."""
        return self.key, self.definer, self.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A case that did not pass, without its findings: their keys, the bit of its question, and its roots.

    Among the keys causes come before what follows from them. `excused` are the roots of exceptions that its
    scenario waited for.
    """

    case: CaseResult
    keys: tuple[str, ...]
    question: int
    roots: tuple[Slim, ...]
    excused: tuple[Slim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that may stand for its root, which it shows like this; the one with the least `rank` does."""

    rank: tuple[object, ...]
    case: str
    root: Root


@dataclass(slots=True)
class Candidates:
    """The best few candidates of one root, each case once."""

    _held: list[Candidate] = field(default_factory=list)

    def add(self, candidate: Candidate) -> None:
        """Keep it if it is among the best."""
        bisect.insort(self._held, candidate, key=lambda each: each.rank)
        del self._held[_CANDIDATES:]

    def drop(self, case: str) -> None:
        """A case does not have this root any more."""
        self._held = [each for each in self._held if each.case != case]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._held)


def slim(root: Root, question: int = 0) -> Slim:
    """What is kept of a root for each case; `question` is the bit of what was asked."""
    place, subject = root.place, root.raised.subject if root.raised else None
    exam = root.rule is None or root.rule.partition("/")[0] in KINDS
    return Slim(
        key=root.key,
        question=0 if exam else question,
        definer=root.definer,
        defined_in=subject.version if subject else None,
        raiser=place.distribution if place else None,
        raised_in=place.version if place else None,
        where=f"{file_of(root)}: {place.function}" if place else None,
        anew_in=root.anew.place.version if root.anew else None,
    )


def file_of(root: Root) -> str:
    """The file of the place that raised."""
    frames = root.raised.frames if root.raised else ()
    place = root.place
    inside = [f for f in frames if place and f.distribution == place.distribution]
    named = [f for f in inside if place and f.function.endswith(place.function)]
    return named[-1].file if named else place.module if place else "an unknown place"
