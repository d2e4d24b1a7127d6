"""Pins for thousands of pairs from few runs of the resolver.

Pairs whose releases declare the same get the same third parties: the resolver sees nothing else of a release
than what it declares. One pair of such a group is resolved, the others get its third parties.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from chatkit_harness.core.errors import BuildError, HarnessError, UnresolvableError
from chatkit_harness.core.nouns import Pair, digest
from chatkit_harness.index.published_facts import FactsOf, PublishedFacts, ReleaseFacts
from chatkit_harness.machine.once import Once
from chatkit_harness.machine.python_facts import holds, marker_environment

from .pins import exact_version, normal, requirement
from .resolve import Ask, Lock, Resolver

__all__ = ["FactsOf", "PublishedFacts", "ReleaseFacts", "SharedLocks"]

CHATKIT, AGENTS = "openai-chatkit", "openai-agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """What a release requires on one interpreter: of its partner, and of all others in their order."""

    partner: tuple[str, ...]
    others: tuple[str, ...]


class SharedLocks:
    """Answers for pairs what a resolver would answer for each. Safe to ask from many threads.

    Each question is asked once in the life of this object, however long that is: a run sees one index.
    """

    def __init__(self, resolver: Resolver, facts_of: FactsOf) -> None:
        self._resolver = resolver
        self._facts_of = facts_of
        self._groups: Once[Lock] = Once()
        self._own: Once[Lock] = Once()
        self._apart: Once[bool] = Once()
        self._facts: Once[ReleaseFacts] = Once()
        self._sorted: Once[_Declared] = Once()

    def lock(self, pair: Pair, ask: Ask) -> Lock:
        """The pins for a pair; `ask.requirements` hold the pair's own pins and what else its cells need.

        Raises what `Resolver.lock` raises.
        """
        group = self._group(pair, ask)
        if group is None:
            return self._itself(ask)
        try:
            shared = self._groups.get(digest(group), lambda: self._itself(ask))
        except UnresolvableError:
            return self._itself(ask)  # the reason names versions
        except BuildError as error:
            if error.culprit.partition(" ")[0] not in (CHATKIT, AGENTS):
                raise
            return self._itself(ask)  # a broken release of a group is none of the others' trouble
        if not self._is_apart(pair, ask, shared, digest(group)):
            return self._itself(ask)
        return replace(shared, pins=_swapped(shared.pins, pair))

    def _itself(self, ask: Ask) -> Lock:
        return self._own.get(digest(_document(ask)), lambda: self._resolver.lock(ask))

    def _group(self, pair: Pair, ask: Ask) -> dict[str, Any] | None:
        """What the answer for a pair depends on; None where only the pair itself can be asked for."""
        if ask.pinned is not None:
            return None
        own = _without(ask, pair)
        try:
            declared = self._declared(pair, own)
        except HarnessError:
            return None
        if declared is None:
            return None
        return {
            "ask": _document(own),
            "chatkit": pair.chatkit is not None,
            "others": [list(each.others) for each in declared],
        }

    def _declared(self, pair: Pair, own: Ask) -> list[_Declared] | None:
        """What the pair's releases declare; None where one does not admit the other, or the interpreter."""
        environment = marker_environment(own.interpreter)
        versions = _versions(pair)
        extras = {name: [""] for name in versions}
        found = []
        for text in own.requirements:
            _note_extras(extras, text)
        for name, version in versions.items():
            facts = self._declares(name, version)
            if facts.requires_python and not SpecifierSet(facts.requires_python).contains(
                own.interpreter.version, prereleases=True
            ):
                return None
            # The first of the pair may ask for extras of the second.
            key = digest([name, version, extras[name], own.interpreter.identity])
            each = self._sorted.get(key, partial(_sorted_out, facts, environment, tuple(extras[name])))
            for text in each.partner:
                _note_extras(extras, text)
                wanted = requirement(text)
                partner = versions.get(normal(wanted.name))
                if partner is None or not wanted.specifier.contains(partner, prereleases=True):
                    return None
            found.append(each)
        return found

    def _declares(self, name: str, version: str) -> ReleaseFacts:
        return self._facts.get(f"{name} {version}", lambda: self._facts_of(name, version))

    def _is_apart(self, pair: Pair, ask: Ask, shared: Lock, group: str) -> bool:
        """Whether what is asked for besides the pair was chosen without regard to the pair's versions.

        A release of it that was not taken may itself name the pair: only where each is the newest, or the
        only one allowed, there is none such.
        """
        own = _without(ask, pair)
        if not own.requirements and not own.on_top and not own.constraints:
            return True
        return self._apart.get(group, lambda: self._looked_into(pair, ask, own, shared))

    def _looked_into(self, pair: Pair, ask: Ask, own: Ask, shared: Lock) -> bool:
        bare = replace(
            ask,
            requirements=tuple(f"{name}=={version}" for name, version in _versions(pair).items()),
            on_top=(),
            constraints=(),
        )
        wanted = [requirement(text) for text in (*own.requirements, *own.on_top)]
        exact = {normal(each.name) for each in wanted if exact_version(each) is not None}
        try:
            common = self.lock(pair, bare).pins
            added = {name: version for name, version in shared.pins.items() if name not in common}
            return not any(
                self._names_the_pair(name, version)
                or (name not in exact and not self._is_newest(name, version, ask))
                for name, version in added.items()
            )
        except HarnessError:
            return False

    def _names_the_pair(self, name: str, version: str) -> bool:
        wanted = map(requirement, self._declares(name, version).requires)
        return any(normal(each.name) in (CHATKIT, AGENTS) for each in wanted)

    def _is_newest(self, name: str, version: str, ask: Ask) -> bool:
        if ask.lowest:
            return False
        usable = [
            Version(release.version)
            for release in self._resolver.index.project(name).releases
            if release.has_wheel and not release.yanked and not Version(release.version).is_prerelease
            if ask.as_of is None or (release.uploaded is not None and release.uploaded <= ask.as_of)
        ]
        return bool(usable) and Version(version) >= max(usable)


