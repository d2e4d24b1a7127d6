"""Which names of agents and openai a chatkit release uses that the releases beside it have not."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from .decisions import Asked, Decisions, Query
from .nouns import Kind, Lack, Place
from .releases import Release, Shelf
from .source import Unit
from .units import Found, Pieces, read_unit, users
from .world import World

POLICY = 1
"""Part of the key of what is kept on disk: another number where the same releases may be told other lacks."""

_OF_CHATKIT, _OF_AGENTS = frozenset({"agents", "openai"}), frozenset({"openai"})
_KINDS: Mapping[str, Kind] = {"argument": "argument", "required": "required", "value": "value"}
_Places = dict[tuple[str, str, str, bool], set[Place]]


class StaticView:
    """Compares releases by reading them; what was read once is kept, so that a further pair costs little.

    A folder is what stands on `sys.path`: it holds the package's folder. It must not change meanwhile.
    Threads may share a view.
    """

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._pieces = Pieces()
        self._releases: dict[tuple[Path, str], Release] = {}
        self._units: dict[tuple[bytes, str, str], Decisions[frozenset[Found]]] = {}
        self._users: dict[Release, tuple[tuple[str, Unit], ...]] = {}
        self._wholes: dict[Release, Decisions[tuple[Lack, ...]]] = {}
        self._mirrors: dict[tuple[Release, Release], tuple[Lack, ...]] = {}

    def lacks(
        self, chatkit: Path | None, agents: Path, openai: Path, *, notes: bool = False
    ) -> tuple[Lack, ...]:
        """What chatkit lacks of agents and openai, and agents of openai, sorted.

        With `notes` the guarded ones too. Without chatkit, what agents lacks of openai. Nothing is lacking
        of a folder without the package.
        """
        with self._shelf.lock, _without_collecting():
            beside = {"agents": self._release(agents, "agents"), "openai": self._release(openai, "openai")}
            key = (beside["agents"], beside["openai"])
            if key not in self._mirrors:
                self._mirrors[key] = self._of_release(key[0], beside, _OF_AGENTS)
            found = [*self._mirrors[key]]
            if chatkit is not None:
                own = self._release(chatkit, "chatkit")
                found += self._of_release(own, {**beside, "chatkit": own}, _OF_CHATKIT)
        return tuple(sorted(each for each in found if notes or not each.guarded))

    def _release(self, folder: Path, package: str) -> Release:
        key = (folder, package)
        if key not in self._releases:
            self._releases[key] = Release(folder, package, self._shelf)
        return self._releases[key]

    def _of_release(
        self, own: Release, releases: Mapping[str, Release], targets: frozenset[str]
    ) -> tuple[Lack, ...]:
        if any(releases[each].path(each) is None for each in targets):
            return ()
        whole = self._wholes.setdefault(own, Decisions())
        known = whole.recall(_answering(releases))
        if known is not None:
            return known[0]
        asked: dict[Query, int] = {}
        places: _Places = {}
        using: list[tuple[str, Unit]] = []
        for module, unit in self._users_of(own, targets):
            read, questions = self._read(own, module, unit, releases, targets)
            outside = [each for each in questions if not own.holds(each[0][0])]
            if outside:  # else no release beside it will ever change a thing
                using.append((module, unit))
            asked.update(outside)
            for each in read:
                place = Place(file=own.relative(module), line=unit.first + each.line)
                places.setdefault((each.kind, each.name, each.argument, each.guarded), set()).add(place)
        self._users[own] = tuple(using)
        result = tuple(_gathered(places))
        whole.learn(list(asked.items()), result)
        return result

    def _users_of(self, own: Release, targets: frozenset[str]) -> tuple[tuple[str, Unit], ...]:
        if own not in self._users:
            self._users[own] = tuple(users(own, targets))
        return self._users[own]

    def _read(
        self,
        own: Release,
        module: str,
        unit: Unit,
        releases: Mapping[str, Release],
        targets: frozenset[str],
    ) -> tuple[frozenset[Found], Asked]:
        tree = self._units.setdefault((unit.digest, module, unit.owner), Decisions())
        known = tree.recall(_answering(releases))
        if known is not None:
            return known
        world = World(releases, self._shelf)
        found = read_unit(own, module, unit, world=world, targets=targets, pieces=self._pieces)
        asked = list(world.asked.items())
        tree.learn(asked, found)
        return found, asked


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Reading makes many small objects and no circles: looking for circles takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _answering(releases: Mapping[str, Release]) -> Callable[[str, str], int]:
    numbers = {package: release.number for package, release in releases.items()}
    return lambda module, name: numbers[module.partition(".")[0]](module, name)


def _gathered(places: Mapping[tuple[str, str, str, bool], Iterable[Place]]) -> Iterator[Lack]:
    """One lack for all places of a name; an import is a use of a name like any other."""
    merged: dict[tuple[Kind, str, str, bool], set[Place]] = {}
    for (kind, name, argument, guarded), found in places.items():
        plain = _KINDS.get(kind, "name")
        merged.setdefault((plain, name, argument, guarded), set()).update(found)
    for (plain, name, argument, guarded), every in merged.items():
        yield Lack(kind=plain, name=name, argument=argument, guarded=guarded, places=tuple(sorted(every)))


_VIEW = StaticView()


def lacks(chatkit: Path | None, agents: Path, openai: Path, *, notes: bool = False) -> tuple[Lack, ...]:
    """What chatkit lacks of agents and openai, and agents of openai; see `StaticView.lacks`."""
    return _VIEW.lacks(chatkit, agents, openai, notes=notes)
