"""A requirement that avoids a failure, and the proof that it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.version import Version

from chatkit_harness.core.errors import UnresolvableError
from chatkit_harness.engine.pairs import AGENTS, CHATKIT
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.pins.resolve import Ask, Lock, Resolver

from .mixing import between
from .nouns import Change, Constraint, Target, Turn
from .oracle import Oracle


def proposed(turn: Turn) -> str:
    """The requirement that ends right before the first release that is not known to be good."""
    first = Version(turn.between[0] if turn.between else turn.bad)
    sign = "<" if Version(turn.good) < first else ">"
    return f"{turn.axis}{sign}{first.public}"  # neither sign may stand before a local version


def _wanted(turns: Sequence[Turn], changes: Sequence[Change]) -> Iterator[str]:
    """What may avoid it, in the order in which it is tried."""
    yield from map(proposed, turns)
    for change in changes:
        if change.good is None:  # it has no releases to walk along: it is there or it is not
            yield f"{change.name}!={change.bad}"
    for turn in turns:  # beyond the last good release something else may be in the way
        yield f"{turn.axis}=={turn.good}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoiding:
    """Proposes constraints and proves them: the bad end with one of them, resolved and driven afresh.

    `planned` is the bad end's cell, `good` and `bad` are the pins of the ends, `free` what comes and goes as
    requirements want.
    """

    oracle: Oracle
    resolver: Resolver
    target: Target
    planned: PlannedCell
    good: Mapping[str, str]
    bad: Mapping[str, str]
    free: frozenset[str] = frozenset()

    def constraint(self, turns: Sequence[Turn], changes: Sequence[Change]) -> Constraint | None:
        """The first one that is proven, else the first one with what speaks against it; None without any."""
        first = None
        for requirement in _wanted(turns, changes):
            tried = self._tried(requirement)
            if tried.verified:
                return tried
            first = first or tried
        return first

    def _tried(self, requirement: str) -> Constraint:
        why = ""
        for resolve in (self._beside_the_bad, self._anew):
            try:
                lock = resolve(requirement)
            except UnresolvableError as error:
                why = error.cause
                continue
            seen = self.oracle.answer(lock, self.target, f"the bad end with {requirement}", isolation="venv")
            if seen.answer == "good":
                return Constraint(requirement=requirement, verified=True, pins=lock.pins)
            why = f"with it, it is {seen.answer}: {seen.why}"
        return Constraint(requirement=requirement, verified=False, why=why)

    def _beside_the_bad(self, requirement: str) -> Lock:
        """The bad end with as little moved as can be."""
        name = Requirement(requirement).name
        lines = []
        for each, version in self.bad.items():
            if each == name:
                lines.append(requirement)
            elif each in self.good:
                lines.append(f"{each}{between(version, self.good[each])}")
            elif each not in self.free:
                lines.append(each)
        if name in self.good and name not in self.bad:
            lines.append(requirement)
        return self.resolver.lock(
            Ask(
                requirements=tuple(lines),
                interpreter=self.planned.interpreter,
                constraints=(requirement,),
                preferred=dict(self.bad),
            )
        )

    def _anew(self, requirement: str) -> Lock:
        """The bad end's pair with the constraint, all else chosen anew."""
        name = Requirement(requirement).name
        pair = {CHATKIT: self.planned.pair.chatkit, AGENTS: self.planned.pair.agents}
        kept = [f"{each}=={version}" for each, version in pair.items() if version and each != name]
        return self.resolver.lock(
            Ask(
                requirements=(*kept, *self.planned.extras, requirement),
                interpreter=self.planned.interpreter,
                as_of=self.planned.as_of,
            )
        )
