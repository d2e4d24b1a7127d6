"""Sets of pins between a good and a bad one: some distributions moved, the rest as the good one has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.version import Version

from chatkit_harness.core.errors import UnresolvableError
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.pins.resolve import Ask, Lock, Resolver

from .nouns import Change

Moved = Mapping[str, str | None]
"""By name the version that a distribution is moved to; None takes it away."""


def differences(good: Mapping[str, str], bad: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs between two sets of pins, by name."""
    return tuple(
        Change(name=name, good=good.get(name), bad=bad.get(name))
        for name in sorted({*good, *bad})
        if good.get(name) != bad.get(name)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixer:
    """Sets between `good` and `bad`.

    `free` are distributions that only one end has, and only because something requires them: they come and
    go as requirements want. Where `literal`, nothing is resolved and pins are only exchanged: for sets which
    no resolver would choose, because they break what their own releases require.
    """

    resolver: Resolver
    interpreter: Interpreter
    good: Mapping[str, str]
    bad: Mapping[str, str]
    free: frozenset[str] = frozenset()
    literal: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """What can be moved from the good end towards the bad one."""
        return tuple(each for each in differences(self.good, self.bad) if each.name not in self.free)

    def mixed(self, moved: Moved) -> Lock:
        """The good set with these moved, and whatever else has to move with them, by as little as will do.

        Raises UnresolvableError where there is no such set.
        """
        if self.literal:
            pins = {**self.good, **{name: to for name, to in moved.items() if to is not None}}
            return Lock(pins={n: v for n, v in pins.items() if moved.get(n, v) is not None}, as_of=None)
        ask = Ask(
            requirements=tuple(self._required(moved)),
            interpreter=self.interpreter,
            constraints=tuple(self._bounds(moved)),
            preferred={**self.bad, **self.good},
        )
        lock = self.resolver.lock(ask)
        return self._closer(ask, lock, moved)

    def _closer(self, ask: Ask, lock: Lock, moved: Moved) -> Lock:
        """The set with what came along as near to the good end as can be.

        A resolver takes the newest, which is the far end where the good one is older: what only came along
        would then break it as well as what was moved, and nobody could tell the two apart.
        """
        along = {
            name
            for name, version in lock.pins.items()
            if name not in moved and name in self.good and version != self.good[name]
        }
        if not any(Version(lock.pins[name]) > Version(self.good[name]) for name in along):
            return lock
        held = [
            f"{name}=={version}"
            for name, version in lock.pins.items()
            if name not in self.good or (name in along and Version(version) < Version(self.good[name]))
        ]
        try:
            return self.resolver.lock(replace(ask, constraints=(*ask.constraints, *held), oldest=True))
        except UnresolvableError:
            return lock

    def _required(self, moved: Moved) -> list[str]:
        """What both sets have is there; what only the good one has stays, unless it is taken away."""
        lines = []
        for name, version in self.good.items():
            if name in moved:
                lines += [f"{name}=={moved[name]}"] if moved[name] is not None else []
            elif name not in self.bad:
                lines += [] if name in self.free else [f"{name}=={version}"]
            else:
                lines.append(f"{name}{between(version, self.bad[name])}")
        added = [f"{name}=={to}" for name, to in moved.items() if to is not None and name not in self.good]
        return [*lines, *added]

    def _bounds(self, moved: Moved) -> list[str]:
        """Versions of what may come along, or stay, without being asked for."""
        free = [
            f"{name}=={to}" for name, to in self.bad.items() if name not in self.good and name not in moved
        ]
        free += [
            f"{name}=={self.good[name]}" for name in self.good if name in self.free and name not in moved
        ]
        gone = [
            f"{name}=={self.good[name]}" for name, to in moved.items() if to is None and name in self.good
        ]
        return [*free, *gone]

    def checked(self) -> Mixer:
        """This one, or a literal one where a resolver would not choose the two sets themselves."""
        whole = all(
            broken_requirement(self.resolver, pins, self.interpreter) is None
            for pins in (self.good, self.bad)
        )
        if not whole:
            return replace(self, literal=True)
        followers = {*self._followers(self.good, self.bad), *self._followers(self.bad, self.good)}
        return replace(self, free=frozenset(followers))

    def _followers(self, one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
        """What only one end has, and has by itself where only what both have is asked for."""
        alone = one.keys() - other.keys()
        if not alone:
            return set()
        lock = self.resolver.lock(
            Ask(
                requirements=tuple(exactly({name: one[name] for name in one if name in other})),
                interpreter=self.interpreter,
                constraints=tuple(exactly(one)),
            )
        )
        return alone & lock.pins.keys()


def broken_requirement(resolver: Resolver, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
    """What of a set of pins is not what its own releases require; None where all is."""
    try:
        lock = resolver.lock(Ask(requirements=tuple(exactly(pins)), interpreter=interpreter))
    except UnresolvableError as error:
        return error.cause
    missing = sorted(lock.pins.keys() - pins.keys())
    return f"It lacks {', '.join(missing)}, which its releases require." if missing else None


def exactly(pins: Mapping[str, str]) -> Sequence[str]:
    """Each pin as a requirement."""
    return [f"{name}=={version}" for name, version in sorted(pins.items())]


def between(one: str, other: str) -> str:
    """The versions from one to the other, both included, whichever is the older; `==` where they are one."""
    if one == other:
        return f"=={one}"
    older, newer = sorted((Version(one), Version(other)))
    return f">={older.public},<={newer.public}"