def _versions(pair: Pair) -> dict[str, str]:
    return {**({CHATKIT: pair.chatkit} if pair.chatkit else {}), AGENTS: pair.agents}


def _without(ask: Ask, pair: Pair) -> Ask:
    """The same without the pair's own pins."""
    own = {f"{name}=={version}" for name, version in _versions(pair).items()}
    return replace(ask, requirements=tuple(each for each in ask.requirements if each not in own))


def _swapped(pins: Mapping[str, str], pair: Pair) -> dict[str, str]:
    third = {name: version for name, version in pins.items() if name not in (CHATKIT, AGENTS)}
    return dict(sorted({**third, **_versions(pair)}.items()))


def _note_extras(extras: dict[str, list[str]], text: str) -> None:
    wanted = requirement(text)
    extras.get(normal(wanted.name), []).extend(sorted(wanted.extras))


def _sorted_out(facts: ReleaseFacts, environment: Mapping[str, str], extras: Iterable[str]) -> _Declared:
    partner: list[str] = []
    others: list[str] = []
    for text in facts.requires:
        wanted = requirement(text)
        if not holds(wanted.marker, environment, extras):
            continue
        wanted.marker = None
        # The order counts: the resolver looks at what comes first first.
        (partner if normal(wanted.name) in (CHATKIT, AGENTS) else others).append(str(wanted))
    return _Declared(partner=tuple(partner), others=tuple(others))


def _document(ask: Ask) -> dict[str, Any]:
    return {
        "requirements": list(ask.requirements),
        "python": ask.interpreter.identity,
        "as of": ask.as_of.isoformat() if ask.as_of else None,
        "lowest": ask.lowest,
        "pair uploaded": ask.pair_uploaded.isoformat() if ask.lowest and ask.pair_uploaded else None,
        "on top": list(ask.on_top),
        "constraints": list(ask.constraints),
        "pinned": dict(ask.pinned) if ask.pinned is not None else None,
    }
