"""What a search is about and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .answers import Answer

Certainty = Literal["found", "suspected", "unknown"]
"""found: driven and confirmed. suspected: the search was ended before. unknown: it came to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The failure that is searched for: a case (`native/quote-aapl`), and the keys of what it failed by.

    `alike` are the keys of what chatkit or agents made of it, where a third party raised it: another release
    of that one raises the same from a function of another name.
    """

    case: str
    roots: frozenset[str]
    title: str
    alike: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A distribution that differs between the good and the bad set; None where a set lacks it."""

    name: str
    good: str | None
    bad: str | None

    def __str__(self) -> str:
        return f"{self.name} {self.good or 'none'} -> {self.bad or 'none'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one set of pins was seen to do; `why` says what failed, or why nothing can be said.

    `other` is whether it fails, but not by what is searched for: its answer is then unsatisfiable.
    """

    answer: Answer
    why: str = ""
    other: bool = False
    seconds: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question of a search, as it is shown: what was tried, and what came of it."""

    number: int
    tried: str
    seen: Seen
    known: bool = False
    """Whether the answer was there already, from the same search before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where along one distribution's releases, or days, good turns into bad.

    `good` and `bad` are neighbours unless `between` names those that gave neither answer.
    """

    axis: str
    good: str
    bad: str
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A requirement that avoids the failure; `verified` once the bad set with it was driven and is good.

    `pins` are what it resolves to; `why` says what spoke against it where it is not verified.
    """

    requirement: str
    verified: bool
    why: str = ""
    pins: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to.

    `changes` is a smallest set of changes that makes it fail, `turns` where along each of them good turns
    into bad, `good` and `bad` the pins next to each other on both sides of that turn, `why` what is to be
    said of a search that did not end.
    """

    certainty: Certainty
    target: Target | None = None
    changes: tuple[Change, ...] = ()
    turns: tuple[Turn, ...] = ()
    constraint: Constraint | None = None
    good: Mapping[str, str] | None = None
    bad: Mapping[str, str] | None = None
    asked: int = 0
    why: str = ""
